#include "flow/plan_memory.h"

#include <algorithm>

namespace awsfed {

std::shared_ptr<const StsPlan> PlanMemory::find(const Key& key) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [known, plan] : plans_) {
        if (known == key)
            return plan;
    }
    return nullptr;
}

void PlanMemory::keep(const Key& key, std::shared_ptr<const StsPlan> plan) {
    const std::lock_guard lock(mutex_);
    const bool is_known = std::ranges::any_of(plans_, [&](const auto& known) { return known.first == key; });
    if (!is_known) // else another thread was faster
        plans_.emplace_back(key, std::move(plan));
}

} // namespace awsfed
