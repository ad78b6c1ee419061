// A hash that is slow to make, so that to guess what it was made of is slow: scrypt (RFC 7914) by OpenSSL.
#pragma once

#include "base/hash.h"

#include <string_view>

namespace awsfed {

// With the parameters for a person who waits: some 50 ms and 16 MiB. `secret` itself where there is no memory for that.
Digest slow_hash(const Digest& secret, std::string_view salt);

} // namespace awsfed
