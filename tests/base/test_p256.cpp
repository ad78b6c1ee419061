#include "base/p256.h"

#include "base/hash.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

namespace {

std::string hex_of(const P256Key::Number& number) { return hex(number); }

P256Key::Number number(unsigned char last) {
    P256Key::Number made{};
    made.back() = last;
    return made;
}

// The curve's order n (SEC 2, 2.4.2), less `less`.
P256Key::Number order_less(unsigned char less) {
    P256Key::Number made{0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF,
                         0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17,
                         0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};
    made.back() = static_cast<unsigned char>(made.back() - less);
    return made;
}

constexpr std::string_view generator_x = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";

} // namespace

TEST_CASE("a private number has the curve's own public key") {
    const auto one = P256Key::from_private(number(1));
    REQUIRE(one);
    CHECK(hex_of(one->public_point().x) == generator_x);
    CHECK(hex_of(one->public_point().y) == "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
    const auto largest = P256Key::from_private(order_less(1)); // the generator, turned over
    REQUIRE(largest);
    CHECK(hex_of(largest->public_point().x) == generator_x);
    CHECK(largest->public_point().y != one->public_point().y);
}

TEST_CASE("zero, the order and more are no private numbers") {
    CHECK_FALSE(P256Key::from_private(number(0)));
    CHECK_FALSE(P256Key::from_private(order_less(0)));
    P256Key::Number most;
    most.fill(0xFF);
    CHECK_FALSE(P256Key::from_private(most));
}

TEST_CASE("a signature is good for its text and its key alone, and another one each time") {
    const auto key = P256Key::from_private(number(7));
    REQUIRE(key);
    const std::string signature = key->sign("text");
    CHECK(p256_verifies(key->public_point(), "text", signature));
    CHECK(key->sign("text") != signature);
    CHECK_FALSE(p256_verifies(key->public_point(), "Text", signature));
    CHECK_FALSE(p256_verifies(P256Key::from_private(number(8))->public_point(), "text", signature));
    CHECK_FALSE(p256_verifies(key->public_point(), "text", signature.substr(1)));
    CHECK_FALSE(p256_verifies(key->public_point(), "text", ""));
}

TEST_CASE("a point that is not on the curve verifies nothing") {
    const auto key = P256Key::from_private(number(7));
    REQUIRE(key);
    P256Key::Point point = key->public_point();
    point.y[5] ^= 1;
    CHECK_FALSE(p256_verifies(point, "text", key->sign("text")));
}
