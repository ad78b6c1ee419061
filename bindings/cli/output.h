// Where credentials go: standard output, or a file that nobody else can read.
#pragma once

#include <string>
#include <string_view>

namespace cli {

// False, with errno's words in `why`, when it could not be written whole. A file is replaced at once by
// a complete one with mode 0600, never written in place.
bool write_output(const std::string& path, std::string_view text, std::string& why);

} // namespace cli
