// Bytes of a page brought to UTF-8.
#pragma once

#include "base/secret.h"

#include <string>
#include <string_view>

namespace awsfed {

// The charset of a media type, "text/html; charset=utf-8": lower case, without quotes; empty when there is none.
std::string charset_parameter(std::string_view media_type);

// Always gives well-formed UTF-8: what cannot be read becomes U+FFFD. A charset that is empty or not
// among those that pages are still written in is taken for UTF-8.
Secret converted_to_utf8(std::string_view bytes, std::string_view charset);

} // namespace awsfed
