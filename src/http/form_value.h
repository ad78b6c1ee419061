// One field of an application/x-www-form-urlencoded body, as a browser posts it
// (https://url.spec.whatwg.org/#urlencoded-parsing).
#pragma once

#include "base/secret.h"

#include <optional>
#include <string_view>

namespace awsfed {

// Decoded. Empty when the body has no such field, or several: which one counts would be a guess.
std::optional<Secret> form_value(std::string_view body, std::string_view name);

} // namespace awsfed
