// The conditions of two statements as those of one.
#pragma once

#include "policy/budget.h"
#include "policy/document.h"

#include <span>
#include <vector>

namespace awsfed::policy {

// What to do where one statement cannot say what two do: allow more than both, or less.
enum class Bound { upper, lower };

struct MergedConditions {
    bool never = false; // no request meets both, or none that could be said
    bool exact = true;
    std::vector<Condition> conditions;
};

// Both lists as a document of 2012 reads them. A plain operator asks for a single value.
MergedConditions merge_conditions(std::span<const Condition> one, std::span<const Condition> other, Bound bound,
                                  Budget& budget);

} // namespace awsfed::policy
