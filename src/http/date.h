// Dates of HTTP headers (RFC 9110, 5.6.7), read by libcurl.
#pragma once

#include "base/time.h"

#include <optional>
#include <string_view>

namespace awsfed {

// Whole seconds. Empty when it is no date, or none after 1970.
std::optional<Time> read_http_date(std::string_view text);

} // namespace awsfed
