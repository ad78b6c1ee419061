// The values of a condition key, as far as the conditions that ask for it can tell them apart.
#pragma once

#include "policy/bits.h"
#include "policy/budget.h"
#include "policy/document.h"
#include "policy/request.h"

#include <span>
#include <string>
#include <vector>

namespace awsfed::policy {

// A condition, and how its document reads it.
struct AskedCondition {
    const Condition* condition;
    Version version;
};

struct ConditionCell {
    std::vector<std::string> values; // an example; none: the key is absent
    Bits holds;                      // which of the conditions do
};

struct ConditionCells {
    std::vector<ConditionCell> cells; // no two that have values with the same conditions
    // Is each combination of conditions there that some value has? Not, when the budget was spent, or when the same
    // key is compared as a text and as a number.
    bool complete = true;
};

// All conditions ask for the key. A plain operator is taken for one that asks for a single value, unless another
// condition has a quantifier. `around` holds the values of keys that stand as variables in the conditions; where it
// has this key, too, that is its only value.
ConditionCells condition_cells(std::string_view lower_key, std::span<const AskedCondition> conditions,
                               const RequestContext& around, Budget& budget);

} // namespace awsfed::policy
