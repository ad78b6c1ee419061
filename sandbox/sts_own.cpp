// The actions about the caller's own identity: sessions of it, and who it is.
#include "sandbox/sts.h"

namespace awsfed::sandbox {

namespace {

constexpr std::chrono::hours usual{12};

// A user with long-term keys may do what sessions may not.
StsResult<void> check_long_term(const StsCall& call) {
    if (call.caller->is_temporary())
        return refuse("AccessDenied", fmt::format("Cannot call {} with session credentials", call.action));
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
    const std::string outcome = session.arn;
    return sts_result(call.action, {credentials(std::move(session), end_of(call, duration.value_or(usual))), user},
                      outcome);
}

StsResult<Answer> Sts::get_session_token(const StsCall& call) {
    AWSFED_STS_CHECK(check_long_term(call));
    AWSFED_STS_TRY(const auto duration, duration_of(call));
    Caller session = *call.caller;
    session.kind = Caller::Kind::user_session;
    return sts_result(call.action, {credentials(std::move(session), end_of(call, duration.value_or(usual)))},
                      call.caller->arn);
}

// Needs no permission, and cannot be denied.
StsResult<Answer> Sts::get_caller_identity(const StsCall& call) {
    const Caller& caller = *call.caller;
    return sts_result(call.action, {{"Arn", caller.arn}, {"UserId", caller.id}, {"Account", caller.account}},
                      caller.arn);
}

} // namespace awsfed::sandbox
