// Which combinations of patterns some text can match: a finite picture of all texts, with an example of each.
#pragma once

#include "policy/budget.h"
#include "policy/glob.h"
#include "policy/glob_machine.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace awsfed::policy {

// Of the patterns of a group it only matters whether any of them matches.
struct ReadGlob {
    Glob glob;
    GlobReading reading = GlobReading::exact;
    std::uint32_t group = 0;
};

// All texts that these groups match, and no others.
struct GlobCell {
    std::vector<std::uint32_t> groups; // ascending
    Symbols example;                   // a shortest text; it may hold variables where patterns do
};

// Every cell of the list, of texts that any of `worlds` matches where there are some. k groups may have 2^k cells:
// empty when the budget is spent.
std::optional<std::vector<GlobCell>> cells(std::span<const ReadGlob> patterns, std::span<const Glob> worlds,
                                           Budget& budget);

// SERVICE:NAME, the form of all actions.
Glob action_world();

// Does a list of patterns together match all that one matches? With a text that shows that it does not.
struct Coverage {
    enum Answer { covered, not_covered, unknown } answer = unknown;
    Symbols example; // when not covered
};
Coverage covered_by(const Glob& one, std::span<const Glob> list, Budget& budget);

} // namespace awsfed::policy
