// One call of STS as it came in: which action, with what, and by whom; and what is asked of its parameters whatever the
// action is.
#pragma once

#include "base/session_tag.h"
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
#include <vector>

namespace awsfed::sandbox {

// What an action takes, by the service model.
struct StsRule {
    enum class Terms { open, is_signed, is_signed_regional };

    std::string_view action;
    Terms terms; // regional: not at the global endpoint
    std::span<const std::string_view> parameters; // besides Action and Version; of lists "Audience.member.N"
    std::chrono::seconds shortest{0}, longest{0}; // of DurationSeconds
};

struct StsCall {
    std::string action;
    Pairs fields;
    Time now;
    std::string host{}; // to which it was sent: the header Host
    const StsRule* rule = nullptr;
    std::optional<Caller> caller{}; // of the signed actions
    std::string region{}; // of their signature

    bool has(std::string_view name) const { return field(fields, name) != nullptr; }
    std::string_view get(std::string_view name) const; // empty when it is not there
};

// The form, not yet who sent it.
StsResult<StsCall> read_call(const Received& request, Time now);

// Each once, none that the sandbox does not know, and lists without a gap.
StsResult<void> check_parameters(const StsCall& call);

// AWS's sentence about a value: "Member must have length ..."
StsFailure unfit(std::string_view parameter, std::string_view rule);

// A name of a session or a user: 2 characters and more of [\w+=,.@-].
bool is_name(std::string_view text, std::size_t longest);
StsResult<void> check_name(std::string_view parameter, std::string_view text, std::size_t longest);

// DurationSeconds, within what the action takes; empty when it is not there.
StsResult<std::optional<std::chrono::seconds>> duration_of(const StsCall& call);
// The same where a role has its own maximum, and an hour is usual.
StsResult<std::chrono::seconds> duration_in_role(const StsCall& call, const Role& role);

// MinimumSessionTokenSize; 0 when it is not there.
StsResult<std::size_t> token_size_min_of(const StsCall& call);

// A parameter that has to be there, with so many characters.
StsResult<std::string_view> text_of(const StsCall& call, std::string_view name, std::size_t shortest,
                                    std::size_t longest);

// What Audience.member.1, .2 and so on hold.
std::vector<std::string> list_of(const StsCall& call, std::string_view name);

// Tags.member.N.Key and .Value, within what AWS takes for session tags.
StsResult<SessionTags> tags_of(const StsCall& call);

// The inline session policy; empty when it is not there.
StsResult<std::optional<Policy>> policy_of(const StsCall& call);

} // namespace awsfed::sandbox
