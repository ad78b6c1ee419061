// The values that conditions compare: decimal numbers, times, addresses. Read without taking memory.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace awsfed::policy {

// An integer or decimal number of any length, compared exactly. It looks into the text that it was read from.
class Decimal {
public:
    static std::optional<Decimal> parse(std::string_view text); // [+-]digits[.digits]
    std::strong_ordering operator<=>(const Decimal& other) const;
    bool operator==(const Decimal& other) const { return (*this <=> other) == 0; }

private:
    bool negative_ = false;
    std::string_view whole_;    // without leading zeros
    std::string_view fraction_; // without trailing zeros
};

// A moment, read from ISO 8601 (from the year alone to fractions of a second; without a zone it is UTC) or from
// seconds since 1970; from 1e11 they are milliseconds.
struct Moment {
    std::int64_t seconds = 0;
    std::uint32_t nanoseconds = 0;

    static std::optional<Moment> parse(std::string_view text);
    auto operator<=>(const Moment&) const = default;
};

// An IPv4 or IPv6 address or a range of them; the families never match each other.
struct AddressRange {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{}; // four of them for IPv4
    unsigned prefix = 0;                  // bits that count

    static std::optional<AddressRange> parse(std::string_view text); // "10.0.0.0/8", "::1"
    static std::optional<AddressRange> parse_address(std::string_view text);
    bool contains(const AddressRange& other) const;
    bool operator==(const AddressRange&) const = default;
};

} // namespace awsfed::policy
