#include "base/p256.h"

#include "base/locked_memory.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <stdexcept>

namespace awsfed {

namespace {

struct Free {
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
    void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
    void operator()(EC_POINT* point) const { EC_POINT_free(point); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); } // wipes what is secret
    void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void require(bool worked) {
    if (!worked)
        throw std::runtime_error("OpenSSL does not provide ECDSA with P-256.");
}

using PointBytes = std::array<unsigned char, 65>; // uncompressed: 4, x, y

// Null when the numbers are not those of a key. `number` is null for a public key.
EVP_PKEY* key_of(const PointBytes& point, const BIGNUM* number) {
    const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    require(builder != nullptr &&
            OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
            OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1 &&
            (number == nullptr || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number) == 1));
    const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    require(parameters != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
    EVP_PKEY* key = nullptr;
    const int selection = number != nullptr ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    return EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()) == 1 ? key : nullptr;
}

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

} // namespace

void P256Key::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

std::optional<P256Key> P256Key::from_private(const Number& number) {
    const Owned<EC_GROUP> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    const Owned<BIGNUM> secret(BN_secure_new());
    require(group != nullptr && secret != nullptr &&
            BN_bin2bn(number.data(), static_cast<int>(number.size()), secret.get()) != nullptr);
    BN_set_flags(secret.get(), BN_FLG_CONSTTIME);
    if (BN_is_zero(secret.get()) || BN_cmp(secret.get(), EC_GROUP_get0_order(group.get())) >= 0)
        return std::nullopt;
    const Owned<EC_POINT> point(EC_POINT_new(group.get()));
    PointBytes bytes;
    require(point != nullptr && EC_POINT_mul(group.get(), point.get(), secret.get(), nullptr, nullptr, nullptr) == 1 &&
            EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, bytes.data(), bytes.size(),
                               nullptr) == bytes.size());
    Handle key(key_of(bytes, secret.get()));
    require(key != nullptr);
    return P256Key(std::move(key));
}

std::string P256Key::sign(std::string_view text) const {
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
    std::size_t size = signature.size();
    require(context != nullptr &&
            EVP_DigestSignInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, key_.get(), nullptr) == 1 &&
            EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, octets(text),
                           text.size()) == 1);
    signature.resize(size);
    return signature;
}

P256Key::Point P256Key::public_point() const {
    PointBytes bytes;
    std::size_t size = 0;
    require(EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, bytes.data(), bytes.size(), &size) ==
                1 &&
            size == bytes.size() && bytes[0] == POINT_CONVERSION_UNCOMPRESSED);
    Point point;
    std::copy_n(bytes.begin() + 1, point.x.size(), point.x.begin());
    std::copy_n(bytes.begin() + 1 + point.x.size(), point.y.size(), point.y.begin());
    return point;
}

bool p256_verifies(const P256Key::Point& key, std::string_view text, std::string_view signature) {
    PointBytes bytes;
    bytes[0] = POINT_CONVERSION_UNCOMPRESSED;
    std::ranges::copy(key.y, std::ranges::copy(key.x, bytes.begin() + 1).out);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> made(key_of(bytes, nullptr), EVP_PKEY_free);
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    return made != nullptr && context != nullptr &&
           EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, made.get(), nullptr) == 1 &&
           EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(text), text.size()) == 1;
}

} // namespace awsfed
