#include "policy/inside.h"

#include "policy/glob_cells.h"
#include "policy/glob_meet.h"

#include "base/text.h"

#include <algorithm>

namespace awsfed::policy {

namespace {

// Actions or resources of a statement: what the words match, or all else.
struct Axis {
    bool negated;
    std::vector<Glob> globs;
};

// Without a "?" in the list, what is covered is so by one of its members, and by form: of a text that has a strange
// character in place of each wildcard, only wildcards match the strange ones.
bool covered(const std::vector<Glob>& some, const std::vector<Glob>& list, Budget& budget) {
    const bool has_ones = std::ranges::any_of(list, [](const Glob& one) { return one.symbols().contains(any_one); });
    return std::ranges::all_of(some, [&](const Glob& one) {
        if (!budget.spend(list.size()))
            return false;
        return std::ranges::any_of(list, [&](const Glob& other) { return within_by_form(one, other); }) ||
               (has_ones && covered_by(one, list, budget).answer == Coverage::covered);
    });
}

// A variable may stand for anything, so that it may meet what looks different.
bool apart(const std::vector<Glob>& some, const std::vector<Glob>& others, Budget& budget) {
    if (std::ranges::any_of(some, &Glob::has_variables) || std::ranges::any_of(others, &Glob::has_variables))
        return false;
    const auto common = meet(some, others, budget);
    return common && common->empty();
}

bool axis_inside(const Axis& one, const Axis& other, Budget& budget) {
    if (!one.negated && !other.negated)
        return covered(one.globs, other.globs, budget);
    if (one.negated && other.negated)
        return covered(other.globs, one.globs, budget);
    if (other.negated)
        return apart(one.globs, other.globs, budget);
    const Glob everything = Glob::of("*");
    return std::ranges::find(other.globs, everything) != other.globs.end();
}

bool has_all(const std::vector<Word>& list, const std::vector<Word>& wanted) {
    return std::ranges::all_of(wanted, [&](const Word& one) { return std::ranges::find(list, one) != list.end(); });
}

// Whatever passes the one passes the other: fewer values of which one must be met, or more that none may be.
bool implies(const Condition& one, const Condition& other) {
    if (one.op != other.op || !equal_ignoring_case(one.key.text, other.key.text))
        return false;
    if (one.op.comparison == Comparison::null)
        return one.values == other.values;
    return one.op.negated ? has_all(one.values, other.values) : has_all(other.values, one.values);
}

} // namespace

std::vector<Glob> globs_of(const std::vector<Word>& words, WordKind kind, GlobVariables* variables) {
    std::vector<Glob> globs;
    for (const Word& word : words)
        globs.push_back(kind == WordKind::action ? Glob::of(lower_ascii(word.text)) : Glob::of(word.text, variables));
    return globs;
}

bool statement_inside(const Statement& one, const Statement& other, Version version, Budget& budget) {
    if (one.principals != other.principals || one.not_principal != other.not_principal ||
        one.resources.empty() != other.resources.empty())
        return false;
    const auto asked_of_one = [&](const Condition& wanted) {
        return std::ranges::any_of(one.conditions, [&](const Condition& mine) { return implies(mine, wanted); });
    };
    if (!std::ranges::all_of(other.conditions, asked_of_one))
        return false;
    GlobVariables known;
    GlobVariables* variables = version == Version::v2012 ? &known : nullptr;
    const auto actions = [&](const Statement& of) {
        return Axis{of.not_action, globs_of(of.actions, WordKind::action, nullptr)};
    };
    const auto resources = [&](const Statement& of) {
        return Axis{of.not_resource, globs_of(of.resources, WordKind::resource, variables)};
    };
    if (!axis_inside(actions(one), actions(other), budget))
        return false;
    return one.resources.empty() || axis_inside(resources(one), resources(other), budget);
}

} // namespace awsfed::policy
