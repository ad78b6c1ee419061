// The actions that make a session of another identity than the caller's.
#include "base/limits.h"
#include "base/text.h"
#include "sandbox/sts.h"

#include <algorithm>
#include <iterator>

namespace awsfed::sandbox {

namespace {

constexpr std::chrono::hours chained_max{1}; // a role that is taken by a role's session
constexpr std::chrono::minutes root_max{15};

constexpr std::string_view root_tasks[] = {"IAMAuditRootUserCredentials", "IAMCreateRootUserPassword",
                                           "IAMDeleteRootUserCredentials", "S3UnlockBucketPolicy",
                                           "SQSUnlockQueuePolicy"};
bool is_root_task(std::string_view arn, std::string_view partition) {
    return std::ranges::any_of(root_tasks, [&](std::string_view task) {
        return arn == fmt::format("arn:{}:iam::aws:policy/root-task/{}", partition, task);
    });
}

// A role that the caller may take.
struct Taken {
    const Role& role;
    bool named; // its trust names the caller itself, whose own policy need not allow it then
};
StsResult<Taken> role_for(const Caller& caller, const StsCall& call, const World& world) {
    const std::string_view wanted = call.get("RoleArn");
    const auto denied = [&](std::string why) {
        return refuse("AccessDenied",
                      fmt::format("User: {} is not authorized to perform: sts:AssumeRole on resource: {}", caller.arn,
                                  printable(wanted)),
                      std::move(why));
    };
    if (caller.kind == Caller::Kind::federated)
        return denied("a federated user may not take roles");
    const Role* role = world.role(wanted);
    if (role == nullptr)
        return denied("there is no such role");
    const bool names_caller = role->trusts(caller.granted) || role->trusts(caller.arn);
    if (!names_caller && !role->trusts(fmt::format("arn:{}:iam::{}:root", role->arn.partition(), caller.account)))
        return denied("the role's trust does not name the caller");
    if (!role->external_id.empty() && call.get("ExternalId") != role->external_id)
        return denied("the external id is not the one that the role's trust asks for");
    const bool named = names_caller && caller.account == role->arn.account();
    AWSFED_STS_CHECK(check_rights(caller, "sts:AssumeRole", wanted, named));
    return Taken{.role = *role, .named = named};
}

} // namespace

StsResult<Answer> Sts::assume_role(const StsCall& call) {
    const Caller& caller = *call.caller;
    const std::string_view wanted = call.get("RoleArn");
    if (const auto arn = Arn::parse(wanted); !arn || !arn->is_role())
        return invalid(fmt::format("{} is invalid", printable(wanted)));
    const std::string_view name = call.get("RoleSessionName");
    AWSFED_STS_CHECK(check_name("roleSessionName", name, 64));
    AWSFED_STS_TRY(const Taken taken, role_for(caller, call, world_));
    AWSFED_STS_TRY(const std::chrono::seconds duration, duration_in_role(call, taken.role));
    AWSFED_STS_TRY(std::optional<Policy> policy, policy_of(call));
    if (caller.kind == Caller::Kind::role_session && duration > chained_max)
        return invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
    AWSFED_STS_TRY(SessionTags tags, tags_of(call));
    if (!tags.empty())
        AWSFED_STS_CHECK(check_rights(caller, "sts:TagSession", wanted, taken.named));

    Caller session = role_session(taken.role, name, std::move(policy));
    session.tags = std::move(tags);
    const StsMember user = assumed_role_user(session);
    const std::string outcome = session.arn;
    AWSFED_STS_TRY(const IssuedSession* issued, issue(call, std::move(session), end_of(call, duration)));
    return sts_result(call.action, {credentials_of(*issued), user}, outcome);
}

// The service model does not say how a call is refused that is not for this caller or account; the sandbox denies it.
StsResult<Answer> Sts::assume_root(const StsCall& call) {
    const Caller& caller = *call.caller;
    AWSFED_STS_TRY(const std::string_view target, text_of(call, "TargetPrincipal", 12, arn_chars_max));
    AWSFED_STS_TRY(const std::string_view task, text_of(call, "TaskPolicyArn.arn", 20, arn_chars_max));
    const std::string partition(Arn::parse(caller.arn)->partition());
    if (!is_root_task(task, partition))
        return invalid(fmt::format("{} is none of the policies for root tasks", printable(task)));
    AWSFED_STS_TRY(const auto duration, duration_of(call));
    const auto arn = Arn::parse(target);
    const std::string_view account = !arn ? target : arn->resource() == "root" ? arn->account() : "";
    Caller session = root_session(partition, account);
    if (arn && arn->text() != session.granted)
        return invalid(fmt::format("{} is not the root of an account", printable(target)));
    AWSFED_STS_CHECK(check_rights(caller, "sts:AssumeRoot", session.granted));
    const Account* member = world_.account(account);
    if (member == nullptr || std::ranges::find(member->managers, caller.account) == member->managers.end())
        return refuse("AccessDenied",
                      fmt::format("User: {} is not authorized to perform: sts:AssumeRoot on resource: {}", caller.arn,
                                  printable(session.granted)),
                      member ? "the caller's account is none of the managers" : "there is no such member account");
    const std::string outcome = session.arn;
    AWSFED_STS_TRY(const IssuedSession* issued,
                   issue(call, std::move(session), end_of(call, duration.value_or(root_max))));
    std::vector<StsMember> members{credentials_of(*issued)};
    std::ranges::move(token_size_of(*issued), std::back_inserter(members));
    return sts_result(call.action, members, outcome);
}

// Nor does it say how a token is refused that nobody gave out.
StsResult<Answer> Sts::get_delegated_access_token(const StsCall& call) {
    const std::string_view token = call.get("TradeInToken");
    if (token.empty())
        return unfit("tradeInToken", "not be null");
    AWSFED_STS_CHECK(check_rights(*call.caller, "sts:GetDelegatedAccessToken", "*"));
    const TradeIn* request = world_.trade_in(token);
    if (request == nullptr)
        return refuse("AccessDenied", "Not authorized to perform sts:GetDelegatedAccessToken",
                      "there is no such trade-in token");
    if (request->expired)
        return refuse("ExpiredTradeInTokenException", "The trade-in token has expired");
    Caller session = role_session(*world_.role(request->role.text()), request->name, {});
    const std::string principal = session.arn;
    AWSFED_STS_TRY(const IssuedSession* issued, issue(call, std::move(session), end_of(call, request->duration)));
    return sts_result(call.action, {credentials_of(*issued), {"AssumedPrincipal", principal}}, principal);
}

} // namespace awsfed::sandbox
