#include "policy/equal.h"

#include "policy/action_table.h"
#include "policy/compare.h"
#include "policy/tidy.h"

#include "base/text.h"

#include <algorithm>
#include <set>
#include <utility>

namespace awsfed::policy {

namespace {

// The statements of one effect, as if they allowed: what they match together.
std::vector<Document> union_of(std::span<const Document> documents, Effect effect) {
    std::vector<Document> some;
    for (const Document& document : documents) {
        Document& part = some.emplace_back(document);
        std::erase_if(part.statements, [effect](const Statement& one) { return one.effect != effect; });
        for (Statement& one : part.statements)
            one.effect = Effect::allow;
    }
    return some;
}

Layered layer_of(const std::vector<Document>& documents) {
    Layered layer;
    for (const Document& one : documents)
        layer.push_back(&one);
    return layer;
}

bool match_the_same(const std::vector<Document>& one, const std::vector<Document>& other,
                    std::span<const std::string> known_actions, Budget& budget) {
    CompareOptions options;
    options.known_actions = known_actions;
    const Layered a = layer_of(one);
    const Layered b = layer_of(other);
    return within({&a, 1}, {&b, 1}, options, budget).holds() && within({&b, 1}, {&a, 1}, options, budget).holds();
}

// Takes out of both what both have: the rest may be told where the whole cannot, as with variables in a NotResource.
void drop_common(std::vector<Document>& one, std::vector<Document>& other) {
    const auto texts_of = [](const std::vector<Document>& documents) {
        std::set<std::pair<Version, std::string>> texts;
        for (const Document& document : documents)
            for (const Statement& statement : document.statements)
                texts.emplace(document.effective_version(), canonical_text(statement));
        return texts;
    };
    const auto of_one = texts_of(one);
    const auto of_other = texts_of(other);
    const auto drop = [](std::vector<Document>& documents, const auto& known) {
        for (Document& document : documents)
            std::erase_if(document.statements, [&](const Statement& statement) {
                return known.contains({document.effective_version(), canonical_text(statement)});
            });
    };
    drop(one, of_other);
    drop(other, of_one);
}

} // namespace

bool proved_equal(std::span<const Document> one, std::span<const Document> other,
                  std::span<const std::string> known_actions, Budget& budget) {
    for (const Effect effect : {Effect::allow, Effect::deny}) {
        std::vector<Document> a = union_of(one, effect);
        std::vector<Document> b = union_of(other, effect);
        if (match_the_same(a, b, known_actions, budget))
            continue;
        drop_common(a, b);
        if (!match_the_same(a, b, known_actions, budget))
            return false;
    }
    return true;
}

std::vector<std::string> closed_world_of(std::span<const Document> documents) {
    std::set<KnownService> services;
    std::set<std::string> actions;
    bool all = false;
    for (const Document& document : documents) {
        for (const Statement& statement : document.statements) {
            all = all || statement.not_action;
            for (const Word& word : statement.actions) {
                all = all || word.text == "*";
                if (const auto service = find_service(word.text.substr(0, word.text.find(':'))))
                    services.insert(*service);
                if (!word.text.contains(':') || !matching_actions(word.text).empty())
                    continue;
                std::string example = word.text;
                std::ranges::replace_if(example, [](char c) { return c == '*' || c == '?'; }, 'x');
                actions.insert(example);
            }
        }
    }
    if (all)
        for (const KnownService service : every_known_service())
            services.insert(service);
    for (const KnownService service : services)
        for (const KnownAction action : service.actions())
            actions.insert(action.full_name());
    return {actions.begin(), actions.end()};
}

} // namespace awsfed::policy
