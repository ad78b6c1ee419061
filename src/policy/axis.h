// The actions of a statement, or its resources: those that its patterns match, or all but those.
#pragma once

#include "policy/budget.h"
#include "policy/condition_merge.h"
#include "policy/glob.h"

#include <vector>

namespace awsfed::policy {

struct Axis {
    bool inverted = false; // NotAction, NotResource
    std::vector<Glob> globs;

    bool empty() const { return !inverted && globs.empty(); }
    friend bool operator==(const Axis&, const Axis&) = default;
};

// What two have in common, as one list less what a Deny must cut out of it.
struct MetAxes {
    Axis axis;
    std::vector<Glob> cut;
    bool exact = true; // but for the cut; else it is more or less, as the bound says
};

MetAxes meet(const Axis& one, const Axis& other, Bound bound, Budget& budget);

} // namespace awsfed::policy
