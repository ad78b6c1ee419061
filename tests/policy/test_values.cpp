#include "policy/pattern.h"
#include "policy/values.h"

#include <doctest/doctest.h>

using namespace awsfed::policy;

TEST_CASE("decimal numbers are compared exactly, however long") {
    const auto number = [](std::string_view text) {
        const auto value = Decimal::parse(text);
        REQUIRE(value);
        return *value;
    };
    CHECK(number("9007199254740993") > number("9007199254740992"));
    CHECK(number("10") > number("9.99"));
    CHECK(number("-10") < number("-9.99"));
    CHECK(number("+1.50") == number("01.5"));
    CHECK(number("-0") == number("0.0"));
    CHECK(number("0.1") > number("0.09"));
    for (const char* text : {"", "-", "1.", ".5", "1e3", " 1", "0x1"})
        CHECK_FALSE(Decimal::parse(text));
}

TEST_CASE("moments are read from ISO 8601 and from epochs") {
    const auto at = [](std::string_view text) {
        const auto value = Moment::parse(text);
        REQUIRE(value);
        return *value;
    };
    CHECK(at("2026-11-29T22:46:00Z").seconds == 1795992360);
    CHECK(at("2026-11-29T23:46:00+01:00") == at("2026-11-29T22:46:00Z"));
    CHECK(at("2026-11-29T22:46Z") == at("1795992360"));
    CHECK(at("1795992360123") == at("2026-11-29T22:46:00.123Z"));
    CHECK(at("2026") == at("2026-01-01T00:00:00Z"));
    CHECK(at("-1") < at("0"));
    CHECK(at("1969-12-31T23:59:59.5Z") < at("1970-01-01"));
    for (const char* text : {"", "2026-13-01", "2026-02-30", "2026-11-29T24:00Z", "2026-11-29 22:46",
                             "99999999999999999999", "2026-11-29T22:46:00+1"})
        CHECK_FALSE(Moment::parse(text));
}

TEST_CASE("address ranges hold addresses of their own family") {
    const auto holds = [](std::string_view range, std::string_view address) {
        const auto a = AddressRange::parse(range);
        const auto b = AddressRange::parse_address(address);
        REQUIRE(a);
        REQUIRE(b);
        return a->contains(*b);
    };
    CHECK(holds("10.0.0.0/9", "10.127.255.255"));
    CHECK_FALSE(holds("10.0.0.0/9", "10.128.0.0"));
    CHECK(holds("0.0.0.0/0", "255.255.255.255"));
    CHECK_FALSE(holds("0.0.0.0/0", "::1"));
    CHECK(holds("2001:db8::/33", "2001:db8:7fff::1"));
    CHECK_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
    CHECK(holds("10.0.0.1", "10.0.0.1"));
    for (const char* text : {"", "10.0.0.0/33", "10.0.0", "10.0.0.0/", "::/129", "10.0.0.0/-1", "10.0.0.0/8x"})
        CHECK_FALSE(AddressRange::parse(text));
}

TEST_CASE("patterns: characters, segments, escapes") {
    const RequestContext nothing;
    const auto matches = [&](std::string_view pattern, std::string_view text) {
        return Pattern(pattern, {}).matches(text, nothing);
    };
    CHECK(matches("a?c", "a\xC3\xBC"
                         "c")); // one character of two bytes
    CHECK_FALSE(matches("a?", "a"));
    CHECK(matches("*", ""));
    CHECK(matches("a*b*c", "aXbbYc"));
    CHECK_FALSE(matches("a*b*c", "acb"));
    CHECK(matches("${*}", "*"));
    CHECK_FALSE(matches("${*}", "x"));
    CHECK(matches("${absent, 'x'}y", "xy"));
    CHECK_FALSE(matches("${absent}", ""));
    CHECK(matches("${a{b}}", "${a{b}}"));
    const Pattern arn("arn:aws:*:*:*:role/*", {});
    CHECK(arn.matches_arn("arn:aws:iam::1:role/a:b", nothing));
    CHECK_FALSE(arn.matches_arn("arn:aws:iam::role/a", nothing));
    CHECK_FALSE(Pattern("arn:aws:*", {}).matches_arn("arn:aws:iam::1:role/a", nothing));
}
