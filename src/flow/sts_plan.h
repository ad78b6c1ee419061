// From settings to a call of STS: what is asked, of whom, with whose keys.
#pragma once

#include "aws/endpoint.h"
#include "aws/sts_request.h"
#include "base/cancel.h"
#include "base/log.h"
#include "credentials/credentials.h"
#include "settings/settings.h"

#include <chrono>
#include <optional>

namespace awsfed {

// The region's STS, or sts_endpoint.
Result<Endpoint> endpoint_of(const Settings& settings);

// The STS call that the settings ask credentials of.
Result<StsAction> action_of(const Settings& settings);

// The action with every parameter that the settings have for it. Reads policy_file, resolves secret references, makes
// names of build data. Settings for other actions are named in the log: who set one believes that it does something.
Result<StsRequest> sts_request_of(const Settings& settings, StsAction action, const Log& log, const Cancel& cancel);

// The keys of the group "caller".
Result<Credentials> caller_of(const Settings& settings, const Cancel& cancel);

// How often a call is tried.
Result<int> attempts_of(const Settings& settings);

// After a refusal of the duration: what STS would give instead, by its own words, or else what every role gives. Empty
// where nothing shorter is left to try.
std::optional<std::chrono::seconds> shorter_duration(const Error& refusal, std::chrono::seconds asked);

} // namespace awsfed
