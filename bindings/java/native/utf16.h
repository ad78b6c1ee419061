// Java's characters as UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace awsfed::java {

// Writes at most 3 * count bytes to `out` and gives their number. Empty for half a surrogate pair, which has no UTF-8
// (RFC 3629, section 3).
std::optional<std::size_t> utf16_to_utf8(const std::uint16_t* text, std::size_t count, char* out);

} // namespace awsfed::java
