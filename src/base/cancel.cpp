#include "base/cancel.h"

#include <algorithm>
#include <thread>

namespace awsfed {

bool wait(std::chrono::milliseconds time, const Cancel& cancel) {
    constexpr std::chrono::milliseconds look_around(20);
    const auto end = std::chrono::steady_clock::now() + time;
    for (auto now = std::chrono::steady_clock::now(); now < end; now = std::chrono::steady_clock::now()) {
        if (cancel.cancelled())
            return false;
        std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(look_around, end - now));
    }
    return !cancel.cancelled();
}

} // namespace awsfed
