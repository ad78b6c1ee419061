#include "policy/boxes.h"

#include "base/text.h"
#include "policy/glob_meet.h"
#include "policy/write.h"

#include <algorithm>
#include <set>

namespace awsfed::policy {

namespace {

constexpr std::size_t boxes_max = 2000;

// A text of a 2008 document, where a dollar is a dollar, as 2012 writes it.
Word as_2012(const Word& word, Version version) {
    if (version == Version::v2012)
        return word;
    Word escaped;
    for (std::size_t i = 0; i < word.text.size(); ++i)
        escaped.text += word.text.substr(i, 2) == "${" ? std::string_view("${$}") : std::string_view(&word.text[i], 1);
    return escaped;
}

// A statement of either version as one of 2012, without its name.
Statement as_2012(const Statement& statement, Version version) {
    Statement same = statement;
    same.sid.reset();
    for (Word& resource : same.resources)
        resource = as_2012(resource, version);
    for (Condition& condition : same.conditions) {
        if (!takes_variables(condition.op.comparison))
            continue;
        for (Word& value : condition.values)
            value = as_2012(value, version);
    }
    return same;
}

struct Side {
    Statement statement;
    Axis actions; // in lower case
    Axis resources;
};

// A pattern in lower case as its authors wrote it: where it is part of theirs, their letters.
class Spelling {
public:
    void learn(const Statement& statement);
    std::string of(const Glob& lower) const;

private:
    std::vector<std::pair<Glob, Symbols>> written_; // by its lower case
};

void Spelling::learn(const Statement& statement) {
    for (const Word& action : statement.actions)
        written_.emplace_back(Glob::of(lower_ascii(action.text)), Glob::of(action.text).symbols());
}

constexpr std::size_t nowhere_else = static_cast<std::size_t>(-1);

// Where in a wider pattern each letter of a text stands, by the two fingers of the matcher.
std::vector<std::size_t> sources(const Symbols& pattern, const Symbols& text) {
    std::vector<std::size_t> source(text.size(), nowhere_else);
    std::size_t at = 0;
    std::size_t run = nowhere_else;
    std::size_t taken = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (at < pattern.size() && is_run(pattern[at])) {
            run = at++;
            taken = i;
        } else if (at < pattern.size() && pattern[at] == text[i]) {
            source[i++] = at++;
        } else if (at < pattern.size() && is_one(pattern[at]) && !is_run(text[i])) {
            source[i++] = nowhere_else;
            ++at;
        } else { // the run takes one more: there is one, for the text is within the pattern
            source[taken] = nowhere_else;
            at = run + 1;
            i = ++taken;
        }
    }
    return source;
}

std::string Spelling::of(const Glob& lower) const {
    for (const auto& [pattern, written] : written_) {
        if (pattern == lower)
            return Glob(written).text();
    }
    Symbols text = lower.symbols();
    std::vector<bool> spelt(text.size());
    for (const auto& [pattern, written] : written_) {
        if (!within_by_form(lower, pattern))
            continue;
        const std::vector<std::size_t> source = sources(pattern.symbols(), lower.symbols());
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (source[i] == nowhere_else || spelt[i])
                continue;
            text[i] = written[source[i]];
            spelt[i] = true;
        }
    }
    return Glob(text).text();
}

class Boxing {
public:
    Boxing(Bound bound, Budget& budget) : bound_(bound), budget_(budget) { boxes_.document.version = Version::v2012; }

    Boxes box(const Layered& one, const Layered& other);

private:
    std::vector<Side> read(const Layered& layer);
    void add_box(const Side& one, const Side& other);
    void add(Statement statement, std::vector<Statement>& to);
    void carry_denies(const std::vector<Side>& sides);
    void set_actions(Statement& statement, const Axis& axis) const;
    void set_resources(Statement& statement, const Axis& axis) const;

    Bound bound_;
    Budget& budget_;
    GlobVariables variables_; // of both layers, so that the same variable is the same symbol
    Spelling spelling_;
    std::set<std::string> known_;
    Boxes boxes_;
};

Boxes Boxing::box(const Layered& one, const Layered& other) {
    const std::vector<Side> first = read(one);
    const std::vector<Side> second = read(other);
    for (const Side& a : first) {
        for (const Side& b : second) {
            if (a.statement.effect != Effect::allow || b.statement.effect != Effect::allow)
                continue;
            add_box(a, b);
            if (boxes_.document.statements.size() > boxes_max)
                boxes_.too_complex = "more than " + std::to_string(boxes_max) + " statements are left of the two";
            if (budget_.spent())
                boxes_.too_complex = "the budget of steps is spent";
            if (!boxes_.too_complex.empty())
                return std::move(boxes_);
        }
    }
    carry_denies(first);
    carry_denies(second);
    return std::move(boxes_);
}

std::vector<Side> Boxing::read(const Layered& layer) {
    std::vector<Side> sides;
    for (const Document* document : layer) {
        for (const Statement& statement : document->statements) {
            Side side{as_2012(statement, document->effective_version()), {}, {}};
            side.actions.inverted = statement.not_action;
            for (const Word& action : statement.actions)
                side.actions.globs.push_back(Glob::of(lower_ascii(action.text)));
            side.resources.inverted = statement.not_resource;
            for (const Word& resource : side.statement.resources)
                side.resources.globs.push_back(Glob::of(resource.text, &variables_));
            spelling_.learn(statement);
            sides.push_back(std::move(side));
        }
    }
    return sides;
}

void Boxing::add_box(const Side& one, const Side& other) {
    const MetAxes actions = meet(one.actions, other.actions, bound_, budget_);
    if (actions.axis.empty())
        return;
    const MetAxes resources = meet(one.resources, other.resources, bound_, budget_);
    if (resources.axis.empty()) {
        boxes_.exact = boxes_.exact && resources.exact;
        return;
    }
    MergedConditions conditions =
        merge_conditions(one.statement.conditions, other.statement.conditions, bound_, budget_);
    boxes_.exact = boxes_.exact && actions.exact && resources.exact && conditions.exact;
    if (conditions.never)
        return;
    Statement box;
    box.conditions = std::move(conditions.conditions);
    set_actions(box, actions.axis);
    set_resources(box, resources.axis);
    Statement cut = box;
    cut.effect = Effect::deny;
    if (!actions.cut.empty()) {
        set_actions(cut, {false, actions.cut});
        add(cut, boxes_.cuts);
        set_actions(cut, actions.axis);
    }
    if (!resources.cut.empty()) {
        set_resources(cut, {false, resources.cut});
        add(cut, boxes_.cuts);
    }
    add(std::move(box), boxes_.document.statements);
}

void Boxing::add(Statement statement, std::vector<Statement>& to) {
    if (known_.insert(statement_text(statement)).second)
        to.push_back(std::move(statement));
}

void Boxing::carry_denies(const std::vector<Side>& sides) {
    for (const Side& side : sides) {
        if (side.statement.effect == Effect::deny)
            add(side.statement, boxes_.document.statements);
    }
}

void Boxing::set_actions(Statement& statement, const Axis& axis) const {
    statement.not_action = axis.inverted;
    statement.actions.clear();
    for (const Glob& glob : axis.globs)
        statement.actions.emplace_back(spelling_.of(glob));
}

void Boxing::set_resources(Statement& statement, const Axis& axis) const {
    statement.not_resource = axis.inverted;
    statement.resources.clear();
    for (const Glob& glob : axis.globs)
        statement.resources.emplace_back(glob.text(&variables_));
}

} // namespace

Boxes boxes_of(const Layered& one, const Layered& other, Bound bound, Budget& budget) {
    return Boxing(bound, budget).box(one, other);
}

} // namespace awsfed::policy
