// One sign-in for all roles: what it brought is for every call of the context that signs in alike, as long as AWS takes
// it.
#pragma once

#include "cache/flights.h"
#include "cache/request_key.h"
#include "saml/assertion.h"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace awsfed {

struct SignedIn {
    std::shared_ptr<const Assertion> assertion; // proved, where the settings ask for it
    std::string verification{}; // how; see Proved
};

// May be used by many threads.
class SharedSignIns {
public:
    using Brought = std::shared_ptr<const SignedIn>;
    struct Got {
        Brought signed_in;
        bool is_own = false; // this caller signed in, just now
    };

    // What is there, else what `go` brings. A failure is that of all who wait for him.
    Result<Got> get(const RequestKey& key, const Cancel& cancel, const std::function<Result<Brought>()>& go);
    void drop(const RequestKey& key, const Brought& outdated);
    void drop_all();

private:
    struct Kept {
        Brought signed_in;
        std::chrono::nanoseconds since{}; // the machine's start
    };

    Brought find(const RequestKey& key);

    std::mutex mutex_;
    std::map<RequestKey, Kept> kept_; // as many as users sign in within some minutes
    FlightsOf<Brought> flights_;
};

} // namespace awsfed
