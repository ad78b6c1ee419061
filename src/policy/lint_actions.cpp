#include "policy/lint_parts.h"

#include "base/text.h"
#include "policy/budget.h"
#include "policy/glob_cells.h"
#include "policy/grammar.h"

#include <fmt/format.h>

#include <array>

namespace awsfed::policy {

namespace {

constexpr std::uint64_t repeated_steps = 200'000; // for one list; most are told apart at their heads

template <class Nearest>
std::string or_near(Notes& notes, Nearest nearest, std::string_view name) {
    if (notes.searches_left == 0)
        return {};
    --notes.searches_left;
    const auto near = nearest(name);
    return near.empty() ? std::string() : fmt::format("; {} is near", near);
}

} // namespace

void check_actions(const Statement& statement, Notes& notes) {
    // A Deny that is misspelt denies nothing: that is worse than a dead Allow.
    const bool narrows = statement.effect == Effect::deny || statement.not_action;
    const std::optional<Severity> severity = narrows ? std::optional(Severity::warning) : std::nullopt;
    for (const Word& action : statement.actions) {
        if (action.text == "*" || action_fault(action.text))
            continue;
        const std::string_view service = std::string_view(action.text).substr(0, action.text.find(':'));
        if (!find_service(service))
            notes.add(FindingCode::unknown_service, action,
                      fmt::format("No service is called \"{}\"{}.", service, or_near(notes, nearest_service, service)),
                      severity);
        else if (matching_actions(action.text).empty())
            notes.add(
                FindingCode::unknown_action, action,
                fmt::format("No action is called \"{}\"{}.", action.text, or_near(notes, nearest_action, action.text)),
                severity);
    }
    check_repeated(statement.actions, true, Version::v2008, notes);
}

void check_repeated(const std::vector<Word>& words, bool any_case, Version version, Notes& notes) {
    Budget budget(repeated_steps);
    GlobVariables variables;
    std::vector<Glob> globs;
    globs.reserve(words.size());
    for (const Word& word : words)
        globs.push_back(
            Glob::of(any_case ? lower_ascii(word.text) : word.text, version == Version::v2012 ? &variables : nullptr));
    for (std::size_t i = 0; i < words.size(); ++i)
        for (std::size_t j = 0; j < words.size(); ++j) {
            if (i == j || !budget.spend())
                continue;
            const bool equal = globs[i] == globs[j];
            if (equal ? j > i : globs[j].is_literal())
                continue;
            const std::array other{globs[j]};
            if (!equal && covered_by(globs[i], other, budget).answer != Coverage::covered)
                continue;
            notes.add(FindingCode::repeated_word, words[i],
                      fmt::format("\"{}\" covers \"{}\".", printable(words[j].text, 96), printable(words[i].text, 96)));
            break;
        }
}

} // namespace awsfed::policy
