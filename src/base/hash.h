// SHA-256, HMAC-SHA-256 and, for the one place where AWS uses it as a name, SHA-1, by OpenSSL's EVP.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace awsfed {

using Digest = std::array<unsigned char, 32>;
using HexDigest = std::array<char, 64>; // in lower-case digits

// For several hashes in a row: to make OpenSSL's context costs more than to hash a short text with it. One thread uses
// it at a time.
class Sha256 {
public:
    Sha256();

    Digest digest(std::string_view bytes) { return digest(bytes, {}); }
    Digest digest(std::string_view first, std::string_view second); // of both, as if they were one text
    Digest hmac(std::string_view key, std::string_view bytes);      // RFC 2104

private:
    struct GiveBack {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, GiveBack> context_;
};

Digest sha256(std::string_view bytes);
std::string sha1(std::string_view bytes); // 20 bytes; proves nothing

HexDigest hex_digits(const Digest& digest);
std::string hex(std::string_view bytes);
std::string hex(const Digest& digest);

inline std::string_view bytes_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}
inline std::string_view text_of(const HexDigest& digits) { return {digits.data(), digits.size()}; }

} // namespace awsfed
