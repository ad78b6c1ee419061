#include "policy/axis.h"

#include "policy/glob_cells.h"
#include "policy/glob_meet.h"

#include <algorithm>

namespace awsfed::policy {

namespace {

// They begin with different characters, so that nothing matches both.
bool clash(const Glob& a, const Glob& b) {
    const std::size_t size = std::min(a.head_size(), b.head_size());
    return !std::equal(a.symbols().begin(), a.symbols().begin() + static_cast<std::ptrdiff_t>(size),
                       b.symbols().begin());
}

// Matches at least what the pattern does, whatever its variables are.
Glob loosened(const Glob& glob) {
    Symbols symbols = glob.symbols();
    std::ranges::replace_if(symbols, is_variable, any_run);
    return Glob(std::move(symbols));
}

struct Met {
    std::vector<Glob> globs;
    bool exact = true;
};

// What two patterns have in common depends on the values of their variables, unless one is within the other by
// its form, or they never meet.
Met meet_patterns(const Glob& one, const Glob& other, Bound bound, Budget& budget) {
    if (clash(one, other))
        return {};
    if (within_by_form(one, other))
        return {{one}};
    if (within_by_form(other, one))
        return {{other}};
    const bool variables = one.has_variables() || other.has_variables();
    if (variables) {
        const auto perhaps = meet(loosened(one), loosened(other), budget);
        if (perhaps && perhaps->empty())
            return {};
    }
    auto both = meet(one, other, budget);
    if (both && !variables)
        return {*std::move(both)};
    if (bound == Bound::upper)
        return {{one.has_variables() ? other : one}, false};
    return {both ? *std::move(both) : std::vector<Glob>(), false};
}

MetAxes meet_lists(const Axis& one, const Axis& other, Bound bound, Budget& budget) {
    MetAxes met;
    for (const Glob& a : one.globs) {
        for (const Glob& b : other.globs) {
            budget.spend();
            Met both = meet_patterns(a, b, bound, budget);
            met.exact = met.exact && both.exact;
            std::ranges::move(both.globs, std::back_inserter(met.axis.globs));
        }
    }
    drop_covered(met.axis.globs);
    return met;
}

// A list without what another matches. A pattern that is only partly taken away stays, and its part is cut out:
// all of it, so that the cut is never less than it must be.
MetAxes subtract(const Axis& list, const Axis& away, Budget& budget) {
    MetAxes met;
    for (const Glob& each : list.globs) {
        std::vector<Glob> near;
        std::ranges::copy_if(away.globs, std::back_inserter(near),
                             [&](const Glob& other) { return !clash(each, other); });
        if (covered_by(each, near, budget).answer == Coverage::covered)
            continue;
        met.axis.globs.push_back(each);
        for (const Glob& other : near) {
            Met part = meet_patterns(each, other, Bound::upper, budget);
            if (part.exact)
                std::ranges::move(part.globs, std::back_inserter(met.cut));
            else
                met.cut.push_back(other);
        }
    }
    drop_covered(met.axis.globs);
    drop_covered(met.cut);
    return met;
}

bool is_everything(const Axis& axis) {
    return !axis.inverted && std::ranges::find(axis.globs, Glob::of("*")) != axis.globs.end();
}

} // namespace

MetAxes meet(const Axis& one, const Axis& other, Bound bound, Budget& budget) {
    if (is_everything(one) || is_everything(other)) {
        MetAxes met;
        met.axis = is_everything(one) ? other : one;
        return met;
    }
    if (!one.inverted && !other.inverted)
        return meet_lists(one, other, bound, budget);
    if (!one.inverted)
        return subtract(one, other, budget);
    if (!other.inverted)
        return subtract(other, one, budget);
    MetAxes met;
    met.axis = {true, one.globs};
    met.axis.globs.insert(met.axis.globs.end(), other.globs.begin(), other.globs.end());
    drop_covered(met.axis.globs);
    return met;
}

} // namespace awsfed::policy
