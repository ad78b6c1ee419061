#include "policy/values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>

namespace awsfed::policy {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

// Takes exactly so many digits from the front.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count || !all_digits(text.substr(0, count)))
        return std::nullopt;
    int value = 0;
    std::from_chars(text.data(), text.data() + count, value);
    text.remove_prefix(count);
    return value;
}
bool take(std::string_view& text, char c) {
    if (!text.starts_with(c))
        return false;
    text.remove_prefix(1);
    return true;
}
// "-07" behind a separator.
std::optional<int> take_part(std::string_view& text, char separator) {
    return take(text, separator) ? take_digits(text, 2) : std::nullopt;
}

// "5" is 500,000,000; what is finer than a nanosecond is dropped.
std::uint32_t nanoseconds_of(std::string_view fraction) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 9; ++i)
        value = value * 10 + (i < fraction.size() ? static_cast<std::uint32_t>(fraction[i] - '0') : 0);
    return value;
}

std::string_view take_fraction(std::string_view& text) {
    const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string_view digits = text.substr(0, size);
    text.remove_prefix(size);
    return digits;
}

std::optional<Moment> read_epoch(std::string_view text) {
    const bool negative = take(text, '-');
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = point == text.npos ? "" : text.substr(point + 1);
    if (!all_digits(whole) || (point != text.npos && !all_digits(fraction)))
        return std::nullopt;
    Moment moment;
    if (std::from_chars(whole.data(), whole.data() + whole.size(), moment.seconds).ec != std::errc())
        return std::nullopt;
    moment.nanoseconds = nanoseconds_of(fraction);
    constexpr std::int64_t milliseconds_from = 100'000'000'000; // the year 5138 in seconds, 1973 in milliseconds
    if (moment.seconds >= milliseconds_from) {
        const std::int64_t left = moment.seconds % 1000;
        moment.nanoseconds = static_cast<std::uint32_t>(left) * 1'000'000 + moment.nanoseconds / 1000;
        moment.seconds /= 1000;
    }
    if (!negative)
        return moment;
    if (moment.nanoseconds == 0)
        return Moment{-moment.seconds, 0};
    return Moment{-moment.seconds - 1, 1'000'000'000 - moment.nanoseconds};
}

// Z, +01:00 or +0100; in seconds.
std::optional<std::int64_t> read_zone(std::string_view text) {
    if (text.empty() || text == "Z")
        return 0;
    const bool west = text.front() == '-';
    if (!take(text, '-') && !take(text, '+'))
        return std::nullopt;
    const std::optional<int> hours = take_digits(text, 2);
    take(text, ':');
    const std::optional<int> minutes = take_digits(text, 2);
    if (!hours || !minutes || !text.empty())
        return std::nullopt;
    const std::int64_t seconds = *hours * 3600 + *minutes * 60;
    return west ? -seconds : seconds;
}

struct Clock {
    int hour = 0, minute = 0, second = 0;
    std::uint32_t nanoseconds = 0;
    std::int64_t zone = 0;
};
std::optional<Clock> read_clock(std::string_view text) {
    Clock clock;
    const std::optional<int> hour = take_digits(text, 2);
    const std::optional<int> minute = take_part(text, ':');
    if (!hour || !minute)
        return std::nullopt;
    clock.hour = *hour;
    clock.minute = *minute;
    if (text.starts_with(':')) {
        const std::optional<int> second = take_part(text, ':');
        if (!second)
            return std::nullopt;
        clock.second = *second;
        if (take(text, '.')) {
            const std::string_view fraction = take_fraction(text);
            if (fraction.empty())
                return std::nullopt;
            clock.nanoseconds = nanoseconds_of(fraction);
        }
    }
    const std::optional<std::int64_t> zone = read_zone(text);
    if (!zone || clock.hour > 23 || clock.minute > 59 || clock.second > 59)
        return std::nullopt;
    clock.zone = *zone;
    return clock;
}

std::optional<Moment> read_iso(std::string_view text) {
    const std::optional<int> year = take_digits(text, 4);
    if (!year)
        return std::nullopt;
    int month = 1;
    int day = 1;
    Clock clock;
    if (!text.empty()) {
        const std::optional<int> given = take_part(text, '-');
        if (!given)
            return std::nullopt;
        month = *given;
    }
    if (!text.empty()) {
        const std::optional<int> given = take_part(text, '-');
        if (!given)
            return std::nullopt;
        day = *given;
    }
    if (!text.empty()) {
        const std::optional<Clock> given = take(text, 'T') ? read_clock(text) : std::nullopt;
        if (!given)
            return std::nullopt;
        clock = *given;
    }
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok() || *year == 0)
        return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return Moment{days * 86400 + clock.hour * 3600 + clock.minute * 60 + clock.second - clock.zone, clock.nanoseconds};
}

// Compares as if both had the same number of digits.
std::strong_ordering compare_whole(std::string_view a, std::string_view b) {
    return a.size() != b.size() ? a.size() <=> b.size() : a.compare(b) <=> 0;
}

} // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
    Decimal number;
    number.negative_ = text.starts_with('-');
    if (text.starts_with('-') || text.starts_with('+'))
        text.remove_prefix(1);
    const std::size_t point = text.find('.');
    number.whole_ = text.substr(0, point);
    if (!all_digits(number.whole_))
        return std::nullopt;
    if (point != text.npos) {
        number.fraction_ = text.substr(point + 1);
        if (!all_digits(number.fraction_))
            return std::nullopt;
    }
    number.whole_.remove_prefix(std::min(number.whole_.find_first_not_of('0'), number.whole_.size()));
    number.fraction_ = number.fraction_.substr(0, number.fraction_.find_last_not_of('0') + 1);
    number.negative_ = number.negative_ && !(number.whole_.empty() && number.fraction_.empty());
    return number;
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
    if (negative_ != other.negative_)
        return negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
    std::strong_ordering size = compare_whole(whole_, other.whole_);
    if (size == 0)
        size = fraction_.compare(other.fraction_) <=> 0;
    return negative_ ? 0 <=> size : size;
}

std::optional<Moment> Moment::parse(std::string_view text) {
    if (text.size() == 4) // a year, not the seconds
        return read_iso(text);
    if (const std::optional<Moment> epoch = read_epoch(text))
        return epoch;
    return read_iso(text);
}

std::optional<AddressRange> AddressRange::parse_address(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN + 1> zero_ended{};
    if (text.size() >= zero_ended.size() || text.contains('\0'))
        return std::nullopt;
    std::ranges::copy(text, zero_ended.begin());
    AddressRange address;
    if (inet_pton(AF_INET, zero_ended.data(), address.bytes.data()) == 1) {
        address.prefix = 32;
        return address;
    }
    if (inet_pton(AF_INET6, zero_ended.data(), address.bytes.data()) != 1)
        return std::nullopt;
    address.v6 = true;
    address.prefix = 128;
    return address;
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    std::optional<AddressRange> range = parse_address(text.substr(0, slash));
    if (!range || slash == text.npos)
        return range;
    const std::string_view bits = text.substr(slash + 1);
    unsigned prefix = 0;
    if (!all_digits(bits) || bits.size() > 3)
        return std::nullopt;
    std::from_chars(bits.data(), bits.data() + bits.size(), prefix);
    if (prefix > range->prefix)
        return std::nullopt;
    range->prefix = prefix;
    return range;
}

bool AddressRange::contains(const AddressRange& other) const {
    if (v6 != other.v6 || prefix > other.prefix)
        return false;
    const unsigned whole = prefix / 8;
    if (std::memcmp(bytes.data(), other.bytes.data(), whole) != 0)
        return false;
    const unsigned rest = prefix % 8;
    return rest == 0 || ((bytes[whole] ^ other.bytes[whole]) >> (8 - rest)) == 0;
}

} // namespace awsfed::policy
