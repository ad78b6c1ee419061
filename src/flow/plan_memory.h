// The plans that one context's own settings have made: a call that brings none of its own begins with reading nothing.
#pragma once

#include "flow/sts_plan.h"

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace awsfed {

// May be used by many threads.
class PlanMemory {
public:
    struct Key {
        StsAction action;
        CallerOf caller;

        bool operator==(const Key&) const = default;
    };

    std::shared_ptr<const StsPlan> find(const Key& key) const; // null: not yet
    void keep(const Key& key, std::shared_ptr<const StsPlan> plan);

private:
    mutable std::mutex mutex_;
    std::vector<std::pair<Key, std::shared_ptr<const StsPlan>>> plans_; // there are few actions
};

} // namespace awsfed
