#include "base/time.h"

#include <time.h>

#include <array>
#include <span>

namespace awsfed {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes exactly `digits` digits from the front.
std::optional<int> take_number(std::string_view& text, int digits) {
    int number = 0;
    for (int i = 0; i < digits; ++i) {
        if (text.empty() || !is_digit(text.front()))
            return std::nullopt;
        number = number * 10 + (text.front() - '0');
        text.remove_prefix(1);
    }
    return number;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted)
        return false;
    text.remove_prefix(1);
    return true;
}

// The fraction of a second, cut to milliseconds; up to nine digits.
std::optional<int> take_fraction(std::string_view& text) {
    int milliseconds = 0;
    int digits = 0;
    for (; !text.empty() && is_digit(text.front()); ++digits, text.remove_prefix(1)) {
        if (digits < 3)
            milliseconds = milliseconds * 10 + (text.front() - '0');
    }
    if (digits == 0 || digits > 9)
        return std::nullopt;
    for (; digits < 3; ++digits)
        milliseconds *= 10;
    return milliseconds;
}

std::optional<std::chrono::minutes> take_zone(std::string_view& text, ZoneRule rule) {
    const bool loose = rule == ZoneRule::any_offset;
    if (take(text, 'Z') || (loose && take(text, 'z')))
        return std::chrono::minutes(0);
    if (!loose || text.empty() || (text.front() != '+' && text.front() != '-'))
        return std::nullopt;
    const int sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
    const auto hours = take_number(text, 2);
    if (!hours || !take(text, ':'))
        return std::nullopt;
    const auto minutes = take_number(text, 2);
    if (!minutes || *hours > 23 || *minutes > 59)
        return std::nullopt;
    return std::chrono::minutes(sign * (*hours * 60 + *minutes));
}

struct ClockTime {
    int hour, minute, second;
};

std::optional<ClockTime> take_clock_time(std::string_view& text) {
    const auto hour = take_number(text, 2);
    if (!hour || !take(text, ':'))
        return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || !take(text, ':'))
        return std::nullopt;
    const auto second = take_number(text, 2);
    if (!second || *hour > 23 || *minute > 59 || *second > 59)
        return std::nullopt;
    return ClockTime{*hour, *minute, *second};
}

std::optional<std::chrono::sys_days> take_day(std::string_view& text) {
    const auto year = take_number(text, 4);
    if (!year || !take(text, '-'))
        return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take(text, '-'))
        return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok())
        return std::nullopt;
    return std::chrono::sys_days(date);
}

} // namespace

std::optional<Time> read_time(std::string_view text, ZoneRule rule) {
    const auto day = take_day(text);
    if (!day || !(take(text, 'T') || (rule == ZoneRule::any_offset && take(text, 't'))))
        return std::nullopt;
    const auto clock = take_clock_time(text);
    if (!clock)
        return std::nullopt;
    int milliseconds = 0;
    if (take(text, '.')) {
        const auto fraction = take_fraction(text);
        if (!fraction)
            return std::nullopt;
        milliseconds = *fraction;
    }
    const auto zone = take_zone(text, rule);
    if (!zone || !text.empty())
        return std::nullopt;
    return Time(*day) + std::chrono::hours(clock->hour) + std::chrono::minutes(clock->minute) +
           std::chrono::seconds(clock->second) + std::chrono::milliseconds(milliseconds) - *zone;
}

namespace {

struct Parts {
    int year;
    unsigned month, day;
    long hour, minute, second;
};

Parts parts_of(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
    return {int(date.year()),      unsigned(date.month()),  unsigned(date.day()),
            clock.hours().count(), clock.minutes().count(), clock.seconds().count()};
}

// Writes the digits of a time into a text that has the rest of its form; formatting would cost as much as hashing.
std::string written(Time time, std::string form, std::span<const std::size_t, 7> places) {
    const Parts p = parts_of(time);
    const std::array<long, 7> pairs{p.year / 100, p.year, p.month, p.day, p.hour, p.minute, p.second};
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        form[places[i]] = static_cast<char>('0' + pairs[i] / 10 % 10);
        form[places[i] + 1] = static_cast<char>('0' + pairs[i] % 10);
    }
    return form;
}

} // namespace

std::string iso_time(Time time) {
    constexpr std::array<std::size_t, 7> places{0, 2, 5, 8, 11, 14, 17};
    return written(time, "0000-00-00T00:00:00Z", places);
}

std::string basic_time(Time time) {
    constexpr std::array<std::size_t, 7> places{0, 2, 4, 6, 9, 11, 13};
    return written(time, "00000000T000000Z", places);
}

Time SystemClock::now() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds time_since_boot() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

} // namespace awsfed
