#include "base/one_time_code.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstring>
#include <new>

namespace awsfed {

namespace {

const EVP_MD* digest_of(CodeHash hash) {
    switch (hash) {
    case CodeHash::sha256: return EVP_sha256();
    case CodeHash::sha512: return EVP_sha512();
    case CodeHash::sha1: break;
    }
    return EVP_sha1();
}

} // namespace

Secret one_time_code(CodeHash hash, const Secret& key, std::uint64_t counter, int digits) {
    std::array<unsigned char, 8> bytes{}; // the highest first
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, counter >>= 8)
        *byte = static_cast<unsigned char>(counter & 0xff);
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    if (HMAC(digest_of(hash), key.reveal().data(), static_cast<int>(key.size()), bytes.data(), bytes.size(), mac.data(),
             &size) == nullptr)
        throw std::bad_alloc();
    // Four bytes from where the last four bits say, without the sign (RFC 4226, 5.3).
    const std::size_t at = mac[size - 1] & 0xf;
    const std::uint32_t number =
        (static_cast<std::uint32_t>(mac[at] & 0x7f) << 24) | (static_cast<std::uint32_t>(mac[at + 1]) << 16) |
        (static_cast<std::uint32_t>(mac[at + 2]) << 8) | static_cast<std::uint32_t>(mac[at + 3]);
    explicit_bzero(mac.data(), mac.size());
    std::uint32_t modulus = 1;
    for (int i = 0; i < digits; ++i)
        modulus *= 10;
    return Secret(fmt::format("{:0{}}", number % modulus, digits));
}

} // namespace awsfed
