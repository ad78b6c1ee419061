// Texts from outside as HTML: what is written in them is shown, never followed.
#pragma once

#include <string>
#include <string_view>

namespace cli {

// For the content of elements. Characters that do not show, or that turn the direction of what is read,
// come as a mark with their number, so that no policy looks like another.
std::string page_text(std::string_view utf8);

} // namespace cli
