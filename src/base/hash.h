// SHA-256, HMAC-SHA-256 and, for the one place where AWS uses it as a name, SHA-1, by OpenSSL's EVP.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace awsfed {

using Digest = std::array<unsigned char, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);
std::string sha1(std::string_view bytes); // 20 bytes; proves nothing
std::string hex(const Digest& digest);
inline std::string_view bytes_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

} // namespace awsfed
