#include "policy/document_tidy.h"

#include "policy/compare.h"
#include "policy/glob_meet.h"
#include "policy/write.h"

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

namespace awsfed::policy {

namespace {

// Of more statements each would be held against all others too often.
constexpr std::size_t statements_compared_max = 200;

// Leaves out words that others cover by their form.
void drop_covered_words(std::vector<Word>& words, GlobVariables* variables) {
    std::vector<Glob> globs;
    for (const Word& word : words)
        globs.push_back(Glob::of(word.text, variables));
    std::vector<Word> kept;
    for (std::size_t i = 0; i < globs.size(); ++i) {
        bool covered = false;
        for (std::size_t k = 0; k < globs.size() && !covered; ++k)
            covered = k != i && within_by_form(globs[i], globs[k]) && (k < i || !within_by_form(globs[k], globs[i]));
        if (!covered)
            kept.push_back(words[i]);
    }
    words = std::move(kept);
}

// A Deny with variables is compared best when it is the same on both sides, so it stays as it is.
bool stays(const Statement& statement) {
    return statement.effect == Effect::deny && statement_text(statement).contains("${");
}

// Statements that are equal but for one list, which is none of exceptions.
void join(std::vector<Statement>& statements, std::vector<Word> Statement::* list, bool Statement::* inverted) {
    std::map<std::string, std::size_t> known;
    std::vector<Statement> joined;
    for (Statement& statement : statements) {
        if (statement.*inverted || stays(statement)) {
            joined.push_back(std::move(statement));
            continue;
        }
        Statement rest = statement;
        (rest.*list).clear();
        const auto [same, added] = known.emplace(statement_text(rest), joined.size());
        if (added) {
            joined.push_back(std::move(statement));
            continue;
        }
        std::vector<Word>& words = joined[same->second].*list;
        for (Word& word : statement.*list) {
            if (std::ranges::find(words, word) == words.end())
                words.push_back(std::move(word));
        }
    }
    statements = std::move(joined);
}

bool is_needless(const Document& document, std::size_t statement, Budget& budget) {
    Document without = document;
    without.statements.erase(without.statements.begin() + static_cast<std::ptrdiff_t>(statement));
    const Layered all{&document};
    const Layered rest{&without};
    const bool allow = document.statements[statement].effect == Effect::allow;
    Budget share(budget.left() / 8);
    const std::uint64_t before = share.left();
    const Within answer = allow ? within({&all, 1}, {&rest, 1}, {}, share) : within({&rest, 1}, {&all, 1}, {}, share);
    budget.spend(before - share.left());
    return answer.holds();
}

void join_all(Document& document) {
    join(document.statements, &Statement::resources, &Statement::not_resource);
    join(document.statements, &Statement::actions, &Statement::not_action);
    GlobVariables variables;
    for (Statement& statement : document.statements) {
        if (stays(statement))
            continue;
        drop_covered_words(statement.resources, document.has_variables() ? &variables : nullptr);
        drop_covered_words(statement.actions, nullptr);
    }
}

// Allows first: a Deny may be left with nothing to deny. Of each the longest first, for who leaves it out saves most.
void drop_needless(Document& document, Budget& budget) {
    auto& statements = document.statements;
    std::ranges::stable_sort(statements, std::ranges::greater(),
                             [](const Statement& each) { return statement_text(each).size(); });
    std::ranges::stable_partition(statements, [](const Statement& each) { return each.effect == Effect::allow; });
    for (std::size_t i = 0; i < statements.size();) {
        if (is_needless(document, i, budget))
            statements.erase(statements.begin() + static_cast<std::ptrdiff_t>(i));
        else
            ++i;
    }
}

} // namespace

void tidy(Document& document, Budget& budget) {
    if (document.statements.size() > statements_compared_max)
        join_all(document);
    if (document.statements.size() <= statements_compared_max)
        drop_needless(document, budget);
    join_all(document);
}

} // namespace awsfed::policy
