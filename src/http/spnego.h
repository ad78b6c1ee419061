// The first and only token of SPNEGO by Kerberos (RFC 4178), by GSSAPI.
#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <string>
#include <string_view>

namespace awsfed {

// In base64. By the ticket in the cache of that name for `service`, a principal; bound to `binding` unless it is empty.
Result<Secret> spnego_token(const std::string& cache, const std::string& service, std::string_view binding);

} // namespace awsfed
