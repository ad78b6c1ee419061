#include "policy/condition_cells.h"

#include "base/text.h"
#include "policy/condition_test.h"
#include "policy/glob_cells.h"
#include "policy/sample_values.h"

#include <unordered_set>

namespace awsfed::policy {

namespace {

enum class Kind { text, number, moment, address, presence };

Kind kind_of(Comparison comparison) {
    if (is_numeric(comparison))
        return Kind::number;
    if (is_date(comparison))
        return Kind::moment;
    if (comparison == Comparison::ip_address)
        return Kind::address;
    return comparison == Comparison::null ? Kind::presence : Kind::text;
}

// The pattern that a value of a condition is, with the values of its variables.
std::optional<ReadGlob> pattern_of(std::string_view text, const AskedCondition& asked, const RequestContext& around) {
    const Comparison comparison = asked.condition->op.comparison;
    GlobVariables variables;
    GlobVariables* known = takes_variables(comparison) && asked.version == Version::v2012 ? &variables : nullptr;
    std::optional<Glob> glob;
    if (comparison == Comparison::arn_equals || comparison == Comparison::arn_like)
        glob = Glob::of(text, known);
    else
        glob = comparison == Comparison::string_like ? Glob::of(text, known) : Glob::literal(text, known);
    glob = glob->resolved([&](Symbol symbol) { return value_of(variables[symbol], around); });
    if (glob && (comparison == Comparison::arn_equals || comparison == Comparison::arn_like))
        glob = glob->as_arn();
    if (!glob)
        return std::nullopt;
    const bool any_case = comparison == Comparison::string_equals_ignore_case || comparison == Comparison::boolean;
    return ReadGlob{std::move(*glob), any_case ? GlobReading::ignoring_case : GlobReading::exact, 0};
}

// So that memory has a bound, and no more would be looked at.
constexpr std::size_t cells_max = 10'000;

class Cells {
public:
    Cells(std::string_view key, std::span<const AskedCondition> conditions, const RequestContext& around,
          Budget& budget)
        : key_(key), conditions_(conditions), context_(around), budget_(budget) {
        tests_.reserve(conditions.size());
        for (const AskedCondition& asked : conditions)
            tests_.emplace_back(*asked.condition, asked.version);
    }

    ConditionCells find();

private:
    std::vector<std::string> samples();
    void add_texts(std::vector<std::string>& samples);
    void add(std::vector<std::string> values);
    void add_several();

    std::string key_;
    std::span<const AskedCondition> conditions_;
    std::vector<ConditionTest> tests_;
    RequestContext context_;
    Budget& budget_;
    ConditionCells found_;
    std::unordered_set<Bits, Bits::Hash> known_;
};

ConditionCells Cells::find() {
    if (const auto* only = context_.find(key_)) {
        add(*only);
        return std::move(found_);
    }
    add({});
    const std::vector<std::string> singles = samples();
    for (const std::string& single : singles)
        add({single});
    if (std::ranges::any_of(conditions_, [](const AskedCondition& asked) {
            return asked.condition->op.quantifier != Quantifier::none;
        }))
        add_several();
    found_.complete = found_.complete && !budget_.spent();
    return std::move(found_);
}

std::vector<std::string> Cells::samples() {
    std::vector<std::string_view> values[4]; // by kind
    for (const AskedCondition& asked : conditions_) {
        const Kind kind = kind_of(asked.condition->op.comparison);
        for (const Word& word : asked.condition->values) {
            if (kind != Kind::presence)
                values[static_cast<std::size_t>(kind)].push_back(word.text);
        }
    }
    const auto& [texts, numbers, moments, addresses] = values;
    if (std::ranges::count_if(values, [](const auto& each) { return !each.empty(); }) > 1)
        found_.complete = false;

    std::vector<std::string> samples{"x"}; // reads best for "something else"
    if (!texts.empty())
        add_texts(samples);
    const auto append = [&](const std::vector<std::string>& more) {
        samples.insert(samples.end(), more.begin(), more.end());
    };
    append(sample_numbers(numbers));
    if (const auto around = sample_moments(moments))
        append(*around);
    else
        found_.complete = false;
    append(sample_addresses(addresses));
    return samples;
}

void Cells::add_texts(std::vector<std::string>& samples) {
    std::vector<ReadGlob> patterns;
    for (std::uint32_t i = 0; i < conditions_.size(); ++i) {
        if (kind_of(conditions_[i].condition->op.comparison) != Kind::text)
            continue;
        for (const Word& word : conditions_[i].condition->values) {
            auto pattern = pattern_of(word.text, conditions_[i], context_);
            if (!pattern)
                continue;
            pattern->group = i; // any of the values will do
            patterns.push_back(std::move(*pattern));
        }
    }
    const auto found = cells(patterns, {}, budget_);
    if (!found) {
        found_.complete = false;
        return;
    }
    for (const GlobCell& cell : *found)
        samples.push_back(utf8_of(cell.example));
}

void Cells::add(std::vector<std::string> values) {
    context_.set(key_, values);
    Bits holds(tests_.size());
    for (std::size_t i = 0; i < tests_.size(); ++i) {
        if (tests_[i].holds(context_))
            holds.set(i);
    }
    if (found_.cells.size() == cells_max)
        found_.complete = false;
    if (!budget_.spend(tests_.size() + values.size()) || !found_.complete)
        return;
    // An absent key is a cell of its own: where it stands as a variable, it matters.
    if (values.empty() || known_.insert(holds).second)
        found_.cells.push_back({std::move(values), std::move(holds)});
}

// Each condition wants all or any of the values, so that what holds of several follows from what holds of each:
// single values are put together until nothing new comes of it.
void Cells::add_several() {
    std::vector<std::string> singles;
    for (const ConditionCell& cell : found_.cells) {
        if (cell.values.size() == 1)
            singles.push_back(cell.values.front());
    }
    for (std::size_t i = 0; i < found_.cells.size() && found_.complete && !budget_.spent(); ++i) {
        for (const std::string& single : singles) {
            std::vector<std::string> values = found_.cells[i].values;
            if (values.empty() || std::ranges::find(values, single) != values.end())
                continue;
            values.push_back(single);
            add(std::move(values));
        }
    }
}

} // namespace

ConditionCells condition_cells(std::string_view lower_key, std::span<const AskedCondition> conditions,
                               const RequestContext& around, Budget& budget) {
    return Cells(lower_key, conditions, around, budget).find();
}

} // namespace awsfed::policy
