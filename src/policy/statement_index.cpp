#include "policy/statement_index.h"

#include "base/text.h"

#include <algorithm>
#include <set>

namespace awsfed::policy {

namespace {

void add_once(StatementIndex::Ids& ids, std::uint32_t id) {
    if (ids.empty() || ids.back() != id)
        ids.push_back(id);
}

void make_set(StatementIndex::Ids& ids) {
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
}

// What makes two conditions the same.
std::string identity_of(const Condition& condition, Version version) {
    std::string text = condition.op.name() + '\n' + lower_ascii(condition.key.text);
    if (takes_variables(condition.op.comparison))
        text += version == Version::v2012 ? "\n2012" : "\n2008";
    for (const Word& value : condition.values)
        text += '\n' + std::to_string(value.text.size()) + ' ' + value.text;
    return text;
}

} // namespace

StatementIndex::StatementIndex(std::vector<AskedStatement> statements) : statements_(std::move(statements)) {
    std::map<std::string, std::uint32_t> known_actions;
    std::map<std::string, std::uint32_t> known_conditions;
    std::vector<Ids> action_users;
    resources_.resize(size());
    conditions_of_.resize(size());
    for (std::uint32_t i = 0; i < size(); ++i) {
        if ((*this)[i].not_action)
            not_action_.push_back(i);
        for (const Word& action : (*this)[i].actions) {
            const std::string lower = lower_ascii(action.text);
            const auto [known, added] = known_actions.emplace(lower, static_cast<std::uint32_t>(actions_.size()));
            if (added) {
                actions_.push_back({.glob = Glob::of(lower)});
                action_users.emplace_back();
                written_.emplace(lower, action.text);
            }
            add_once(action_users[known->second], i);
        }
        const bool variables = statements_[i].version == Version::v2012;
        for (const Word& resource : (*this)[i].resources)
            resources_[i].push_back(Glob::of(resource.text, variables ? &variables_ : nullptr));
        for (const Condition& condition : (*this)[i].conditions) {
            const auto [known, added] = known_conditions.emplace(identity_of(condition, statements_[i].version),
                                                                 static_cast<std::uint32_t>(conditions_.size()));
            if (added)
                add_condition({&condition, statements_[i].version});
            conditions_of_[i].push_back(known->second);
        }
        make_set(conditions_of_[i]);
    }
    add_variable_keys(variables_);
    users_ = group(actions_, std::move(action_users));
}

// Patterns of the same statements are a group.
std::vector<StatementIndex::Ids> StatementIndex::group(std::vector<ReadGlob>& patterns, std::vector<Ids> users) {
    std::map<Ids, std::uint32_t> known;
    std::vector<Ids> groups;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        const auto [place, added] = known.emplace(std::move(users[i]), static_cast<std::uint32_t>(groups.size()));
        if (added)
            groups.push_back(place->first);
        patterns[i].group = place->second;
    }
    return groups;
}

void StatementIndex::add_condition(const AskedCondition& asked) {
    conditions_.push_back(asked);
    keys_.push_back(lower_ascii(asked.condition->key.text));
    GlobVariables variables;
    if (asked.version == Version::v2012 && takes_variables(asked.condition->op.comparison)) {
        for (const Word& value : asked.condition->values)
            Glob::of(value.text, &variables);
    }
    condition_has_variables_.push_back(!variables.all().empty());
    add_variable_keys(variables);
}

void StatementIndex::add_variable_keys(const GlobVariables& variables) {
    for (const GlobVariable& variable : variables.all()) {
        has_defaults_ = has_defaults_ || variable.otherwise;
        if (std::ranges::find(variable_keys_, variable.key) == variable_keys_.end())
            variable_keys_.push_back(variable.key);
    }
}

std::optional<std::vector<StatementIndex::Touched>> StatementIndex::touched(std::span<const std::string> known_actions,
                                                                            Budget& budget) const {
    const auto found = known_actions.empty() ? open_actions(budget) : closed_actions(known_actions, budget);
    if (!found)
        return std::nullopt;
    std::vector<Touched> all;
    std::set<Ids> known;
    for (const GlobCell& cell : *found) {
        Touched touched = touched_by(cell);
        if (!budget.spend(touched.statements.size() + not_action_.size() + 1))
            return std::nullopt;
        if (known.insert(touched.statements).second)
            all.push_back(std::move(touched));
    }
    return all;
}

std::optional<std::vector<GlobCell>> StatementIndex::open_actions(Budget& budget) const {
    const Glob world = action_world();
    return cells(actions_, {&world, 1}, budget);
}

std::optional<std::vector<GlobCell>> StatementIndex::closed_actions(std::span<const std::string> known_actions,
                                                                    Budget& budget) const {
    std::vector<GlobCell> cells;
    std::set<Ids> known;
    for (const std::string& action : known_actions) {
        const Symbols text = symbols_of(lower_ascii(action));
        GlobCell cell{{}, symbols_of(action)};
        for (const ReadGlob& each : actions_) {
            if (each.glob.matches(text))
                cell.groups.push_back(each.group);
        }
        make_set(cell.groups);
        if (!budget.spend(actions_.size() + 1))
            return std::nullopt;
        if (known.insert(cell.groups).second)
            cells.push_back(std::move(cell));
    }
    return cells;
}

StatementIndex::Touched StatementIndex::touched_by(const GlobCell& cell) const {
    Ids hit;
    for (const std::uint32_t each : cell.groups)
        hit.insert(hit.end(), users_[each].begin(), users_[each].end());
    make_set(hit);
    Touched touched{{}, utf8_of(cell.example)};
    if (const auto written = written_.find(touched.action); written != written_.end())
        touched.action = written->second;
    std::ranges::copy_if(hit, std::back_inserter(touched.statements),
                         [&](std::uint32_t i) { return !(*this)[i].not_action; });
    std::ranges::set_difference(not_action_, hit, std::back_inserter(touched.statements));
    std::ranges::sort(touched.statements);
    return touched;
}

std::optional<Glob> StatementIndex::resolved(const Glob& glob, const VariableCase& variables) const {
    if (!glob.has_variables())
        return glob;
    const auto in = [](const std::vector<std::string>& keys, const std::string& key) {
        return std::ranges::find(keys, key) != keys.end();
    };
    return glob.resolved([&](Symbol symbol) -> std::optional<Symbols> {
        const GlobVariable& variable = variables_[symbol];
        if (!variables.opaque)
            return value_of(variable, variables.values);
        if (in(variables.present, variable.key))
            return Symbols(1, symbol);
        if (in(variables.several, variable.key) || !variable.otherwise)
            return std::nullopt;
        return symbols_of(*variable.otherwise);
    });
}

std::optional<std::vector<StatementIndex::Hit>>
StatementIndex::hits(const Ids& statements, const RepresentativeQuestion& question, Budget& budget) const {
    std::vector<ReadGlob> patterns;
    std::vector<Ids> users;
    std::map<std::pair<Glob, GlobReading>, std::size_t> known;
    for (const std::uint32_t i : statements) {
        const GlobReading reading = question.loosely[i] ? GlobReading::loosely : GlobReading::exact;
        for (const Glob& resource : resources_[i]) {
            auto glob = resolved(resource, question.variables);
            if (!glob)
                continue;
            const auto [place, added] = known.emplace(std::pair(*glob, reading), patterns.size());
            if (added) {
                patterns.push_back({.glob = std::move(*glob), .reading = reading});
                users.emplace_back();
            }
            add_once(users[place->second], i);
        }
    }
    const std::vector<Ids> groups = group(patterns, std::move(users));
    const auto worlds = worlds_of(statements, question);
    if (!worlds)
        return std::vector<Hit>();
    auto found = cells(patterns, *worlds, budget);
    if (!found)
        return std::nullopt;
    std::vector<Hit> hits;
    for (GlobCell& cell : *found) {
        Hit hit{{}, std::move(cell.example)};
        for (const std::uint32_t each : cell.groups)
            hit.statements.insert(hit.statements.end(), groups[each].begin(), groups[each].end());
        make_set(hit.statements);
        budget.spend(hit.statements.size() + 1);
        hits.push_back(std::move(hit));
    }
    if (budget.spent())
        return std::nullopt;
    return hits;
}

// Where resources are of interest: none of them is a world of its own, and nothing at all is no world.
std::optional<std::vector<Glob>> StatementIndex::worlds_of(const Ids& statements,
                                                           const RepresentativeQuestion& question) const {
    std::vector<Glob> worlds;
    if (question.interest.empty())
        return worlds;
    bool any = false;
    for (const std::uint32_t i : statements) {
        if (!question.interest[i])
            continue;
        any = true;
        if ((*this)[i].not_resource || resources_[i].empty() || question.loosely[i])
            return std::vector<Glob>();
        for (const Glob& resource : resources_[i]) {
            if (auto glob = resolved(resource, question.variables))
                worlds.push_back(std::move(*glob));
        }
    }
    return any && !worlds.empty() ? std::optional(std::move(worlds)) : std::nullopt;
}

bool StatementIndex::hits(std::uint32_t statement, std::string_view resource, const VariableCase& variables) const {
    return std::ranges::any_of(resources_[statement], [&](const Glob& glob) {
        const auto whole = resolved(glob, variables);
        return whole && whole->matches(resource);
    });
}

} // namespace awsfed::policy
