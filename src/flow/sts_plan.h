// From settings to a call of STS: what is asked, of whom, with whose keys.
#pragma once

#include "aws/endpoint.h"
#include "aws/sts_request.h"
#include "base/cancel.h"
#include "credentials/credentials.h"
#include "http/curl_transport.h"
#include "settings/settings.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

// The STS call that the settings ask credentials of.
Result<StsAction> action_of(const Settings& settings);

// The keys of the group "caller".
Result<Credentials> caller_of(const Settings& settings, const Cancel& cancel);

// All that a call takes of the settings.
struct StsPlan {
    StsRequest request; // with every parameter that the settings have for it
    Endpoint endpoint;  // the region's STS, or sts_endpoint
    NetworkTerms network;
    int attempts = 1; // how often the call is tried
    std::string region{}; // of the credentials; empty: that of the endpoint
    bool strict_duration = false;
    bool narrows = false; // has a session policy
    std::optional<Credentials> caller{}; // of the settings; empty where the action needs none, or another one is there
    std::vector<std::string_view> unused{}; // settings for other actions: who set one believes that it does something
    std::vector<std::string> policy_notes{}; // what is odd about the session policy
    bool lasts = false; // nothing was read but the settings themselves, so they make the same plan again
};

// Reads policy_file, resolves secret references, makes names of build data. A session policy that the action does not
// take is setting_conflict.
enum class CallerOf { settings, host };
Result<StsPlan> sts_plan(const Settings& settings, StsAction action, CallerOf caller, const Cancel& cancel);

// After a refusal of the duration: what STS would give instead, by its own words, or else what every role gives. Empty
// where nothing shorter is left to try.
std::optional<std::chrono::seconds> shorter_duration(const Error& refusal, const StsActionRow& action,
                                                     std::chrono::seconds asked);

} // namespace awsfed
