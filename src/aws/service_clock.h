// The service's clock, as far as its answers have told: AWS refuses a signature whose time differs by some minutes, and
// clocks of build machines are wrong more often than AWS's. The rule is that of the AWS SDKs of 2026.
#pragma once

#include "base/time.h"
#include "http/transport.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed {

// When an exchange took place, by the clock of this machine.
struct ExchangeTimes {
    Time sent;
    Time received;
};

// The Date of an answer, where it may be believed: not of a cached answer (Age), nor of one that took longer than a
// quarter of an hour.
std::optional<Time> service_time(const Response& response, const ExchangeTimes& times);

// Shared by the calls of one Context, for any thread. The clock of the process is never touched.
class ServiceClock : public Clock {
public:
    explicit ServiceClock(const Clock& own) : own_(own) {}

    // The time to sign with, and to compare expirations with.
    Time now() const override { return own_.now() + skew(); }
    const Clock& own() const { return own_; }

    std::chrono::seconds skew() const { return std::chrono::seconds(skew_s_.load(std::memory_order_relaxed)); }

    // From every answer, a refusal too: the Date against the middle of the exchange. Gives what service_time gives.
    std::optional<Time> learn(const Response& response, const ExchangeTimes& times);

private:
    const Clock& own_;
    std::atomic<std::int64_t> skew_s_{0};
};

// One for each service that is not AWS's own, by its origin. For any thread.
class ServiceClocks {
public:
    explicit ServiceClocks(const Clock& own) : own_(own) {}

    std::shared_ptr<ServiceClock> at(const std::string& origin);

private:
    const Clock& own_;
    std::mutex mutex_; // of the next line
    std::vector<std::pair<std::string, std::shared_ptr<ServiceClock>>> clocks_; // the oldest first
};

// Was a call refused since it was signed with a wrong time? The codes are given for other reasons too, so the clocks
// must differ by more than four minutes. Then the same call, signed anew, may work.
bool is_clock_fault(std::string_view peer_code, Time signed_at, std::optional<Time> service_time);

} // namespace awsfed
