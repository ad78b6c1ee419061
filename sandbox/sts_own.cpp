// The actions that make a session of the caller's own identity.
#include "sandbox/sts.h"

#include <algorithm>
#include <iterator>

namespace awsfed::sandbox {

namespace {

constexpr std::chrono::hours usual{12};
constexpr std::size_t scopes_max = 3; // of GetScopedCredentials, in one session

// A user with long-term keys may do what sessions may not.
StsResult<void> check_long_term(const StsCall& call) {
    if (call.caller->is_temporary())
        return refuse("AccessDenied", fmt::format("Cannot call {} with session credentials", call.action));
    return {};
}

// [\t\n\r\x20-\x7E\xA1-\xFF]: in UTF-8 the upper half has the lead bytes C2 and C3.
StsResult<void> check_description(const StsCall& call) {
    AWSFED_STS_TRY(const std::string_view text, text_of(call, "ScopedSessionDescription", 2, 256));
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto before = static_cast<unsigned char>(i == 0 ? 0 : text[i - 1]);
        const bool is_control = (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
        if (is_control || byte > 0xC3 || (before == 0xC2 && byte < 0xA1))
            return unfit("scopedSessionDescription", "have no other characters than those up to U+00FF");
    }
    return {};
}

} // namespace

StsResult<Answer> Sts::get_federation_token(const StsCall& call) {
    const Caller& caller = *call.caller;
    AWSFED_STS_CHECK(check_long_term(call));
    const std::string_view name = call.get("Name");
    AWSFED_STS_CHECK(check_name("name", name, 32));
    Caller session = caller;
    session.kind = Caller::Kind::federated;
    session.arn =
        fmt::format("arn:{}:sts::{}:federated-user/{}", Arn::parse(caller.arn)->partition(), caller.account, name);
    session.id = fmt::format("{}:{}", caller.account, name);
    session.needs_session_policy = true;
    AWSFED_STS_CHECK(check_rights(caller, "sts:GetFederationToken", session.arn));
    AWSFED_STS_TRY(const auto duration, duration_of(call));
    AWSFED_STS_TRY(session.session_policy, policy_of(call));
    const StsMember user{.name = "FederatedUser", .members = {{"FederatedUserId", session.id}, {"Arn", session.arn}}};
    AWSFED_STS_TRY(session.tags, tags_of(call));
    if (!session.tags.empty())
        AWSFED_STS_CHECK(check_rights(caller, "sts:TagSession", session.arn));
    const std::string outcome = session.arn;
    AWSFED_STS_TRY(const IssuedSession* issued,
                   issue(call, std::move(session), end_of(call, duration.value_or(usual))));
    return sts_result(call.action, {credentials_of(*issued), user}, outcome);
}

StsResult<Answer> Sts::get_session_token(const StsCall& call) {
    AWSFED_STS_CHECK(check_long_term(call));
    AWSFED_STS_TRY(const auto duration, duration_of(call));
    Caller session = *call.caller;
    session.kind = Caller::Kind::user_session;
    AWSFED_STS_TRY(const IssuedSession* issued,
                   issue(call, std::move(session), end_of(call, duration.value_or(usual))));
    return sts_result(call.action, {credentials_of(*issued)}, call.caller->arn);
}

// Needs no permission, since it takes some away; the service model names none.
StsResult<Answer> Sts::get_scoped_credentials(const StsCall& call) {
    if (!call.caller->is_temporary())
        return refuse("InvalidSubjectCredentials", "The subject credentials are not those of a session",
                      "long-term keys are not narrowed");
    Caller session = *call.caller;
    if (!call.has("Policy") && !call.has("DurationSeconds"))
        return invalid("Either Policy or DurationSeconds is needed");
    if (call.has("ScopedSessionDescription"))
        AWSFED_STS_CHECK(check_description(call));
    AWSFED_STS_TRY(const auto duration, duration_of(call));
    const Time end = duration ? end_of(call, *duration) : *session.ends;
    if (end > *session.ends)
        return refuse("InsufficientSessionLifetime", "The requested duration exceeds the session's remaining lifetime",
                      fmt::format("the session ends at {}", iso_time(*session.ends)));
    AWSFED_STS_TRY(std::optional<Policy> policy, policy_of(call));
    if (policy && session.scopes.size() >= scopes_max)
        return refuse("AccessDenied", fmt::format("The session has {} scope-down policies already", scopes_max));
    if (policy)
        session.scopes.push_back(*std::move(policy));

    const StsMember info{.name = "SessionInfo", .members = {{"ScopedSessionId", session.id}, {"Arn", session.arn}}};
    const std::string count = std::to_string(session.scopes.size());
    const std::string outcome = session.arn;
    AWSFED_STS_TRY(const IssuedSession* issued, issue(call, std::move(session), end));
    std::vector<StsMember> members{credentials_of(*issued), info};
    std::ranges::move(token_size_of(*issued), std::back_inserter(members));
    members.push_back({"ScopedPoliciesCount", count});
    return sts_result(call.action, members, outcome);
}

} // namespace awsfed::sandbox
