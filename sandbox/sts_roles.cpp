// The actions that make a session of another identity than the caller's.
#include "base/text.h"
#include "sandbox/sts.h"

namespace awsfed::sandbox {

namespace {

constexpr std::chrono::hours chained_max{1}; // a role that is taken by a role's session

// Who the role's trust lets in: the caller by name, or all of the account.
struct Trust {
    bool names_caller = false;
    bool names_account = false;
};
Trust trust_of(const Role& role, const Caller& caller) {
    return {.names_caller = role.trusts(caller.granted) || role.trusts(caller.arn),
            .names_account = role.trusts(fmt::format("arn:{}:iam::{}:root", role.arn.partition(), caller.account))};
}

} // namespace

StsResult<Answer> Sts::assume_role(const StsCall& call) {
    const Caller& caller = *call.caller;
    const std::string_view wanted = call.get("RoleArn");
    if (const auto arn = Arn::parse(wanted); !arn || !arn->is_role())
        return invalid(fmt::format("{} is invalid", printable(wanted)));
    const std::string_view name = call.get("RoleSessionName");
    AWSFED_STS_CHECK(check_name("roleSessionName", name, 64));
    const auto denied = [&](std::string why) {
        return refuse("AccessDenied",
                      fmt::format("User: {} is not authorized to perform: sts:AssumeRole on resource: {}", caller.arn,
                                  printable(wanted)),
                      std::move(why));
    };
    if (caller.kind == Caller::Kind::federated)
        return denied("a federated user may not take roles");
    const Role* role = world_.role(wanted);
    if (role == nullptr)
        return denied("there is no such role");
    const Trust trust = trust_of(*role, caller);
    if (!trust.names_caller && !trust.names_account)
        return denied("the role's trust does not name the caller");
    if (!role->external_id.empty() && call.get("ExternalId") != role->external_id)
        return denied("the external id is not the one that the role's trust asks for");
    AWSFED_STS_CHECK(
        check_rights(caller, "sts:AssumeRole", wanted, trust.names_caller && caller.account == role->arn.account()));

    AWSFED_STS_TRY(const std::chrono::seconds duration, duration_in_role(call, *role));
    AWSFED_STS_TRY(std::optional<Policy> policy, policy_of(call));
    if (caller.kind == Caller::Kind::role_session && duration > chained_max)
        return invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
    Caller session = role_session(*role, name, std::move(policy));
    const StsMember user = assumed_role_user(session);
    const std::string outcome = session.arn;
    return sts_result(call.action, {credentials(std::move(session), end_of(call, duration)), user}, outcome);
}

} // namespace awsfed::sandbox
