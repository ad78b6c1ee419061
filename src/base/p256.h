// Keys of the curve P-256 for ECDSA, by OpenSSL's EVP.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace awsfed {

class P256Key {
public:
    using Number = std::array<unsigned char, 32>; // big-endian

    // The public key comes along. Empty when the number is none from 1 to the curve's order less 1.
    static std::optional<P256Key> from_private(const Number& number);

    // Of SHA-256 of the text, in DER; another one each time.
    std::string sign(std::string_view text) const;

    struct Point {
        Number x, y;
    };
    Point public_point() const;

private:
    struct Free {
        void operator()(evp_pkey_st* key) const;
    };
    using Handle = std::unique_ptr<evp_pkey_st, Free>;
    explicit P256Key(Handle key) : key_(std::move(key)) {}

    Handle key_;
};

// Whether a signature is good: of SHA-256 of the text, in DER. Never for a point that is not on the curve.
bool p256_verifies(const P256Key::Point& key, std::string_view text, std::string_view signature);

} // namespace awsfed
