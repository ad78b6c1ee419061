#include "policy/condition_merge.h"

#include "base/text.h"
#include "policy/glob_meet.h"
#include "policy/values.h"

#include <algorithm>
#include <optional>

namespace awsfed::policy {

namespace {

using Values = std::vector<Word>;

bool same_slot(const Condition& a, const Condition& b) {
    return a.op == b.op && equal_ignoring_case(a.key.text, b.key.text);
}

bool has_variables(const Operator& op, const Values& values) {
    if (!takes_variables(op.comparison))
        return false;
    GlobVariables variables;
    for (const Word& value : values)
        Glob::of(value.text, &variables);
    return !variables.all().empty();
}

template <class Same>
Values common(const Values& one, const Values& other, Same same) {
    Values both;
    std::ranges::copy_if(one, std::back_inserter(both), [&](const Word& value) {
        return std::ranges::any_of(other, [&](const Word& each) { return same(value.text, each.text); });
    });
    return both;
}

bool same_text(std::string_view a, std::string_view b) { return a == b; }

bool same_literal(std::string_view a, std::string_view b) {
    GlobVariables variables;
    return Glob::literal(a, &variables) == Glob::literal(b, &variables);
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
    GlobVariables variables;
    return equal_ignoring_case(Glob::literal(a, &variables).text(&variables),
                               Glob::literal(b, &variables).text(&variables));
}

template <class Value>
bool same_value(std::string_view a, std::string_view b) {
    const auto left = Value::parse(a);
    const auto right = Value::parse(b);
    return left && right && *left == *right;
}

// The value that lets the most through, of those that can be read.
template <class Value>
std::optional<Word> extreme(const Values& values, bool greatest) {
    std::optional<Word> found;
    for (const Word& word : values) {
        const auto value = Value::parse(word.text);
        if (!value)
            continue;
        if (!found || (*Value::parse(found->text) < *value) == greatest)
            found = word;
    }
    return found;
}

// Less than one of some, and less than one of others.
template <class Value>
Values merge_ordered(const Values& one, const Values& other, bool less) {
    const auto first = extreme<Value>(one, less);
    const auto second = extreme<Value>(other, less);
    if (!first || !second)
        return {};
    return {*extreme<Value>({*first, *second}, !less)};
}

Values merge_addresses(const Values& one, const Values& other) {
    Values both;
    for (const Word& a : one) {
        for (const Word& b : other) {
            const auto left = AddressRange::parse(a.text);
            const auto right = AddressRange::parse(b.text);
            if (left && right && (left->contains(*right) || right->contains(*left)))
                both.push_back(left->contains(*right) ? b : a);
        }
    }
    return both;
}

// Null: absent, there, or either.
Values merge_presence(const Values& one, const Values& other) {
    const auto asks = [](const Values& values, bool absent) {
        return std::ranges::any_of(
            values, [&](const Word& value) { return equal_ignoring_case(value.text, "true") == absent; });
    };
    Values both;
    for (const bool absent : {true, false}) {
        if (asks(one, absent) && asks(other, absent))
            both.emplace_back(absent ? "true" : "false");
    }
    return both;
}

std::optional<Values> merge_patterns(Comparison comparison, const Values& one, const Values& other, Budget& budget) {
    const auto globs_of = [&](const Values& values) {
        std::vector<Glob> globs;
        GlobVariables none; // there are none, but ${*} is a character
        for (const Word& value : values) {
            const auto glob = comparison == Comparison::string_like ? Glob::of(value.text, &none)
                                                                    : Glob::of(value.text, &none).as_arn();
            if (glob)
                globs.push_back(*glob);
        }
        return globs;
    };
    const auto met = meet(globs_of(one), globs_of(other), budget);
    if (!met)
        return std::nullopt;
    Values both;
    for (const Glob& glob : *met)
        both.emplace_back(glob.text());
    return both;
}

class Merge {
public:
    Merge(Bound bound, Budget& budget) : bound_(bound), budget_(budget) {}

    MergedConditions merge(std::span<const Condition> one, std::span<const Condition> other);

private:
    void add(const Condition& condition);
    void add_merged(std::size_t place, Values values);
    void add_presence(const Word& key, bool absent);
    bool add_elsewhere(const Condition& condition);
    bool add_if_free(Condition condition);
    void settle_for_less(std::size_t place, const Condition& condition);
    std::optional<Values> merged(const Operator& op, const Values& one, const Values& other);
    std::size_t place_of(const Condition& condition) const;

    Bound bound_;
    Budget& budget_;
    MergedConditions merged_;
};

MergedConditions Merge::merge(std::span<const Condition> one, std::span<const Condition> other) {
    merged_.conditions.assign(one.begin(), one.end());
    for (const Condition& condition : other) {
        if (!merged_.never)
            add(condition);
    }
    return std::move(merged_);
}

std::size_t Merge::place_of(const Condition& condition) const {
    const auto& all = merged_.conditions;
    return static_cast<std::size_t>(
        std::ranges::find_if(all, [&](const Condition& each) { return same_slot(each, condition); }) - all.begin());
}

void Merge::add(const Condition& condition) {
    const std::size_t place = place_of(condition);
    if (place == merged_.conditions.size()) {
        merged_.conditions.push_back(condition);
        return;
    }
    if (auto values = merged(condition.op, merged_.conditions[place].values, condition.values))
        add_merged(place, std::move(*values));
    else if (!add_elsewhere(condition))
        settle_for_less(place, condition);
}

void Merge::add_merged(std::size_t place, Values values) {
    Condition& condition = merged_.conditions[place];
    const Operator op = condition.op;
    if (!values.empty() || op.negated) {
        condition.values = std::move(values);
    } else if (op.comparison != Comparison::null && (op.if_exists || op.quantifier == Quantifier::all)) {
        const Word key = condition.key; // no value passes, so the key must be absent
        merged_.conditions.erase(merged_.conditions.begin() + static_cast<std::ptrdiff_t>(place));
        add_presence(key, true);
    } else {
        merged_.never = true;
    }
}

void Merge::add_presence(const Word& key, bool absent) {
    add({.op = {.comparison = Comparison::null}, .key = key, .values = {Word(absent ? "true" : "false")}});
}

// Empty where one list under the operator cannot say what the two do.
std::optional<Values> Merge::merged(const Operator& op, const Values& one, const Values& other) {
    if (std::ranges::is_permutation(one, other))
        return one;
    if (op.comparison == Comparison::null)
        return merge_presence(one, other);
    if (op.quantifier == Quantifier::any) // different values may pass
        return std::nullopt;
    if (op.negated) { // none of these, and none of those
        Values both = one;
        std::ranges::copy_if(other, std::back_inserter(both),
                             [&](const Word& value) { return std::ranges::find(one, value) == one.end(); });
        return both;
    }
    if (has_variables(op, one) || has_variables(op, other))
        return std::nullopt;
    switch (op.comparison) {
    case Comparison::string_equals: return common(one, other, same_literal);
    case Comparison::binary_equals: return common(one, other, same_text);
    case Comparison::string_equals_ignore_case:
    case Comparison::boolean: return common(one, other, same_ignoring_case);
    case Comparison::numeric_equals: return common(one, other, same_value<Decimal>);
    case Comparison::date_equals: return common(one, other, same_value<Moment>);
    case Comparison::ip_address: return merge_addresses(one, other);
    case Comparison::numeric_less:
    case Comparison::numeric_less_equals: return merge_ordered<Decimal>(one, other, true);
    case Comparison::numeric_greater:
    case Comparison::numeric_greater_equals: return merge_ordered<Decimal>(one, other, false);
    case Comparison::date_less:
    case Comparison::date_less_equals: return merge_ordered<Moment>(one, other, true);
    case Comparison::date_greater:
    case Comparison::date_greater_equals: return merge_ordered<Moment>(one, other, false);
    default: return merge_patterns(op.comparison, one, other, budget_);
    }
}

bool Merge::add_if_free(Condition condition) {
    if (place_of(condition) != merged_.conditions.size())
        return false;
    merged_.conditions.push_back(std::move(condition));
    return true;
}

// The same under another operator. The two names for ARNs mean the same; StringLike can say what StringEquals does;
// and what must be there may be asked for "if it exists", when Null asks that it does.
bool Merge::add_elsewhere(const Condition& condition) {
    Condition other = condition;
    const auto other_operator = [&] {
        switch (condition.op.comparison) {
        case Comparison::arn_equals: other.op.comparison = Comparison::arn_like; return true;
        case Comparison::arn_like: other.op.comparison = Comparison::arn_equals; return true;
        case Comparison::string_equals: break;
        default: return false;
        }
        other.op.comparison = Comparison::string_like;
        for (Word& value : other.values) {
            GlobVariables variables;
            value.text = Glob::literal(value.text, &variables).text(&variables);
        }
        return true;
    };
    const bool has_other = other_operator();
    if (has_other && add_if_free(other))
        return true;
    if (condition.op.if_exists || condition.op.negated || condition.op.quantifier == Quantifier::all)
        return false;
    Condition lenient = condition;
    lenient.op.if_exists = true;
    other.op.if_exists = true;
    if (!add_if_free(lenient) && !(has_other && add_if_free(other)))
        return false;
    add_presence(condition.key, false);
    return true;
}

// More: without the second condition. Less: only values that both name.
void Merge::settle_for_less(std::size_t place, const Condition& condition) {
    merged_.exact = false;
    if (bound_ == Bound::upper)
        return;
    Condition& kept = merged_.conditions[place];
    kept.values = common(kept.values, condition.values, same_text);
    merged_.never = kept.values.empty() || kept.op.negated;
}

} // namespace

MergedConditions merge_conditions(std::span<const Condition> one, std::span<const Condition> other, Bound bound,
                                  Budget& budget) {
    return Merge(bound, budget).merge(one, other);
}

} // namespace awsfed::policy
