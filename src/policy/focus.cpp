#include "policy/focus.h"

#include "base/text.h"

#include <algorithm>

namespace awsfed::policy {

namespace {

Symbols head_of(const Glob& glob) { return glob.symbols().substr(0, glob.head_size()); }

} // namespace

Focus::Reach Focus::reach_of(const Statement& statement, Version version) {
    Reach reach;
    reach.actions.any = statement.not_action;
    for (const Word& action : statement.actions)
        reach.actions.begin.push_back(head_of(Glob::of(lower_ascii(action.text))));
    reach.resources.any = statement.not_resource || statement.resources.empty();
    GlobVariables variables;
    for (const Word& resource : statement.resources)
        reach.resources.begin.push_back(
            head_of(Glob::of(resource.text, version == Version::v2012 ? &variables : nullptr)));
    return reach;
}

bool Focus::meet(const Heads& one, const Heads& other) {
    return one.any || other.any || std::ranges::any_of(one.begin, [&](const Symbols& a) {
               return std::ranges::any_of(other.begin,
                                          [&](const Symbols& b) { return a.starts_with(b) || b.starts_with(a); });
           });
}

void Focus::add(const Statement& allow, Version version) { allows_.push_back(reach_of(allow, version)); }

bool Focus::may_meet(const Statement& statement, Version version, Budget& budget) const {
    const Reach reach = reach_of(statement, version);
    return std::ranges::any_of(allows_, [&](const Reach& allow) {
        budget.spend(reach.actions.begin.size() + reach.resources.begin.size() + 1);
        return meet(allow.actions, reach.actions) && meet(allow.resources, reach.resources);
    });
}

} // namespace awsfed::policy
