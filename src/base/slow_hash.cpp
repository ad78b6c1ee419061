#include "base/slow_hash.h"

#include <openssl/evp.h>

#include <cstdint>

namespace awsfed {

namespace {

constexpr std::uint64_t cost = 16384;
constexpr std::uint64_t block = 8;
constexpr std::uint64_t lanes = 1;
constexpr std::uint64_t memory_max = 64ULL << 20U;

} // namespace

Digest slow_hash(const Digest& secret, std::string_view salt) {
    Digest out{};
    const std::string_view bytes = bytes_of(secret);
    const int done = EVP_PBE_scrypt(bytes.data(), bytes.size(), reinterpret_cast<const unsigned char*>(salt.data()),
                                    salt.size(), cost, block, lanes, memory_max, out.data(), out.size());
    return done == 1 ? out : secret;
}

} // namespace awsfed
