// When a call to AWS is repeated, and after which wait: the "standard" mode of the AWS SDKs as it is since 2026
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
#pragma once

#include "base/cancel.h"
#include "base/error.h"
#include "base/random.h"
#include "base/result.h"

#include <atomic>
#include <chrono>
#include <optional>

namespace awsfed {

// Tokens that repetitions cost, shared by the calls of one Context: when a service is down for good, each call fails at
// once, and does not add to its load. Any thread.
class RetryBudget {
public:
    bool take(int tokens);
    void give_back(int tokens);
    int left() const { return tokens_.load(std::memory_order_relaxed); }

private:
    static constexpr int tokens_max = 500;
    std::atomic<int> tokens_{tokens_max};
};

// The attempts of one call.
class Retry {
public:
    // `attempts` is the most of them, the first one too.
    Retry(RetryBudget& budget, const Random& random, int attempts)
        : budget_(budget), random_(random), attempts_(attempts) {}

    // The wait before the next attempt; empty when there is to be none: the error says that the same call cannot work,
    // the attempts are used up, or the budget is.
    std::optional<std::chrono::milliseconds> after(const Error& error);
    void succeeded();

private:
    std::chrono::milliseconds wait_for(const Error& error) const;

    RetryBudget& budget_;
    const Random& random_;
    int attempts_;
    int made_ = 1;
    int last_cost_ = 0;
};

} // namespace awsfed
