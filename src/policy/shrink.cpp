#include "policy/shrink.h"

#include "policy/action_cover.h"
#include "policy/action_table.h"
#include "policy/equal.h"
#include "policy/split.h"
#include "policy/tidy.h"

#include <algorithm>

namespace awsfed::policy {

namespace {

Document in_open_world(Document document, Budget& budget) {
    tidy(document);
    merge_statements(document);
    drop_held_elsewhere(document, budget);
    merge_statements(document);
    return document;
}

Document in_closed_world(Document document, Levels levels) {
    for (Statement& one : document.statements) {
        std::vector<std::string_view> given;
        for (const Word& word : one.actions)
            given.push_back(word.text);
        const std::vector<std::string> covered = cover_actions(given, levels);
        one.actions.clear();
        for (const std::string& pattern : covered)
            one.actions.emplace_back(pattern);
    }
    merge_statements(document);
    return document;
}

bool shorter(const Document& one, const Document& other) { return characters_of(one) < characters_of(other); }

// The steps of shrinking, each of which is taken back unless it is proved.
class Shrinking {
public:
    Shrinking(const Document& document, const ShrinkWish& wish, Budget& budget)
        : given_(document), now_(document), wish_(wish), budget_(budget) {}

    Shrunk run() && {
        take(in_open_world(now_, budget_), World::open);
        if (wish_.world == World::closed)
            take(in_closed_world(now_, wish_.levels), World::closed);
        result_.documents = {now_};
        split();
        result_.chars_before = characters_of(given_);
        for (const Document& one : result_.documents)
            result_.chars_after += characters_of(one);
        if (result_.world == World::closed)
            result_.data_date = action_data_date();
        return std::move(result_);
    }

private:
    void take(Document form, World world) {
        if (!shorter(form, now_))
            return;
        const std::vector<Document> both{given_, form};
        const auto known = world == World::closed ? closed_world_of(both) : std::vector<std::string>();
        if (!proved_equal(std::span(both).first(1), std::span(both).last(1), known, budget_)) {
            result_.proved = false;
            return;
        }
        now_ = std::move(form);
        result_.world = world;
    }

    void split() {
        if (!wish_.chars_max || characters_of(now_) <= *wish_.chars_max)
            return;
        result_.fits = false;
        auto parts = split_document(now_, *wish_.chars_max, wish_.documents_max);
        if (!parts)
            return;
        if (!proved_equal(result_.documents, *parts, {}, budget_)) {
            result_.proved = false;
            return;
        }
        result_.documents = std::move(*parts);
        result_.fits = true;
    }

    const Document& given_;
    Document now_;
    const ShrinkWish& wish_;
    Budget& budget_;
    Shrunk result_;
};

} // namespace

std::string_view name_of(World world) { return world == World::open ? "open" : "closed"; }

Shrunk shrink(const Document& document, const ShrinkWish& wish, Budget& budget) {
    return Shrinking(document, wish, budget).run();
}

} // namespace awsfed::policy
