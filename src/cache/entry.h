// What a store keeps: credentials and how old they are; as bytes, and back.
#pragma once

#include "base/secret.h"
#include "credentials/credentials.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace awsfed {

struct Entry {
    Credentials credentials; // that end, and whose beginning is known
    Time kept{}; // by this machine's clock, which is not that of who gave them out
    std::chrono::nanoseconds kept_since_boot{};
    std::string connector{}, user{}, principal{}; // for whom, to be shown; what tells requests apart is the key
};

// How long they are good from their beginning on. AWS has no session of more than 36 hours, so nobody who says more is
// believed: what is kept under a wrong end would be given out for ever.
std::chrono::milliseconds life_of(const Credentials& credentials);

// How long they are still good; never more than they are. A clock that was set back makes nothing younger, nor does a
// restart of the machine, but for one that is both: `kept` is to come then.
std::chrono::nanoseconds remaining_of(const Entry& entry, Time now, std::chrono::nanoseconds since_boot);

Secret bytes_of(const Entry& entry);

// Empty for everything that bytes_of of this version did not write.
std::optional<Entry> read_entry(std::string_view bytes);

} // namespace awsfed
