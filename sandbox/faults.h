// Which request is hit by which fault of the world.
#pragma once

#include "sandbox/world.h"

#include <vector>

namespace awsfed::sandbox {

class FaultBook {
public:
    explicit FaultBook(const std::vector<Fault>& faults) : faults_(faults), met_(faults.size()) {}

    // To be asked once for each request that the kind could hit. Null: this request goes well.
    const Fault* strike(FaultKind kind) {
        const Fault* hit = nullptr;
        for (std::size_t i = 0; i < faults_.size(); ++i) {
            if (faults_[i].kind != kind)
                continue;
            const unsigned number = ++met_[i];
            if (number >= faults_[i].first && number <= faults_[i].last && hit == nullptr)
                hit = &faults_[i];
        }
        return hit;
    }

private:
    const std::vector<Fault>& faults_;
    std::vector<unsigned> met_;
};

} // namespace awsfed::sandbox
