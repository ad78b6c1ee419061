// One flight for each key: of those who ask for the same at the same time, one goes and the others wait for him.
#pragma once

#include "base/cancel.h"
#include "base/result.h"
#include "cache/request_key.h"
#include "credentials/credentials.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace awsfed {

// What one brings for others: a copy for each, or the same for all.
inline Credentials copy_of(const Credentials& brought) { return brought.clone(); }
template <class T>
std::shared_ptr<const T> copy_of(const std::shared_ptr<const T>& brought) {
    return brought;
}

// May be used by many threads; each waits in its own call.
template <class Value>
class FlightsOf {
public:
    using Outcome = Result<Value>;

    // What `go` brings, or what another one brings who is on his way for the same key. A refusal is that of all who
    // wait, so that a password that is refused is refused once. After a failure that may pass, which may be for how he
    // went (his time-out, his attempts), one of the others goes; a second one is that of all. One that is cancelled, or
    // thrown, is his alone. No lock is held while `go` runs. Waiting ends with `cancel`.
    // `wish`: how long what is brought should be good. What was brought for a smaller one is not for those with a
    // larger one, who go themselves then.
    Outcome fly(const RequestKey& key, const Cancel& cancel, const std::function<Outcome()>& go,
                std::chrono::milliseconds wish = {});
    bool is_up(const RequestKey& key) const; // somebody is on his way for it

private:
    struct Flight {
        std::chrono::milliseconds wish{};
        bool landed = false;
        std::optional<Outcome> outcome{}; // empty: it brought nothing that others could use
    };
    class Landing;

    static constexpr std::chrono::milliseconds look_around{20}; // a Cancel wakes nobody
    static Outcome copied(const Outcome& outcome) {
        return outcome ? Outcome(copy_of(*outcome)) : Outcome(pass(outcome.error()));
    }
    // Empty: this caller goes. Else what the other one brought; his flight may have brought nothing.
    std::shared_ptr<const Flight> join(const RequestKey& key, const Cancel& cancel, std::chrono::milliseconds wish);

    mutable std::mutex mutex_;
    std::condition_variable landed_;
    std::map<RequestKey, std::shared_ptr<Flight>> flights_;
};

using Flights = FlightsOf<Credentials>;

// Lets the others go on, whatever happens to the one who went.
template <class Value>
class FlightsOf<Value>::Landing {
public:
    Landing(FlightsOf& flights, const RequestKey& key) : flights_(flights), key_(key) {}
    Landing(const Landing&) = delete;
    Landing& operator=(const Landing&) = delete;
    ~Landing() {
        const std::lock_guard lock(flights_.mutex_);
        const auto flight = flights_.flights_.find(key_);
        flight->second->outcome = std::move(outcome_);
        flight->second->landed = true;
        flights_.flights_.erase(flight);
        flights_.landed_.notify_all();
    }
    void brings(Outcome outcome) { outcome_ = std::move(outcome); }

private:
    FlightsOf& flights_;
    const RequestKey& key_;
    std::optional<Outcome> outcome_;
};

template <class Value>
std::shared_ptr<const typename FlightsOf<Value>::Flight>
FlightsOf<Value>::join(const RequestKey& key, const Cancel& cancel, std::chrono::milliseconds wish) {
    auto own = std::make_shared<Flight>();
    own->wish = wish;
    std::unique_lock lock(mutex_);
    const auto [place, is_first] = flights_.try_emplace(key, own);
    if (is_first)
        return nullptr;
    std::shared_ptr<const Flight> flight = place->second;
    while (!flight->landed) {
        if (cancel.cancelled())
            return own; // which brings nothing
        landed_.wait_for(lock, look_around);
    }
    return flight;
}

template <class Value>
bool FlightsOf<Value>::is_up(const RequestKey& key) const {
    const std::lock_guard lock(mutex_);
    return flights_.contains(key);
}

template <class Value>
Result<Value> FlightsOf<Value>::fly(const RequestKey& key, const Cancel& cancel, const std::function<Outcome()>& go,
                                    std::chrono::milliseconds wish) {
    bool saw_failure = false;
    while (!cancel.cancelled()) {
        const std::shared_ptr<const Flight> other = join(key, cancel, wish);
        if (other == nullptr) {
            Landing landing(*this, key);
            Outcome outcome = go();
            if (outcome || outcome.error().code != Code::cancelled)
                landing.brings(copied(outcome));
            return outcome;
        }
        const auto& outcome = other->outcome; // it has landed, and changes no more
        const bool may_pass = outcome && !*outcome && outcome->error().retry_after_ms >= 0;
        if (may_pass && !std::exchange(saw_failure, true))
            continue;
        if (outcome && (!*outcome || other->wish >= wish))
            return copied(*outcome);
    }
    return fail(Code::cancelled, "The call was cancelled.");
}

} // namespace awsfed
