// Who calls STS: a user with long-term keys, or a session that this STS gave out.
#pragma once

#include "base/time.h"
#include "sandbox/policy.h"
#include "sandbox/sts_document.h"
#include "sandbox/world.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace awsfed::sandbox {

struct Caller {
    enum class Kind { user, user_session, role_session, federated };

    Kind kind = Kind::user;
    std::string arn;     // of the session: "arn:aws:sts::1:assumed-role/build/alice"
    std::string id;      // "AROA...:alice"
    std::string account;
    std::string granted; // the ARN of the role or user whose rights it has
    const Policy* rights = nullptr;        // of the role or user; null: none
    std::optional<Policy> session_policy{}; // what narrows them
    bool needs_session_policy = false;      // GetFederationToken: without one there are no rights at all

    bool is_temporary() const { return kind != Kind::user; }
};

Caller caller_of(const LongTermKey& key);
Caller role_session(const Role& role, std::string_view session_name, std::optional<Policy> session_policy);

// The member AssumedRoleUser of an answer.
StsMember assumed_role_user(const Caller& session);

// The id of a user or role, as AWS has one: the same for the same ARN.
std::string unique_id(std::string_view prefix, std::string_view arn);

// Whether the caller may do this to that, by its own side. Otherwise AWS's sentence about why not.
// `named_by_target`: the target's trust names the caller itself, so that its own policy need not allow it.
StsResult<void> check_rights(const Caller& caller, std::string_view action, std::string_view resource,
                             bool named_by_target = false);

struct IssuedSession {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;
    Time expires;
    Caller caller;
};

// All sessions that were given out and have not long expired; 10,000 at most, then the eldest goes.
class SessionStore {
public:
    const IssuedSession& issue(Caller caller, Time expires);
    const IssuedSession* find(std::string_view access_key_id) const;

private:
    std::map<std::string, std::unique_ptr<IssuedSession>, std::less<>> sessions_;
    std::map<std::uint64_t, std::string> order_;
    std::uint64_t next_ = 0;
};

} // namespace awsfed::sandbox
