// One condition of a statement, ready to be asked. Truth table: IAM User Guide, "IAM JSON policy elements:
// Condition operators" and "Conditions with multiple context keys or values".
#pragma once

#include "policy/document.h"
#include "policy/pattern.h"
#include "policy/request.h"
#include "policy/values.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::policy {

class ConditionTest {
public:
    ConditionTest(const Condition& condition, Version version);
    bool holds(const RequestContext& context) const;

private:
    // What the policy gives to compare with. A text that the operator cannot read is none of these: it matches nothing.
    struct Value {
        std::string text;
        std::optional<Pattern> pattern;
        std::optional<Moment> moment;
        std::optional<AddressRange> range;
        bool readable = true;
    };

    Value read(std::string_view text, Version version) const;
    bool any_value_matches(std::string_view given, const RequestContext& context) const;
    bool matches(const Value& value, std::string_view given, const RequestContext& context) const;
    bool null_holds(bool absent) const;

    Operator op_;
    std::string key_; // in lower case
    std::vector<Value> values_;
};

} // namespace awsfed::policy
