// Base64 of RFC 4648, strict: OpenSSL decodes, but only what has been checked first, since its own
// decoder takes "=YWJ" and trailing rubbish.
#pragma once

#include "base/secret.h"

#include <optional>
#include <string>
#include <string_view>

namespace awsfed {

Secret base64_encode(std::string_view bytes);

// White space (space, tab, CR, LF) is skipped anywhere, as identity providers wrap lines. Empty
// result for an empty text, and when anything else is not base64: alphabet, padding, length, non-zero spare bits.
std::optional<Secret> base64_decode(std::string_view text);
// The same for what is no secret.
std::optional<std::string> base64_decode_public(std::string_view text);

} // namespace awsfed
