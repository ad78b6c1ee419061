// Does one set of documents allow anything that another does not?
#pragma once

#include "policy/budget.h"
#include "policy/document.h"
#include "policy/request.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace awsfed::policy {

// The documents of one layer allow together what some Allow matches and no Deny does.
using Layered = std::vector<const Document*>;

struct CompareOptions {
    std::uint64_t steps = 20'000'000; // of the budget; a million take some 50 ms
    // Without any, every action SERVICE:NAME may exist; with some, no others do.
    std::span<const std::string> known_actions;
};

struct Within {
    enum Answer { yes, no, unknown } answer = unknown;
    std::optional<Request> witness; // of a no: a request that the one allows and the other does not
    std::string why;                // of an unknown

    bool holds() const { return answer == yes; }
};

// Is all that every layer of the one allows also allowed by every layer of the other?
Within within(std::span<const Layered> one, std::span<const Layered> other, const CompareOptions& options,
              Budget& budget);

// Of a no, for people: the witness has an action that AWS has, where one shows the same.
void make_readable(Within& within, const Layered& one, const Layered& other);

struct Compared {
    Within a_within_b, b_within_a;
};
Compared compare(const Layered& a, const Layered& b, const CompareOptions& options);

} // namespace awsfed::policy
