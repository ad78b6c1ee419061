#include "base/hash.h"

#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>
#include <stdexcept>

namespace awsfed {

namespace {

struct Free {
    void operator()(EVP_MD* md) const { EVP_MD_free(md); }
    void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

// Fetched once: a fetch for each call costs more than the hash.
const EVP_MD* sha256_algorithm() {
    static const std::unique_ptr<EVP_MD, Free> algorithm(EVP_MD_fetch(nullptr, "SHA256", nullptr));
    return algorithm.get();
}

// HMAC with its digest already chosen, to be duplicated for each key.
const EVP_MAC_CTX* hmac_template() {
    static const std::unique_ptr<EVP_MAC_CTX, Free> context([] {
        const std::unique_ptr<EVP_MAC, Free> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
        std::unique_ptr<EVP_MAC_CTX, Free> made(EVP_MAC_CTX_new(mac.get()));
        char digest[] = "SHA256";
        const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0), OSSL_PARAM_END};
        if (made && EVP_MAC_CTX_set_params(made.get(), parameters) != 1)
            made.reset();
        return made.release();
    }());
    return context.get();
}

// Without SHA-256 nothing here works, TLS neither: a defect of the installation, not an outcome.
void require(bool worked) {
    if (!worked)
        throw std::runtime_error("OpenSSL does not provide SHA-2 and SHA-1.");
}

} // namespace

Digest sha256(std::string_view bytes) {
    Digest digest;
    require(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, sha256_algorithm(), nullptr) == 1);
    return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
    const std::unique_ptr<EVP_MAC_CTX, Free> context(EVP_MAC_CTX_dup(hmac_template()));
    const auto* key_bytes = reinterpret_cast<const unsigned char*>(key.data());
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    Digest digest;
    std::size_t size = 0;
    require(context && EVP_MAC_init(context.get(), key_bytes, key.size(), nullptr) == 1 &&
            EVP_MAC_update(context.get(), data, bytes.size()) == 1 &&
            EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1 && size == digest.size());
    return digest;
}

std::string sha1(std::string_view bytes) {
    std::string digest(20, '\0');
    require(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha1(),
                       nullptr) == 1);
    return digest;
}

std::string hex(const Digest& digest) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(digest.size() * 2);
    for (const unsigned char byte : digest) {
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

} // namespace awsfed
