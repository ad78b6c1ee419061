// How much work a question about policies may cost. Steps are counted, never time, so that an answer does not
// depend on the machine; with no steps left the answer is "unknown", never a guess.
#pragma once

#include <cstdint>

namespace awsfed::policy {

class Budget {
public:
    explicit Budget(std::uint64_t steps) : left_(steps) {}

    // False when there are not so many left; then all are used up.
    bool spend(std::uint64_t n = 1) {
        if (n > left_) {
            left_ = 0;
            spent_ = true;
        } else {
            left_ -= n;
        }
        return !spent_;
    }
    bool spent() const { return spent_; }
    std::uint64_t left() const { return left_; }

private:
    std::uint64_t left_;
    bool spent_ = false;
};

} // namespace awsfed::policy
