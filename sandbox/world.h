// The little world that the sandbox plays: who may sign in, which roles and keys there are, and what is to go
// wrong. It is written in AWS's config dialect (settings/config_file.h); docs/guide/sandbox.md explains each line.
#pragma once

#include "base/arn.h"
#include "base/result.h"
#include "base/secret.h"
#include "idp/totp.h"
#include "sandbox/policy.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::sandbox {

// The identity provider, as it calls itself and as AWS knows it.
struct Provider {
    Arn arn;
    std::string issuer;
    std::string audience;      // what it is called as a relying party: loginToRp
    std::string recipient;     // where the response is to be posted
    bool idp_initiated = true; // AD FS 2016 has the page switched off until an administrator switches it on
};

enum class UserState { active, disabled, must_change };

// What AD FS asks for behind the password.
struct SecondFactor {
    enum class Kind { none, code, app, telephone, telephone_denied };
    Kind kind = Kind::none;
    std::string code{};        // code: the one that is right; telephone: the number that is shown
    std::optional<Totp> app{}; // app: whose codes are right
};

struct User {
    std::string name;
    Secret password;
    std::vector<Arn> roles;
    std::string session_name; // empty: the assertion has none, as of an account without a mail address
    UserState state = UserState::active;
    std::string origin_subject{}; // what their sessions have for aws:OriginIdentity/Subject; empty: nothing
    SecondFactor factor{};
};

struct Role {
    std::string name;
    Arn arn;
    std::chrono::seconds max_session;
    std::optional<Policy> policy; // without one the role may do nothing
    std::vector<Arn> trust;       // who may take it: the provider, users, roles, the account's root
    std::string external_id;      // empty: none is asked for

    bool trusts(std::string_view arn) const;
};

struct LongTermKey {
    std::string id;
    Secret secret;
    Arn user;
    std::optional<Policy> policy;
};

// An account, where more is to be known of it than its number.
struct Account {
    std::string id;
    std::vector<std::string> managers; // accounts that may take its root: the organisation's, or the delegated one
    bool web_identity_tokens = false;  // whether outbound web identity federation is switched on
};

// The token of a delegation request, and what it is traded for.
struct TradeIn {
    std::string name; // of the session
    Secret token;
    Arn role;
    std::chrono::seconds duration;
    bool expired = false;
};

enum class FaultKind {
    idp_503,         // the sign-in page is not available
    idp_error,       // the sign-in page is an error page; value: its MSIS code
    password_503,    // the password arrived, and the answer is a failure
    wrong_signature, // the assertion is signed by another key
    expired,         // the assertion was issued some time ago; value: seconds
    wrong_audience,
    wrong_recipient,
    sts_throttle,
    sts_503,
    clock_skew_s, // the clock of STS is off; value: seconds, also negative
    slow_ms,      // any answer comes late; value: milliseconds
};

struct Fault {
    std::string name;
    FaultKind kind;
    std::string text;       // the value as written
    std::int64_t value = 0; // the same as a number, where the kind has one
    unsigned first = 1;     // of the requests that it could hit, counted from 1
    unsigned last = ~0U;
};

struct World {
    Provider provider;
    std::vector<User> users;
    std::vector<Role> roles;
    std::vector<LongTermKey> keys;
    std::vector<Account> accounts;
    std::vector<TradeIn> trade_ins;
    std::vector<Fault> faults;

    const User* user(std::string_view name) const;
    const Role* role(std::string_view arn) const;
    const LongTermKey* key(std::string_view id) const;
    const Account* account(std::string_view id) const;
    const TradeIn* trade_in(std::string_view token) const;
};

// Refuses whatever it does not know, naming section and property, so that a typing error does not become a
// world in which a test passes for the wrong reason. Code::config_malformed, or policy_malformed.
Result<World> read_world(std::string_view text);

// What is played when no file is given.
std::string_view default_world();

} // namespace awsfed::sandbox
