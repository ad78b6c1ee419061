#include "policy/lint_parts.h"

#include "base/base64.h"
#include "base/text.h"
#include "policy/glob.h"
#include "policy/values.h"

#include <fmt/format.h>

#include <algorithm>

namespace awsfed::policy {

namespace {

bool is_boolean(std::string_view text) {
    return equal_ignoring_case(text, "true") || equal_ignoring_case(text, "false");
}

// AWS takes t and z for T and Z.
bool is_date_text(std::string_view text) {
    std::string upper(text);
    std::ranges::replace(upper, 't', 'T');
    std::ranges::replace(upper, 'z', 'Z');
    return Moment::parse(upper).has_value();
}

std::string_view kind_of(Comparison comparison) {
    if (is_numeric(comparison))
        return "number";
    if (is_date(comparison))
        return "time";
    return comparison == Comparison::ip_address ? "address or range (10.0.0.0/8)" : "base64";
}

bool is_readable(Comparison comparison, std::string_view text) {
    if (is_numeric(comparison))
        return Decimal::parse(text).has_value();
    if (is_date(comparison))
        return is_date_text(text);
    if (comparison == Comparison::ip_address)
        return AddressRange::parse(text).has_value();
    return comparison != Comparison::binary_equals || base64_decode_public(text).has_value();
}

class ConditionLint {
public:
    ConditionLint(const Statement& statement, const Condition& condition, Version version, Notes& notes)
        : statement_(statement), condition_(condition), op_(condition.op), version_(version), notes_(notes) {}

    void check() {
        if (condition_.values.empty()) {
            const bool always = op_.negated || op_.if_exists || op_.quantifier == Quantifier::all;
            notes_.add(FindingCode::no_values, condition_.key, "The condition has no values.",
                       always ? std::optional(Severity::warning) : std::nullopt);
        }
        for (const Word& value : condition_.values) {
            check_variables(value, version_, takes_variables(op_.comparison), notes_);
            check_value(value);
        }
        check_key();
        if (statement_.effect == Effect::allow && !needs_the_key())
            check_absent_key();
    }

private:
    void add_at_key(FindingCode code, std::string what) { notes_.add(code, condition_.key, std::move(what)); }

    void check_value(const Word& value) {
        // In a negated test, what matches nothing makes it hold always.
        const std::optional<Severity> severity = op_.negated ? std::optional(Severity::warning) : std::nullopt;
        const bool has_variable = version_ == Version::v2012 && value.text.contains("${");
        const Comparison comparison = op_.comparison;
        if (comparison == Comparison::null || comparison == Comparison::boolean) {
            if (!is_boolean(value.text) && !has_variable)
                notes_.add(FindingCode::null_value, value, "The value is neither true nor false.", severity);
            return;
        }
        if (!is_readable(comparison, value.text)) {
            notes_.add(FindingCode::bad_value, value,
                       fmt::format("\"{}\" is no {}.", printable(value.text, 64), kind_of(comparison)));
            return;
        }
        const bool compares_text = takes_variables(comparison) && !takes_wildcards(comparison);
        if (compares_text && !has_variable && value.text.find_first_of("*?") != value.text.npos)
            notes_.add(FindingCode::literal_wildcard, value, fmt::format("{} takes * and ? as they stand.", op_.name()),
                       severity);
        const bool compares_arns = comparison == Comparison::arn_equals || comparison == Comparison::arn_like;
        if (compares_arns && !has_variable && !Glob::arn(value.text))
            notes_.add(FindingCode::not_an_arn, value, "The value has fewer than six parts.", severity);
    }

    void check_key() {
        const std::string_view key = condition_.key.text;
        const std::optional<KnownKey> known = find_condition_key(key);
        const std::string_view service = key.substr(0, key.find(':'));
        if (!known && key.contains(':') && !equal_ignoring_case(service, "aws") && find_service(service)) {
            add_at_key(FindingCode::unknown_key,
                       fmt::format("{} has no condition key \"{}\".", service, printable(key, 64)));
            return;
        }
        if (!known || op_.comparison == Comparison::null)
            return;
        if (is_list(known->kind) && op_.quantifier == Quantifier::none)
            add_at_key(FindingCode::many_values, fmt::format("{} can have several values.", known->name));
        if (!is_list(known->kind) && op_.quantifier != Quantifier::none)
            add_at_key(FindingCode::one_value, fmt::format("{} has one value.", known->name));
    }

    // "Null": {KEY: "false"} in the same statement.
    bool needs_the_key() const {
        return std::ranges::any_of(statement_.conditions, [&](const Condition& other) {
            return other.op.comparison == Comparison::null &&
                   equal_ignoring_case(other.key.text, condition_.key.text) &&
                   std::ranges::all_of(other.values,
                                       [](const Word& value) { return equal_ignoring_case(value.text, "false"); });
        });
    }

    void check_absent_key() {
        if (op_.comparison == Comparison::null)
            return;
        if (op_.quantifier == Quantifier::all)
            add_at_key(FindingCode::vacuous_for_all, "The test holds when the key is absent.");
        else if (op_.negated && op_.quantifier == Quantifier::none && !op_.if_exists)
            add_at_key(FindingCode::absent_key_allows, "The negated test holds when the key is absent.");
    }

    const Statement& statement_;
    const Condition& condition_;
    const Operator& op_;
    Version version_;
    Notes& notes_;
};

} // namespace

void check_conditions(const Statement& statement, Version version, Notes& notes) {
    for (const Condition& condition : statement.conditions)
        ConditionLint(statement, condition, version, notes).check();
}

} // namespace awsfed::policy
