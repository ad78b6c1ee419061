// What makes two requests the same, read from the settings: the rows that settings.def marks, and the principal that
// the host vouches for (security rule 11).
#pragma once

#include "cache/request_key.h"
#include "settings/settings.h"

namespace awsfed {

// Of a request for credentials: all keyed rows. The content of policy_file is read, and secrets are resolved.
Result<RequestText> request_text(const Settings& settings, const Cancel& cancel);

// Of a sign-in: the rows that say who signs in where, and who is believed. Requests for different roles may share one.
Result<RequestText> sign_in_text(const Settings& settings, const Cancel& cancel);

} // namespace awsfed
