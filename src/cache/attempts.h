// What was tried with one user's passwords at one identity provider, and what may be tried still: nobody's account is
// locked by what is sent from here (security rule 6). Thinks only; the ledger keeps it.
#pragma once

#include "base/hash.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/time.h"

#include <array>
#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace awsfed {

struct AttemptRules {
    std::chrono::milliseconds pause = std::chrono::hours(2); // how long a refused password is not sent again
    std::size_t budget = 3; // passwords that were sent within a pause without being known to be right
};

inline constexpr std::chrono::hours pause_max(24 * 7);

enum class AttemptOutcome : char { open = 'o', refused = 'r', accepted = 'a' }; // open: sent, and nobody knows

class Attempts {
public:
    using Salt = std::array<unsigned char, 16>;

    explicit Attempts(const Random& random) { random.fill(salt_); }

    // Empty for everything that bytes() of this version did not write.
    static std::optional<Attempts> read(std::string_view bytes);
    Secret bytes() const;

    const Salt& salt() const { return salt_; } // of the hashes
    std::size_t size() const { return tried_.size(); }

    // Why a password must not be sent now.
    struct Hold {
        bool refused = false; // it was; else the budget is spent
        Time since{}, until{};
    };
    // By its salted hash. The one that was accepted last is not held up by others: nobody blocks a user by naming him.
    // What it was sent itself since, without a known end, counts for a quarter of the pause: it may have been changed.
    std::optional<Hold> hold(const Digest& secret, Time now, const AttemptRules& rules) const;
    void begin(const Digest& secret, Time now);
    // Of the last attempt with that secret.
    void settle(const Digest& secret, AttemptOutcome outcome);

private:
    struct Attempt {
        Digest secret{};
        Time at{};
        AttemptOutcome outcome = AttemptOutcome::open;
    };

    Attempts() = default;
    std::optional<Hold> hold_of_good(const Digest& secret, Time now, const AttemptRules& rules) const;
    const Attempt* last_accepted() const;
    const Attempt* last_known(const Digest& secret) const; // whose outcome is known
    bool is_good(const Digest& secret) const; // accepted last of all, and not refused since

    Salt salt_{};
    std::vector<Attempt> tried_; // the oldest first
};

} // namespace awsfed
