// The Security Token Service: its actions are checked as AWS documents them and answered as AWS answers
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html). What it does not know, it refuses:
// second factors, managed policies, and every parameter and action besides those in sts.cpp.
#pragma once

#include "base/time.h"
#include "sandbox/exchange.h"
#include "sandbox/faults.h"
#include "sandbox/saml_token.h"
#include "sandbox/sts_call.h"
#include "sandbox/sts_document.h"
#include "sandbox/sts_sessions.h"
#include "sandbox/web_tokens.h"
#include "sandbox/world.h"

#include <chrono>
#include <optional>
#include <span>

namespace awsfed::sandbox {

inline constexpr std::chrono::minutes redemption_window{5}; // from the assertion's IssueInstant

class Sts {
public:
    // Borrows all of them.
    Sts(const World& world, const TokenService& tokens, FaultBook& faults, const Clock& clock)
        : world_(world), tokens_(tokens), faults_(faults), clock_(clock) {}

    Answer answer(const Received& request);

private:
    struct Row {
        StsRule rule;
        StsResult<Answer> (Sts::*handler)(const StsCall& call);
    };
    static std::span<const Row> rows();

    StsResult<Answer> handle(const Received& request, Time now);

    // sts_saml.cpp: a role by a sign-in
    StsResult<Answer> assume_role_with_saml(const StsCall& call);
    StsResult<Assertion> checked_assertion(const StsCall& call) const;
    // sts_roles.cpp: another identity than the caller's
    StsResult<Answer> assume_role(const StsCall& call);
    StsResult<Answer> assume_root(const StsCall& call);
    StsResult<Answer> get_delegated_access_token(const StsCall& call);
    // sts_own.cpp: sessions of the caller's own identity
    StsResult<Answer> get_federation_token(const StsCall& call);
    StsResult<Answer> get_session_token(const StsCall& call);
    StsResult<Answer> get_scoped_credentials(const StsCall& call);
    // sts_web_identity.cpp: a token for other services, and how they verify it
    StsResult<Answer> get_web_identity_token(const StsCall& call);
    std::optional<Answer> discovery(const Received& request);
    const WebTokens& web_tokens();
    // sts_facts.cpp: what is known
    StsResult<Answer> get_caller_identity(const StsCall& call);
    StsResult<Answer> get_access_key_info(const StsCall& call);
    StsResult<Answer> decode_authorization_message(const StsCall& call);

    // A new session, with a token of the size that the call asks for.
    StsResult<const IssuedSession*> issue(const StsCall& call, Caller caller, Time expires);

    const World& world_;
    const TokenService& tokens_;
    FaultBook& faults_;
    const Clock& clock_;
    SessionStore sessions_;
    std::optional<WebTokens> web_tokens_; // made when the first one is asked for: keys take time
};

// When a session of this length ends that begins with the call; STS tells whole seconds.
inline Time end_of(const StsCall& call, std::chrono::seconds duration) {
    return std::chrono::floor<std::chrono::seconds>(call.now) + duration;
}

} // namespace awsfed::sandbox
