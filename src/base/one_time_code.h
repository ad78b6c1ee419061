// A code that is good once, made from a secret and a number that only grows (HOTP, RFC 4226; the other hashes are those
// of RFC 6238).
#pragma once

#include "base/secret.h"

#include <cstdint>

namespace awsfed {

enum class CodeHash { sha1, sha256, sha512 };

// `digits`: 6 to 8.
Secret one_time_code(CodeHash hash, const Secret& key, std::uint64_t counter, int digits);

} // namespace awsfed
