// The Redis that the settings name, and how it is reached.
#pragma once

#include "base/cancel.h"
#include "cache/redis_link.h"
#include "cache/request_key.h"
#include "settings/settings.h"

namespace awsfed {

// store_failed names the setting. Without TLS only to this machine, and only with http_loopback (security rule 2).
Result<RedisTerms> redis_terms(const Settings& settings, const Cancel& cancel);

// All of them: terms with the same text have the same connections.
RequestText text_of(const RedisTerms& terms);

} // namespace awsfed
