// Who calls STS: a user with long-term keys, or a session that this STS gave out.
#pragma once

#include "base/session_tag.h"
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
#include <vector>

namespace awsfed::sandbox {

struct Caller {
    enum class Kind { user, user_session, role_session, federated, root_session };

    Kind kind = Kind::user;
    std::string arn;     // of the session: "arn:aws:sts::1:assumed-role/build/alice"
    std::string id;      // "AROA...:alice"
    std::string account;
    std::string granted; // the ARN of the role, user or root whose rights it has
    const Policy* rights = nullptr;        // of the role or user; null: none
    std::optional<Policy> session_policy{}; // what narrows them
    bool needs_session_policy = false;      // GetFederationToken: without one there are no rights at all
    std::vector<Policy> scopes{};           // what GetScopedCredentials narrowed them by
    std::optional<Time> ends{};             // of a session
    SessionTags tags{};
    std::string origin_subject{};           // on whose behalf it acts; empty: that is not told

    bool is_temporary() const { return kind != Kind::user; }
};

Caller caller_of(const LongTermKey& key);
Caller role_session(const Role& role, std::string_view session_name, std::optional<Policy> session_policy);

// The member AssumedRoleUser of an answer.
StsMember assumed_role_user(const Caller& session);

// The id of a user or role, as AWS has one: the same for the same ARN.
std::string unique_id(std::string_view prefix, std::string_view arn);

// The root of an account, narrowed to what AWS's task policies allow: nothing of this service.
Caller root_session(std::string_view partition, std::string_view account);

// Whether the caller may do this to that, by its own side. Otherwise AWS's sentence about why not.
// `named_by_target`: the target's trust names the caller itself, so that its own policy need not allow it.
StsResult<void> check_rights(const Caller& caller, std::string_view action, std::string_view resource,
                             bool named_by_target = false);

inline constexpr std::size_t token_chars_max = 4096; // of a session token; the service model lets one ask for no more

struct IssuedSession {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;
    Time expires;
    Caller caller;
};

// The members Credentials, SessionTokenUtilization and SessionTokenSize of an answer.
StsMember credentials_of(const IssuedSession& session);
std::vector<StsMember> token_size_of(const IssuedSession& session);

// All sessions that were given out and have not long expired; 10,000 at most, then the eldest goes.
class SessionStore {
public:
    // The token has so many characters at least.
    const IssuedSession& issue(Caller caller, Time expires, std::size_t token_size_min);
    const IssuedSession* find(std::string_view access_key_id) const;

private:
    std::map<std::string, std::unique_ptr<IssuedSession>, std::less<>> sessions_;
    std::map<std::uint64_t, std::string> order_;
    std::uint64_t next_ = 0;
};

} // namespace awsfed::sandbox
