#include "policy/sample_values.h"

#include "policy/values.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

namespace awsfed::policy {

namespace {

std::string_view without_sign(std::string_view number) {
    return number.starts_with('-') || number.starts_with('+') ? number.substr(1) : number;
}

bool less(std::string_view a, std::string_view b) { return *Decimal::parse(a) < *Decimal::parse(b); }

// Whole numbers around one that is not too long: so they read best.
std::optional<std::string> whole_near(std::string_view number, int step) {
    long long whole = 0;
    const auto read = std::from_chars(number.data() + (number.starts_with('+') ? 1 : 0),
                                      number.data() + std::min(number.find('.'), number.size()), whole);
    if (read.ec != std::errc() || whole > 1'000'000'000'000'000 || whole < -1'000'000'000'000'000)
        return std::nullopt;
    return std::to_string(whole + step);
}

// A little further from zero than the number, by less than its last digit or that of any of `digits` decimals.
std::string farther(std::string_view number, std::size_t digits) {
    std::string text(number);
    const std::size_t point = text.find('.');
    if (point == text.npos)
        text += '.';
    const std::size_t have = point == text.npos ? 0 : text.size() - point - 1;
    text.append(digits > have ? digits - have : 0, '0');
    return text + "1";
}

std::string between(std::string_view low, std::string_view high) {
    for (const int step : {1, 0}) {
        const auto whole = whole_near(low, step);
        if (whole && less(low, *whole) && less(*whole, high))
            return *whole;
    }
    const std::size_t digits = low.size() + high.size();
    if (!less(low, "0"))
        return farther(without_sign(low), digits);
    return less("0", high) ? "0" : "-" + farther(without_sign(high), digits);
}

constexpr std::int64_t first_second = -62'135'596'800; // of the year 1
constexpr std::int64_t last_second = 253'402'300'799;  // of 9999

std::string text_of(const Moment& moment) {
    using namespace std::chrono;
    const sys_seconds at{seconds(moment.seconds)};
    const auto day = floor<days>(at);
    const year_month_day date(day);
    const hh_mm_ss clock(at - day);
    const std::string fraction = moment.nanoseconds == 0 ? "" : fmt::format(".{:09}", moment.nanoseconds);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(), fraction);
}

// Nothing lies between two that are a nanosecond apart: the evaluation sees no finer.
std::optional<Moment> between(const Moment& low, const Moment& high) {
    if (Moment{low.seconds + 1, 0} < high)
        return Moment{low.seconds + 1, 0};
    const std::uint64_t end = low.seconds == high.seconds ? high.nanoseconds : 1'000'000'000U;
    const auto middle = static_cast<std::uint32_t>((low.nanoseconds + end) / 2);
    if (middle > low.nanoseconds && middle < 1'000'000'000U)
        return Moment{low.seconds, middle};
    const Moment whole{low.seconds + 1, 0};
    return low < whole && whole < high ? std::optional(whole) : std::nullopt;
}

std::string text_of(const AddressRange& address) {
    char text[INET6_ADDRSTRLEN] = {};
    inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data(), text, sizeof text);
    return text;
}

// The lowest address of a range, and the one behind its highest.
AddressRange lowest(AddressRange range) {
    const unsigned bits = range.v6 ? 128 : 32;
    for (unsigned bit = range.prefix; bit < bits; ++bit)
        range.bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    return range;
}

std::optional<AddressRange> behind(const AddressRange& range) {
    AddressRange next = lowest(range);
    for (unsigned bit = range.prefix; bit-- > 0;) {
        const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
        next.bytes[bit / 8] ^= mask;
        if ((next.bytes[bit / 8] & mask) != 0)
            return next;
    }
    return std::nullopt;
}

} // namespace

std::vector<std::string> sample_numbers(std::span<const std::string_view> values) {
    std::vector<std::string_view> numbers;
    std::ranges::copy_if(values, std::back_inserter(numbers),
                         [](std::string_view value) { return Decimal::parse(value).has_value(); });
    if (numbers.empty())
        return {};
    std::ranges::sort(numbers, less);
    const std::string_view low = numbers.front();
    const std::string_view high = numbers.back();
    std::vector<std::string> samples{whole_near(low, -1).value_or("-1" + std::string(low.size(), '0')),
                                     whole_near(high, 1).value_or("1" + std::string(high.size(), '0'))};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        samples.emplace_back(numbers[i]);
        if (i + 1 < numbers.size() && less(numbers[i], numbers[i + 1]))
            samples.push_back(between(numbers[i], numbers[i + 1]));
    }
    return samples;
}

std::optional<std::vector<std::string>> sample_moments(std::span<const std::string_view> values) {
    std::vector<Moment> moments;
    for (const std::string_view value : values) {
        if (const auto moment = Moment::parse(value))
            moments.push_back(*moment);
    }
    if (moments.empty())
        return std::vector<std::string>();
    std::ranges::sort(moments);
    if (moments.front().seconds <= first_second || moments.back().seconds >= last_second)
        return std::nullopt;
    std::vector<std::string> samples{text_of(Moment{moments.front().seconds - 1, 0}),
                                     text_of(Moment{moments.back().seconds + 1, 0})};
    for (std::size_t i = 0; i < moments.size(); ++i) {
        samples.push_back(text_of(moments[i]));
        if (i + 1 == moments.size() || moments[i] == moments[i + 1])
            continue;
        if (const auto middle = between(moments[i], moments[i + 1]))
            samples.push_back(text_of(*middle));
    }
    return samples;
}

std::vector<std::string> sample_addresses(std::span<const std::string_view> ranges) {
    std::vector<std::string> samples;
    for (const std::string_view text : ranges) {
        const auto range = AddressRange::parse(text);
        if (!range)
            continue;
        samples.push_back(text_of(lowest(*range)));
        if (const auto next = behind(*range))
            samples.push_back(text_of(*next));
    }
    if (!samples.empty())
        samples.insert(samples.end(), {"203.0.113.77", "2001:db8:ffff::1", "0.0.0.0", "::"});
    return samples;
}

} // namespace awsfed::policy
