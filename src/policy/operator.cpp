#include "policy/operator.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace awsfed::policy {

namespace {

struct Row {
    std::string_view name;
    Comparison comparison;
    bool negated;
};

// A comparison's own name before its negation's.
constexpr std::array rows{
    Row{"StringEquals", Comparison::string_equals, false},
    Row{"StringNotEquals", Comparison::string_equals, true},
    Row{"StringEqualsIgnoreCase", Comparison::string_equals_ignore_case, false},
    Row{"StringNotEqualsIgnoreCase", Comparison::string_equals_ignore_case, true},
    Row{"StringLike", Comparison::string_like, false},
    Row{"StringNotLike", Comparison::string_like, true},
    Row{"NumericEquals", Comparison::numeric_equals, false},
    Row{"NumericNotEquals", Comparison::numeric_equals, true},
    Row{"NumericLessThan", Comparison::numeric_less, false},
    Row{"NumericLessThanEquals", Comparison::numeric_less_equals, false},
    Row{"NumericGreaterThan", Comparison::numeric_greater, false},
    Row{"NumericGreaterThanEquals", Comparison::numeric_greater_equals, false},
    Row{"DateEquals", Comparison::date_equals, false},
    Row{"DateNotEquals", Comparison::date_equals, true},
    Row{"DateLessThan", Comparison::date_less, false},
    Row{"DateLessThanEquals", Comparison::date_less_equals, false},
    Row{"DateGreaterThan", Comparison::date_greater, false},
    Row{"DateGreaterThanEquals", Comparison::date_greater_equals, false},
    Row{"Bool", Comparison::boolean, false},
    Row{"BinaryEquals", Comparison::binary_equals, false},
    Row{"IpAddress", Comparison::ip_address, false},
    Row{"NotIpAddress", Comparison::ip_address, true},
    Row{"ArnEquals", Comparison::arn_equals, false},
    Row{"ArnNotEquals", Comparison::arn_equals, true},
    Row{"ArnLike", Comparison::arn_like, false},
    Row{"ArnNotLike", Comparison::arn_like, true},
    Row{"Null", Comparison::null, false},
};

constexpr std::string_view all_values = "ForAllValues:";
constexpr std::string_view any_value = "ForAnyValue:";
constexpr std::string_view if_exists = "IfExists";

bool begins(std::string_view text, std::string_view with) {
    return text.size() >= with.size() && equal_ignoring_case(text.substr(0, with.size()), with);
}
bool ends(std::string_view text, std::string_view with) {
    return text.size() >= with.size() && equal_ignoring_case(text.substr(text.size() - with.size()), with);
}

} // namespace

std::optional<Operator> Operator::parse(std::string_view name) {
    Operator found;
    if (begins(name, all_values)) {
        found.quantifier = Quantifier::all;
        name.remove_prefix(all_values.size());
    } else if (begins(name, any_value)) {
        found.quantifier = Quantifier::any;
        name.remove_prefix(any_value.size());
    }
    if (ends(name, awsfed::policy::if_exists)) {
        found.if_exists = true;
        name.remove_suffix(awsfed::policy::if_exists.size());
    }
    const auto* row =
        std::ranges::find_if(rows, [name](const Row& one) { return equal_ignoring_case(one.name, name); });
    if (row == rows.end() || (row->comparison == Comparison::null && found.if_exists))
        return std::nullopt;
    found.comparison = row->comparison;
    found.negated = row->negated;
    return found;
}

std::string Operator::name() const {
    std::string out;
    if (quantifier != Quantifier::none)
        out = quantifier == Quantifier::all ? all_values : any_value;
    for (const Row& row : rows)
        if (row.comparison == comparison && row.negated == negated)
            out += row.name;
    if (if_exists)
        out += awsfed::policy::if_exists;
    return out;
}

bool is_numeric(Comparison comparison) {
    return comparison >= Comparison::numeric_equals && comparison <= Comparison::numeric_greater_equals;
}

bool is_date(Comparison comparison) {
    return comparison >= Comparison::date_equals && comparison <= Comparison::date_greater_equals;
}

bool takes_variables(Comparison comparison) {
    return comparison <= Comparison::string_like || comparison == Comparison::boolean ||
           comparison == Comparison::arn_equals || comparison == Comparison::arn_like;
}

bool takes_wildcards(Comparison comparison) {
    return comparison == Comparison::string_like || comparison == Comparison::arn_equals ||
           comparison == Comparison::arn_like;
}

std::string_view nearest_operator(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Row& row : rows)
        names.push_back(row.name);
    if (const std::size_t colon = name.rfind(':'); colon != name.npos)
        name.remove_prefix(colon + 1);
    if (ends(name, if_exists))
        name.remove_suffix(if_exists.size());
    return nearest(name, names);
}

} // namespace awsfed::policy
