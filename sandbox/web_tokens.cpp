#include "sandbox/web_tokens.h"

#include "base/base64.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

namespace awsfed::sandbox {

namespace {

constexpr int coordinate_bytes = 48; // P-384

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeNumber {
    void operator()(BIGNUM* number) const { BN_free(number); }
};
struct FreeSignature {
    void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};

// As in keys.cpp: a failure is lack of memory or a defect.
void must(bool done) {
    if (!done)
        throw std::runtime_error("OpenSSL could not sign a token.");
}

// RFC 4648, 5, without padding.
std::string base64url(std::string_view bytes) {
    std::string text(base64_encode(bytes).reveal());
    text.resize(std::min(text.find('='), text.size()));
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

std::string bytes_of_number(const BIGNUM* number, int size) {
    std::string bytes(static_cast<std::size_t>(size), '\0');
    must(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), size) == size);
    return bytes;
}

std::string public_number(const Key& key, const char* name, int size = 0) {
    BIGNUM* number = nullptr;
    must(EVP_PKEY_get_bn_param(key.get(), name, &number) == 1);
    const std::unique_ptr<BIGNUM, FreeNumber> owned(number);
    return base64url(bytes_of_number(number, size == 0 ? BN_num_bytes(number) : size));
}

std::string signature(const Key& key, const EVP_MD* hash, std::string_view text) {
    const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    must(context && EVP_DigestSignInit(context.get(), nullptr, hash, nullptr, key.get()) == 1);
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    must(EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1);
    std::string made(size, '\0');
    must(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size, bytes, text.size()) == 1);
    made.resize(size);
    return made;
}

// RFC 7518, 3.4: the two numbers one after the other, not the DER that OpenSSL makes.
std::string two_numbers(std::string_view der) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, FreeSignature> read(d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())));
    must(read != nullptr);
    return bytes_of_number(ECDSA_SIG_get0_r(read.get()), coordinate_bytes) +
           bytes_of_number(ECDSA_SIG_get0_s(read.get()), coordinate_bytes);
}

} // namespace

WebTokens::WebTokens()
    : rsa_{.id = random_hex(8), .key = make_rsa_key()},
      elliptic_{.id = random_hex(8), .key = make_elliptic_key("P-384")} {}

bool WebTokens::knows(std::string_view algorithm) { return algorithm == "RS256" || algorithm == "ES384"; }

std::string WebTokens::sign(std::string_view algorithm, std::string_view claims) const {
    const bool is_rsa = algorithm == "RS256";
    const NamedKey& named = is_rsa ? rsa_ : elliptic_;
    const std::string head =
        base64url(fmt::format(R"({{"alg":"{}","kid":"{}","typ":"JWT"}})", is_rsa ? "RS256" : "ES384", named.id));
    const std::string text = fmt::format("{}.{}", head, base64url(claims));
    const std::string made =
        is_rsa ? signature(named.key, EVP_sha256(), text) : two_numbers(signature(named.key, EVP_sha384(), text));
    return fmt::format("{}.{}", text, base64url(made));
}

std::string WebTokens::key_set() const {
    return fmt::format(R"({{"keys":[{{"kty":"RSA","use":"sig","alg":"RS256","kid":"{}","n":"{}","e":"{}"}},)"
                       R"({{"kty":"EC","use":"sig","alg":"ES384","kid":"{}","crv":"P-384","x":"{}","y":"{}"}}]}})",
                       rsa_.id, public_number(rsa_.key, OSSL_PKEY_PARAM_RSA_N),
                       public_number(rsa_.key, OSSL_PKEY_PARAM_RSA_E), elliptic_.id,
                       public_number(elliptic_.key, OSSL_PKEY_PARAM_EC_PUB_X, coordinate_bytes),
                       public_number(elliptic_.key, OSSL_PKEY_PARAM_EC_PUB_Y, coordinate_bytes));
}

} // namespace awsfed::sandbox
