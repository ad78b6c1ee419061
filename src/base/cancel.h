// A wish of another thread that a call should stop. Sticky: once cancelled, always cancelled.
#pragma once

#include <atomic>
#include <chrono>

namespace awsfed {

class Cancel {
public:
    void now() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
    bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }

private:
    std::atomic<bool> cancelled_{false};
};

// Sleeps, and looks around for the cancel meanwhile. False when it was cancelled.
bool wait(std::chrono::milliseconds time, const Cancel& cancel);

} // namespace awsfed
