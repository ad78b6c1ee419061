// AWS's rules for an assertion, as a list of checks that a person can read
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html,
// saml-profiles 4.1.4.2).
#pragma once

#include "base/time.h"
#include "saml/assertion.h"
#include "saml/assertion_text.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace awsfed {

enum class Outcome {
    passed,
    failed,
    warned,  // nothing refuses it, and it deserves a look
    skipped, // nothing to check it against
};

struct Check {
    std::string name;   // "audience"
    Outcome outcome = Outcome::passed;
    std::string reason; // of what is not passed: one word of a closed list, docs/guide/saml.md
    std::string value;  // what stands there, for a person
    std::string detail; // of what is not passed: a sentence
    bool absent = false; // failed because it is not there
    Code code = Code::assertion_unproved; // of an assertion that is refused for it
};

// What the message is measured by. An empty list or text checks nothing, and says so.
struct AwsRules {
    std::string entity_id; // of the identity provider
    std::vector<std::string> recipients;
    std::vector<std::string> audiences;
    std::chrono::seconds skew{0};
    std::optional<Time> now; // empty: times are read, not compared
    std::vector<std::string> attribute_prefixes;
    bool skip_bad_roles = false; // a value of Role that is not two ARNs is left out with a warning, not refused
};

// The names that AWS gives its attributes: everywhere, and in the partition aws-cn.
inline constexpr std::string_view aws_attribute_prefix = "https://aws.amazon.com/SAML/Attributes/";
inline constexpr std::string_view aws_cn_attribute_prefix = "http://www.amazonaws.cn/SAML/Attributes/";

// AWS takes an assertion for five minutes after it was issued.
inline constexpr std::chrono::minutes redemption_time{5};

struct Judgement {
    Assertion assertion; // what could be read of it; `encrypted` and `response` are the caller's
    std::vector<Check> checks;

    // The first check that failed; null when the assertion is as AWS takes it.
    const Check* failure() const;
};

// `response` is what stands around the assertion, where it was looked at.
Judgement judge_assertion(const saml::AssertionText& text, const saml::ResponseText* response, const AwsRules& rules);

} // namespace awsfed
