#include "cache/flights.h"

namespace awsfed {

namespace {

constexpr std::chrono::milliseconds look_around(20); // a Cancel wakes nobody

Result<Credentials> copy_of(const Result<Credentials>& outcome) {
    if (!outcome)
        return pass(outcome.error());
    return outcome->clone();
}

} // namespace

// Lets the others go on, whatever happens to the one who went.
class Flights::Landing {
public:
    Landing(Flights& flights, const RequestKey& key) : flights_(flights), key_(key) {}
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
    void brings(Result<Credentials> outcome) { outcome_ = std::move(outcome); }

private:
    Flights& flights_;
    const RequestKey& key_;
    std::optional<Result<Credentials>> outcome_;
};

std::shared_ptr<const Flights::Flight> Flights::join(const RequestKey& key, const Cancel& cancel,
                                                     std::chrono::milliseconds wish) {
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

bool Flights::is_up(const RequestKey& key) const {
    const std::lock_guard lock(mutex_);
    return flights_.contains(key);
}

Result<Credentials> Flights::fly(const RequestKey& key, const Cancel& cancel,
                                 const std::function<Result<Credentials>()>& go, std::chrono::milliseconds wish) {
    while (!cancel.cancelled()) {
        const std::shared_ptr<const Flight> other = join(key, cancel, wish);
        if (other == nullptr) {
            Landing landing(*this, key);
            Result<Credentials> outcome = go();
            if (outcome || outcome.error().code != Code::cancelled)
                landing.brings(copy_of(outcome));
            return outcome;
        }
        const auto& outcome = other->outcome; // it has landed, and changes no more
        if (outcome && (!*outcome || other->wish >= wish))
            return copy_of(*outcome);
    }
    return fail(Code::cancelled, "The call was cancelled.");
}

} // namespace awsfed
