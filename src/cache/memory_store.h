// Credentials that are kept in this process, each under the key of its request.
#pragma once

#include "base/time.h"
#include "cache/request_key.h"
#include "credentials/credentials.h"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace awsfed {

struct Kept {
    Credentials credentials;
    std::chrono::nanoseconds remaining{}; // until they are over
    bool renew = false;                   // somebody should look for new ones, though these are still good
};

struct Whose { // to be shown
    std::string connector{}, user{}, principal{};
};

// May be used by many threads. Time is counted from the machine's start, by a clock that nobody sets and that goes on
// while the machine sleeps.
class MemoryStore {
public:
    using Instant = std::chrono::nanoseconds;
    static constexpr std::size_t entries_max = 1000; // roles of one process; the one that ends first makes room

    std::optional<Kept> find(const RequestKey& key, Instant now = time_since_boot()) const; // not what is over
    // `life`: how long they are still good. `renew_before`: how long before their end new ones should be looked for.
    void keep(const RequestKey& key, const Credentials& credentials, std::chrono::nanoseconds life,
              std::chrono::nanoseconds renew_before, Instant now = time_since_boot(), const Whose& whose = {});
    // Nobody looks for new ones for so long.
    void postpone_renewal(const RequestKey& key, std::chrono::nanoseconds pause, Instant now = time_since_boot());
    void erase(const RequestKey& key);
    // Of everything that is not over: its key, and what is shown of it.
    struct Facts {
        RequestKey key;
        Whose whose;
        std::string role_arn, account, session_arn;
        Instant remaining{};
    };
    std::vector<Facts> facts(Instant now = time_since_boot()) const;

private:
    struct Entry {
        Credentials credentials;
        Instant renew_at, end;
        Whose whose;
    };

    mutable std::mutex mutex_;
    std::map<RequestKey, Entry> entries_;
};

} // namespace awsfed
