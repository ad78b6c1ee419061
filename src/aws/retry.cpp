#include "aws/retry.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace awsfed {

namespace {

using std::chrono::milliseconds;

constexpr int cost_of_throttling = 5;
constexpr int cost_of_failure = 14;
constexpr int reward_of_success = 1; // at the first attempt

constexpr milliseconds base_of_throttling(1000);
constexpr milliseconds base_of_failure(50);
constexpr milliseconds wait_max(20'000);
constexpr milliseconds hint_excess_max(5000);

// From 0 to 1.
double fraction(const Random& random) {
    std::array<unsigned char, sizeof(std::uint32_t)> bytes{};
    random.fill(bytes);
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return static_cast<double>(number) / static_cast<double>(UINT32_MAX);
}

} // namespace

bool RetryBudget::take(int tokens) {
    int had = tokens_.load(std::memory_order_relaxed);
    do {
        if (had < tokens)
            return false;
    } while (!tokens_.compare_exchange_weak(had, had - tokens, std::memory_order_relaxed));
    return true;
}

void RetryBudget::give_back(int tokens) {
    int had = tokens_.load(std::memory_order_relaxed);
    while (!tokens_.compare_exchange_weak(had, std::min(had + tokens, tokens_max), std::memory_order_relaxed)) {
    }
}

std::optional<milliseconds> Retry::after(const Error& error) {
    if (error.retry_after_ms < 0 || made_ >= attempts_)
        return std::nullopt;
    const int cost = error.code == Code::throttled ? cost_of_throttling : cost_of_failure;
    if (!budget_.take(cost))
        return std::nullopt;
    last_cost_ = cost;
    const milliseconds wait = wait_for(error);
    ++made_;
    return wait;
}

milliseconds Retry::wait_for(const Error& error) const {
    if (error.code == Code::clock_skew) // it was no load that made it fail
        return milliseconds(0);
    const milliseconds base = error.code == Code::throttled ? base_of_throttling : base_of_failure;
    const auto longest = std::min(base * (1 << std::min(made_ - 1, 16)), wait_max);
    const milliseconds wait(static_cast<std::int64_t>(fraction(random_) * static_cast<double>(longest.count())));
    return std::clamp(milliseconds(error.retry_after_ms), wait, wait + hint_excess_max);
}

void Retry::succeeded() { budget_.give_back(last_cost_ == 0 ? reward_of_success : last_cost_); }

} // namespace awsfed
