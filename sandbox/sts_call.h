// One call of STS as it came in: which action, with what, and by whom; and what is asked of its parameters whatever the
// action is.
#pragma once

#include "base/time.h"
#include "sandbox/exchange.h"
#include "sandbox/policy.h"
#include "sandbox/sts_document.h"
#include "sandbox/sts_sessions.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace awsfed::sandbox {

// What an action takes, by the service model.
struct StsRule {
    std::string_view action;
    bool is_signed;
    std::span<const std::string_view> parameters; // besides Action and Version
    std::chrono::seconds shortest, longest; // of DurationSeconds
};

struct StsCall {
    std::string action;
    Pairs fields;
    Time now;
    const StsRule* rule = nullptr;
    std::optional<Caller> caller{}; // of the signed actions

    std::string_view get(std::string_view name) const; // empty when it is not there
};

// The form, not yet who sent it.
StsResult<StsCall> read_call(const Received& request, Time now);

// Each once, and none that the sandbox does not know.
StsResult<void> check_parameters(const StsCall& call);

// A name of a session or a user: 2 characters and more of [\w+=,.@-].
bool is_name(std::string_view text, std::size_t longest);
StsResult<void> check_name(std::string_view parameter, std::string_view text, std::size_t longest);

// DurationSeconds, within what the action takes; empty when it is not there.
StsResult<std::optional<std::chrono::seconds>> duration_of(const StsCall& call);
// The same where a role has its own maximum, and an hour is usual.
StsResult<std::chrono::seconds> duration_in_role(const StsCall& call, const Role& role);

// The inline session policy; empty when it is not there.
StsResult<std::optional<Policy>> policy_of(const StsCall& call);

} // namespace awsfed::sandbox
