// A wish of another thread that a call should stop. Sticky: once cancelled, always cancelled.
#pragma once

#include <atomic>

namespace awsfed {

class Cancel {
public:
    void now() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
    bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }

private:
    std::atomic<bool> cancelled_{false};
};

} // namespace awsfed
