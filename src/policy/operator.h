// The operators of conditions: "ForAnyValue:StringNotLikeIfExists" taken apart.
// IAM User Guide, "IAM JSON policy elements: Condition operators".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace awsfed::policy {

// What is compared, without a "Not". IAM takes ArnEquals for ArnLike; the two names stay apart, so that one
// statement can ask two things of one key.
enum class Comparison : std::uint8_t {
    string_equals,
    string_equals_ignore_case,
    string_like,
    numeric_equals,
    numeric_less,
    numeric_less_equals,
    numeric_greater,
    numeric_greater_equals,
    date_equals,
    date_less,
    date_less_equals,
    date_greater,
    date_greater_equals,
    boolean,
    binary_equals,
    ip_address,
    arn_equals,
    arn_like,
    null, // "true" asks that the key is absent
};

// Of a key with several values: how many of them must pass.
enum class Quantifier : std::uint8_t { none, all, any };

struct Operator {
    Comparison comparison = Comparison::string_equals;
    bool negated = false;
    Quantifier quantifier = Quantifier::none;
    bool if_exists = false;

    // Names are taken in any case. Empty when IAM has no such operator.
    static std::optional<Operator> parse(std::string_view name);
    std::string name() const; // as IAM writes it

    friend bool operator==(const Operator&, const Operator&) = default;
};

bool is_numeric(Comparison comparison);
bool is_date(Comparison comparison);
bool takes_variables(Comparison comparison); // in its values: strings, ARNs and booleans
bool takes_wildcards(Comparison comparison);

// The name of the operator that is nearest to a misspelt one; empty when none is.
std::string_view nearest_operator(std::string_view name);

} // namespace awsfed::policy
