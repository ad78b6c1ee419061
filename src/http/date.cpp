#include "http/date.h"

#include <curl/curl.h>

#include <string>

namespace awsfed {

std::optional<Time> read_http_date(std::string_view text) {
    const time_t seconds = curl_getdate(std::string(text).c_str(), nullptr);
    if (seconds <= 0)
        return std::nullopt;
    return Time(std::chrono::seconds(seconds));
}

} // namespace awsfed
