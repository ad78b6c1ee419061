#include "sandbox/sts_sessions.h"

#include "base/hash.h"
#include "sandbox/keys.h"

#include <algorithm>

namespace awsfed::sandbox {

namespace {

constexpr std::size_t sessions_max = 10'000;
constexpr std::size_t unique_id_chars = 17; // behind the four of the prefix
constexpr std::size_t token_chars = 348;
constexpr std::string_view id_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view token_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

StsRefusal denied(const Caller& caller, std::string_view action, std::string_view resource, std::string_view because) {
    return {.code = "AccessDenied",
            .message = fmt::format("User: {} is not authorized to perform: {} on resource: {} {}", caller.arn, action,
                                   resource, because)};
}

} // namespace

std::string unique_id(std::string_view prefix, std::string_view arn) {
    const Digest digest = sha256(arn);
    std::string id(prefix);
    for (std::size_t i = 0; i < unique_id_chars; ++i)
        id += id_letters[digest[i] % id_letters.size()];
    return id;
}

Caller caller_of(const LongTermKey& key) {
    return {.kind = Caller::Kind::user,
            .arn = key.user.text(),
            .id = unique_id("AIDA", key.user.text()),
            .account = std::string(key.user.account()),
            .granted = key.user.text(),
            .rights = key.policy ? &*key.policy : nullptr};
}

Caller role_session(const Role& role, std::string_view session_name, std::optional<Policy> session_policy) {
    return {.kind = Caller::Kind::role_session,
            .arn = fmt::format("arn:{}:sts::{}:assumed-role/{}/{}", role.arn.partition(), role.arn.account(),
                               role.arn.name(), session_name),
            .id = fmt::format("{}:{}", unique_id("AROA", role.arn.text()), session_name),
            .account = std::string(role.arn.account()),
            .granted = role.arn.text(),
            .rights = role.policy ? &*role.policy : nullptr,
            .session_policy = std::move(session_policy)};
}

Caller root_session(std::string_view partition, std::string_view account) {
    return {.kind = Caller::Kind::root_session,
            .arn = fmt::format("arn:{}:sts::{}:assumed-root", partition, account),
            .id = std::string(account),
            .account = std::string(account),
            .granted = fmt::format("arn:{}:iam::{}:root", partition, account),
            .needs_session_policy = true};
}

StsMember assumed_role_user(const Caller& session) {
    return {.name = "AssumedRoleUser", .members = {{"AssumedRoleId", session.id}, {"Arn", session.arn}}};
}

StsResult<void> check_rights(const Caller& caller, std::string_view action, std::string_view resource,
                             bool named_by_target) {
    const auto refuse = [&](std::string_view because) {
        return std::unexpected(denied(caller, action, resource, because));
    };
    const Verdict own = caller.rights ? caller.rights->judge(action, resource) : Verdict::silent;
    const bool narrowed = caller.session_policy || caller.needs_session_policy;
    const Verdict session = caller.session_policy ? caller.session_policy->judge(action, resource) : Verdict::silent;
    if (own == Verdict::denies)
        return refuse("with an explicit deny in an identity-based policy");
    if (session == Verdict::denies)
        return refuse("with an explicit deny in a session policy");
    if (narrowed && session != Verdict::allows)
        return refuse(fmt::format("because no session policy allows the {} action", action));
    for (const Policy& scope : caller.scopes) {
        const Verdict verdict = scope.judge(action, resource);
        if (verdict == Verdict::denies)
            return refuse("with an explicit deny in a session policy");
        if (verdict != Verdict::allows)
            return refuse(fmt::format("because no session policy allows the {} action", action));
    }
    if (own != Verdict::allows && !named_by_target)
        return refuse(fmt::format("because no identity-based policy allows the {} action", action));
    return {};
}

StsMember credentials_of(const IssuedSession& session) {
    return {.name = "Credentials",
            .members = {{"AccessKeyId", session.access_key_id},
                        {"SecretAccessKey", session.secret_access_key},
                        {"SessionToken", session.session_token},
                        {"Expiration", iso_time(session.expires)}}};
}

std::vector<StsMember> token_size_of(const IssuedSession& session) {
    const std::size_t size = session.session_token.size();
    return {{"SessionTokenUtilization", std::to_string(size * 100 / token_chars_max)},
            {"SessionTokenSize", std::to_string(size)}};
}

const IssuedSession& SessionStore::issue(Caller caller, Time expires, std::size_t token_size_min) {
    if (order_.size() >= sessions_max) {
        sessions_.erase(order_.begin()->second);
        order_.erase(order_.begin());
    }
    auto session = std::make_unique<IssuedSession>();
    session->access_key_id = "ASIA" + random_text(16, id_letters);
    session->secret_access_key = random_text(40, token_letters);
    session->session_token = random_text(std::max(token_chars, token_size_min), token_letters);
    session->expires = expires;
    session->caller = std::move(caller);
    session->caller.ends = expires;
    order_.emplace(next_++, session->access_key_id);
    const auto [place, is_new] = sessions_.insert_or_assign(session->access_key_id, std::move(session));
    return *place->second;
}

const IssuedSession* SessionStore::find(std::string_view access_key_id) const {
    const auto found = sessions_.find(access_key_id);
    return found == sessions_.end() ? nullptr : found->second.get();
}

} // namespace awsfed::sandbox
