// Two layers of statements as one: a box for each Allow of the one with each of the other, and all Denies.
#pragma once

#include "policy/axis.h"
#include "policy/budget.h"
#include "policy/compare.h"
#include "policy/condition_merge.h"
#include "policy/document.h"

#include <string>
#include <vector>

namespace awsfed::policy {

struct Boxes {
    Document document;          // Allows, then the Denies of both
    std::vector<Statement> cuts; // Denies that take out of a box what it has too much
    bool exact = true;          // but for the cuts
    std::string too_complex;    // there are too many: the bound
};
Boxes boxes_of(const Layered& one, const Layered& other, Bound bound, Budget& budget);

} // namespace awsfed::policy
