#include "http/date.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace awsfed {

namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// -1 when it is none.
int number_in(std::string_view text, std::size_t at, std::size_t digits) {
    int number = -1;
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + digits, number);
    return error == std::errc() && end == begin + digits ? number : -1;
}

// "Wed, 25 Nov 2026 18:00:00 GMT": the one form that servers may write today. libcurl's reader, which knows them all,
// takes as long as a signature.
std::optional<Time> fixed_date(std::string_view text) {
    constexpr std::string_view form = "Wed, 25 Nov 2026 18:00:00 GMT";
    if (text.size() != form.size() || text.substr(25) != " GMT" || text.substr(3, 2) != ", " || text[7] != ' ' ||
        text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':')
        return std::nullopt;
    const auto month = std::ranges::find(months, text.substr(8, 3)) - months.begin();
    const std::chrono::year_month_day day{std::chrono::year(number_in(text, 12, 4)),
                                          std::chrono::month(static_cast<unsigned>(month) + 1),
                                          std::chrono::day(static_cast<unsigned>(number_in(text, 5, 2)))};
    const int hours = number_in(text, 17, 2), minutes = number_in(text, 20, 2), seconds = number_in(text, 23, 2);
    if (!day.ok() || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60)
        return std::nullopt;
    return std::chrono::sys_days(day) + std::chrono::hours(hours) + std::chrono::minutes(minutes) +
           std::chrono::seconds(seconds);
}

} // namespace

std::optional<Time> read_http_date(std::string_view text) {
    if (const auto fixed = fixed_date(text))
        return *fixed > Time() ? fixed : std::nullopt;
    const time_t seconds = curl_getdate(std::string(text).c_str(), nullptr);
    if (seconds <= 0)
        return std::nullopt;
    return Time(std::chrono::seconds(seconds));
}

} // namespace awsfed
