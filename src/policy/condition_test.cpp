#include "policy/condition_test.h"

#include "base/text.h"

#include <algorithm>
#include <compare>

namespace awsfed::policy {

namespace {

bool fits(Comparison comparison, std::strong_ordering order) {
    switch (comparison) {
    case Comparison::numeric_equals:
    case Comparison::date_equals: return order == 0;
    case Comparison::numeric_less:
    case Comparison::date_less: return order < 0;
    case Comparison::numeric_less_equals:
    case Comparison::date_less_equals: return order <= 0;
    case Comparison::numeric_greater:
    case Comparison::date_greater: return order > 0;
    case Comparison::numeric_greater_equals:
    case Comparison::date_greater_equals: return order >= 0;
    default: return false;
    }
}

} // namespace

ConditionTest::ConditionTest(const Condition& condition, Version version)
    : op_(condition.op), key_(lower_ascii(condition.key.text)) {
    values_.reserve(condition.values.size());
    for (const Word& word : condition.values)
        values_.push_back(read(word.text, version));
}

ConditionTest::Value ConditionTest::read(std::string_view text, Version version) const {
    Value value;
    value.text = text;
    const Comparison comparison = op_.comparison;
    if (is_numeric(comparison)) {
        value.readable = Decimal::parse(text).has_value();
    } else if (is_date(comparison)) {
        value.moment = Moment::parse(text);
        value.readable = value.moment.has_value();
    } else if (comparison == Comparison::ip_address) {
        value.range = AddressRange::parse(text);
        value.readable = value.range.has_value();
    } else if (takes_variables(comparison)) {
        value.pattern.emplace(
            text, Pattern::Reading{.wildcards = takes_wildcards(comparison), .variables = version == Version::v2012});
    }
    return value;
}

bool ConditionTest::matches(const Value& value, std::string_view given, const RequestContext& context) const {
    if (!value.readable)
        return false;
    switch (op_.comparison) {
    case Comparison::string_equals:
    case Comparison::string_like: return value.pattern->matches(given, context);
    case Comparison::string_equals_ignore_case:
    case Comparison::boolean: return value.pattern->equals_ignoring_case(given, context);
    case Comparison::arn_equals:
    case Comparison::arn_like: return value.pattern->matches_arn(given, context);
    case Comparison::binary_equals: return value.text == given; // of well-formed base64 the same bytes have one form
    case Comparison::ip_address: {
        const std::optional<AddressRange> address = AddressRange::parse_address(given);
        return address && value.range->contains(*address);
    }
    case Comparison::null: return false; // null_holds
    default: break;
    }
    if (is_date(op_.comparison)) {
        const std::optional<Moment> moment = Moment::parse(given);
        return moment && fits(op_.comparison, *moment <=> *value.moment);
    }
    const std::optional<Decimal> number = Decimal::parse(given);
    return number && fits(op_.comparison, *number <=> *Decimal::parse(value.text));
}

bool ConditionTest::any_value_matches(std::string_view given, const RequestContext& context) const {
    return std::ranges::any_of(values_, [&](const Value& value) { return matches(value, given, context); });
}

bool ConditionTest::null_holds(bool absent) const {
    return std::ranges::any_of(
        values_, [absent](const Value& value) { return absent == equal_ignoring_case(value.text, "true"); });
}

bool ConditionTest::holds(const RequestContext& context) const {
    const std::vector<std::string>* given = context.find(key_);
    if (op_.comparison == Comparison::null)
        return null_holds(given == nullptr);
    const auto passes = [&](const std::string& one) { return any_value_matches(one, context) != op_.negated; };
    switch (op_.quantifier) {
    case Quantifier::all: return given == nullptr || std::ranges::all_of(*given, passes);
    case Quantifier::any: return given == nullptr ? op_.if_exists : std::ranges::any_of(*given, passes);
    case Quantifier::none: break;
    }
    if (given == nullptr)
        return op_.if_exists || op_.negated;
    // AWS does not say what several values mean without a quantifier: any of them counts.
    const auto matches_one = [&](const std::string& one) { return any_value_matches(one, context); };
    return std::ranges::any_of(*given, matches_one) != op_.negated;
}

} // namespace awsfed::policy
