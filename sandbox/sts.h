// The Security Token Service: five actions, checked as AWS documents them and answered as AWS answers
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html). What it does not know, it refuses: tags,
// second factors, managed policies, and every parameter and action besides those in sts.cpp.
#pragma once

#include "base/time.h"
#include "sandbox/exchange.h"
#include "sandbox/faults.h"
#include "sandbox/saml_token.h"
#include "sandbox/sts_document.h"
#include "sandbox/sts_sessions.h"
#include "sandbox/world.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace awsfed::sandbox {

inline constexpr std::chrono::minutes redemption_window{5}; // from the assertion's IssueInstant

class Sts {
public:
    // Borrows all of them.
    Sts(const World& world, const TokenService& tokens, FaultBook& faults, const Clock& clock)
        : world_(world), tokens_(tokens), faults_(faults), clock_(clock) {}

    Answer answer(const Received& request);

private:
    struct Call {
        std::string action;
        Pairs fields;
        std::optional<Caller> caller; // of the signed actions
        Time now;

        std::string_view get(std::string_view name) const; // empty when it is not there
    };
    struct Terms {
        std::chrono::seconds duration;
        std::optional<Policy> policy;
    };

    StsResult<Answer> handle(const Received& request, Time now);
    StsResult<Answer> assume_role_with_saml(const Call& call);
    StsResult<Answer> assume_role(const Call& call);
    StsResult<Answer> get_federation_token(const Call& call);
    StsResult<Answer> get_session_token(const Call& call);
    StsResult<Answer> get_caller_identity(const Call& call);

    StsResult<Assertion> checked_assertion(const Call& call) const;
    StsResult<Terms> terms_of(const Call& call, std::chrono::seconds usual, std::chrono::seconds longest) const;
    StsMember credentials(const Call& call, Caller caller, std::chrono::seconds duration);

    const World& world_;
    const TokenService& tokens_;
    FaultBook& faults_;
    const Clock& clock_;
    SessionStore sessions_;
};

} // namespace awsfed::sandbox
