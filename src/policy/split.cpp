#include "policy/split.h"

#include "policy/write.h"

#include "base/text.h"

#include <algorithm>
#include <deque>

namespace awsfed::policy {

namespace {

Document with(const Document& document, std::vector<Statement> statements) {
    Document part = document;
    part.statements = std::move(statements);
    return part;
}

std::size_t chars_of(const std::vector<Word>& words) {
    std::size_t chars = 0;
    for (const Word& word : words)
        chars += word.text.size() + 3;
    return chars;
}

// The longest list of which any member is enough, if one has two. A list of what is not meant cannot be halved.
std::vector<Word>* longest_list(Statement& statement) {
    std::vector<std::vector<Word>*> lists;
    if (!statement.not_action)
        lists.push_back(&statement.actions);
    if (!statement.not_resource)
        lists.push_back(&statement.resources);
    for (Condition& one : statement.conditions)
        if (!one.op.negated && one.op.quantifier != Quantifier::all && one.op.comparison != Comparison::null)
            lists.push_back(&one.values);
    std::erase_if(lists, [](const std::vector<Word>* list) { return list->size() < 2; });
    const auto longest =
        std::ranges::max_element(lists, {}, [](const std::vector<Word>* list) { return chars_of(*list); });
    return longest == lists.end() ? nullptr : *longest;
}

// Each short enough to stand in a document alone.
std::optional<std::vector<Statement>> short_statements(const Document& document, std::size_t chars_max) {
    std::deque<Statement> left(document.statements.begin(), document.statements.end());
    std::vector<Statement> done;
    while (!left.empty()) {
        Statement one = std::move(left.front());
        left.pop_front();
        if (characters_of(with(document, {one})) <= chars_max) {
            done.push_back(std::move(one));
            continue;
        }
        Statement second = one;
        std::vector<Word>* first_list = longest_list(one);
        if (first_list == nullptr)
            return std::nullopt;
        std::vector<Word>* second_list = longest_list(second);
        const auto half = static_cast<std::ptrdiff_t>(first_list->size() / 2);
        first_list->erase(first_list->begin() + half, first_list->end());
        second_list->erase(second_list->begin(), second_list->begin() + half);
        left.push_front(std::move(second));
        left.push_front(std::move(one));
    }
    return done;
}

} // namespace

std::size_t characters_of(const Document& document) { return code_points(policy_text(document)); }

// The longest first, each into the first document that has room.
std::optional<std::vector<Document>> split_document(const Document& document, std::size_t chars_max,
                                                    std::size_t documents_max) {
    auto statements = short_statements(document, chars_max);
    if (!statements)
        return std::nullopt;
    std::ranges::stable_sort(*statements, std::greater(),
                             [](const Statement& one) { return statement_text(one).size(); });
    std::vector<Document> parts;
    for (Statement& one : *statements) {
        const auto has_room = [&](Document& part) {
            part.statements.push_back(one);
            const bool fits = characters_of(part) <= chars_max;
            if (!fits)
                part.statements.pop_back();
            return fits;
        };
        if (std::ranges::any_of(parts, has_room))
            continue;
        if (parts.size() == documents_max)
            return std::nullopt;
        parts.push_back(with(document, {std::move(one)}));
    }
    return parts;
}

} // namespace awsfed::policy
