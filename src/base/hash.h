// SHA-256 and HMAC-SHA-256 by OpenSSL's EVP.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace awsfed {

using Digest = std::array<unsigned char, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);
std::string hex(const Digest& digest);
inline std::string_view bytes_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

} // namespace awsfed
