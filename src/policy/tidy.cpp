#include "policy/tidy.h"

#include "policy/glob_meet.h"
#include "policy/inside.h"
#include "policy/values.h"
#include "policy/write.h"

#include "base/text.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace awsfed::policy {

namespace {

// Longer lists are not looked through pair by pair.
constexpr std::size_t pairs_max = 2'000'000;

// Keeps of words that cover each other the first one. Only a word with a wildcard covers another than itself.
void drop_covered_words(std::vector<Word>& words, const std::vector<Glob>& globs) {
    std::vector<std::size_t> wide;
    for (std::size_t i = 0; i < globs.size(); ++i)
        if (!globs[i].is_literal())
            wide.push_back(i);
    std::set<Glob> seen;
    std::vector<Word> kept;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool is_new = seen.insert(globs[i]).second;
        const auto covers = [&](std::size_t other) {
            return globs[other] != globs[i] && within_by_form(globs[i], globs[other]);
        };
        if (is_new && (words.size() * wide.size() > pairs_max || std::ranges::none_of(wide, covers)))
            kept.push_back(words[i]);
    }
    words = std::move(kept);
}

using Covers = std::function<bool(const Word& wide, const Word& narrow)>;
void drop_covered_values(std::vector<Word>& values, const Covers& covers) {
    if (values.size() * values.size() > pairs_max)
        return;
    std::vector<Word> kept;
    for (std::size_t i = 0; i < values.size(); ++i) {
        bool is_covered = false;
        for (std::size_t k = 0; k < values.size() && !is_covered; ++k)
            is_covered = k != i && covers(values[k], values[i]) && (k < i || !covers(values[i], values[k]));
        if (!is_covered)
            kept.push_back(values[i]);
    }
    values = std::move(kept);
}

std::optional<Glob> pattern_of(const Word& value, Comparison comparison, bool has_variables, GlobVariables& variables) {
    GlobVariables* known = has_variables ? &variables : nullptr;
    if (comparison == Comparison::string_like)
        return Glob::of(value.text, known);
    return Glob::arn(value.text, known);
}

// Of several values one is enough, or none may be met: either way the list is worth what all of them are together.
void tidy_values(Condition& condition, bool has_variables) {
    GlobVariables variables;
    const Comparison comparison = condition.op.comparison;
    drop_covered_values(condition.values, [&](const Word& wide, const Word& narrow) {
        if (wide == narrow)
            return true;
        switch (comparison) {
        case Comparison::string_like:
        case Comparison::arn_equals:
        case Comparison::arn_like: {
            const auto outer = pattern_of(wide, comparison, has_variables, variables);
            const auto inner = pattern_of(narrow, comparison, has_variables, variables);
            return outer && inner && within_by_form(*inner, *outer);
        }
        case Comparison::string_equals_ignore_case:
            return !wide.text.contains("${") && equal_ignoring_case(wide.text, narrow.text);
        case Comparison::ip_address: {
            const auto outer = AddressRange::parse(wide.text);
            const auto inner = AddressRange::parse(narrow.text);
            return outer && inner && outer->contains(*inner);
        }
        default: return false;
        }
    });
}

// "a**" is "a*".
void join_stars(Word& word) {
    if (word.text.contains("${"))
        return;
    const auto doubles = std::ranges::unique(word.text, [](char a, char b) { return a == '*' && b == '*'; });
    word.text.erase(doubles.begin(), doubles.end());
}

// A list of a statement of which any member is enough: two statements that differ in it alone are one with both.
using List = std::vector<Word>* (*)(Statement& statement, std::size_t condition);

std::vector<Word>* its_actions(Statement& statement, std::size_t) {
    return statement.not_action ? nullptr : &statement.actions;
}
std::vector<Word>* its_resources(Statement& statement, std::size_t) {
    return statement.not_resource || statement.resources.empty() ? nullptr : &statement.resources;
}
std::vector<Word>* its_values(Statement& statement, std::size_t condition) {
    if (condition >= statement.conditions.size())
        return nullptr;
    Condition& one = statement.conditions[condition];
    const bool any_is_enough =
        !one.op.negated && one.op.quantifier != Quantifier::all && one.op.comparison != Comparison::null;
    return any_is_enough ? &one.values : nullptr;
}

bool merge_on(std::vector<Statement>& statements, List list, std::size_t condition) {
    std::map<std::string, std::size_t> known;
    std::vector<Statement> kept;
    for (Statement& one : statements) {
        std::vector<Word>* words = list(one, condition);
        if (words == nullptr) {
            kept.push_back(std::move(one));
            continue;
        }
        std::vector<Word> own = std::exchange(*words, {Word("")});
        const auto [place, is_new] = known.try_emplace(canonical_text(one), kept.size());
        *words = std::move(own);
        if (is_new) {
            kept.push_back(std::move(one));
            continue;
        }
        std::vector<Word>& all = *list(kept[place->second], condition);
        all.insert(all.end(), words->begin(), words->end());
    }
    const bool merged = kept.size() != statements.size();
    statements = std::move(kept);
    return merged;
}

bool held_by_another(const Document& document, std::size_t statement, const Statement& part, Budget& budget) {
    constexpr std::uint64_t steps_of_a_pair = 100; // its patterns are read anew
    for (std::size_t i = 0; i < document.statements.size() && budget.spend(steps_of_a_pair); ++i) {
        const Statement& other = document.statements[i];
        if (i != statement && other.effect == part.effect &&
            statement_inside(part, other, document.effective_version(), budget))
            return true;
    }
    return false;
}

// The member of a list together with all else that the statement asks.
void drop_members(Document& document, std::size_t statement, std::vector<Word> Statement::* list, Budget& budget) {
    Statement part = document.statements[statement];
    std::erase_if(document.statements[statement].*list, [&](const Word& member) {
        part.*list = {member};
        return held_by_another(document, statement, part, budget);
    });
}

} // namespace

std::string canonical_text(Statement statement) {
    const auto sort = [](std::vector<Word>& words) { std::ranges::sort(words, {}, &Word::text); };
    statement.sid.reset();
    for (Word& action : statement.actions)
        action.text = lower_ascii(action.text);
    sort(statement.actions);
    sort(statement.resources);
    for (Condition& condition : statement.conditions) {
        condition.key.text = lower_ascii(condition.key.text);
        sort(condition.values);
    }
    std::ranges::sort(statement.conditions, {},
                      [](const Condition& one) { return std::pair(one.op.name(), one.key.text); });
    return statement_text(statement);
}

void tidy(Document& document) {
    document.id.reset();
    for (Statement& one : document.statements) {
        GlobVariables known;
        GlobVariables* variables = document.has_variables() ? &known : nullptr;
        one.sid.reset();
        std::ranges::for_each(one.actions, join_stars);
        std::ranges::for_each(one.resources, join_stars);
        drop_covered_words(one.actions, globs_of(one.actions, WordKind::action, nullptr));
        drop_covered_words(one.resources, globs_of(one.resources, WordKind::resource, variables));
        for (Condition& condition : one.conditions)
            tidy_values(condition, document.has_variables());
    }
}

void merge_statements(Document& document) {
    for (bool merged = true; merged;) {
        merged = merge_on(document.statements, its_actions, 0);
        merged |= merge_on(document.statements, its_resources, 0);
        std::size_t conditions = 0;
        for (const Statement& one : document.statements)
            conditions = std::max(conditions, one.conditions.size());
        constexpr std::size_t conditions_max = 16; // of those that statements are merged on
        for (std::size_t i = 0; i < std::min(conditions, conditions_max); ++i)
            merged |= merge_on(document.statements, its_values, i);
    }
    tidy(document);
}

void drop_held_elsewhere(Document& document, Budget& budget) {
    for (std::size_t i = document.statements.size(); i-- > 0;) {
        const Statement& one = document.statements[i];
        bool held = held_by_another(document, i, one, budget);
        if (!held && !one.not_action)
            drop_members(document, i, &Statement::actions, budget);
        held = held || one.actions.empty();
        if (!held && !one.not_resource && !one.resources.empty()) {
            drop_members(document, i, &Statement::resources, budget);
            held = one.resources.empty();
        }
        if (held)
            document.statements.erase(document.statements.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

} // namespace awsfed::policy
