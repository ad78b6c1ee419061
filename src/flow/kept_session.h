// The session that an identity provider gave a user, by its cookies: the next sign-in of the same user with the same
// password needs no password page. Kept only where the setting keep_session asks for it (security rule 11).
#pragma once

#include "base/log.h"
#include "flow/context.h"

#include <memory>
#include <optional>

namespace awsfed {

// For one sign-in. `log` outlives it. A store that fails costs the session, never the sign-in.
class KeptSession {
public:
    // Empty where none is to be kept. Resolves the secrets of the sign-in.
    static Result<std::optional<KeptSession>> open(const Context& context, const Settings& settings, const Log& log,
                                                   const Cancel& cancel);

    // The cookies; empty where there are none. Once.
    Secret take();
    // `signed_in_anew`: a password was sent. Otherwise the session does not grow older than it may.
    void keep(const Secret& all_cookies, bool signed_in_anew);
    void drop();

private:
    KeptSession(std::shared_ptr<const SealedStore> store, RequestKey key, std::string user, const Log& log)
        : store_(std::move(store)), key_(key), user_(std::move(user)), log_(&log) {}
    void load(const Cancel& cancel);

    std::shared_ptr<const SealedStore> store_;
    RequestKey key_;
    std::string user_;
    const Log* log_;
    std::optional<Time> begun_;
    Secret cookies_;
};

// What came of the session was refused, so the next sign-in sends the password.
void drop_kept_session(const Context& context, const Settings& settings, const Cancel& cancel);

// What a record of a session says, without its cookies.
struct SessionFacts {
    std::string user;
    Time begun{}, until{};
};
std::optional<SessionFacts> session_facts(std::string_view record);

} // namespace awsfed
