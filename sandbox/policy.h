// IAM policies, as far as the sandbox judges them: Effect, Action or NotAction, Resource or NotResource, with
// the wildcards * and ? (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
//
// What it cannot judge it refuses, so that nothing is granted or denied by a guess: conditions, policy
// variables, principals.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace awsfed::sandbox {

struct JsonValue;

enum class Verdict { silent, allows, denies };

class Policy {
public:
    // Code::policy_malformed; the message names the element and its line.
    static Result<Policy> parse(std::string_view json);

    // An explicit Deny wins. Actions are compared without regard to case, resources with it.
    Verdict judge(std::string_view action, std::string_view resource) const;

private:
    struct Patterns {
        std::vector<std::string> any_of;
        bool inverted = false; // NotAction, NotResource
    };
    struct Statement {
        bool allows = false;
        Patterns actions;
        Patterns resources;
    };

    static Result<Statement> read_statement(std::string_view json, const JsonValue& value);
    static Result<Patterns> read_patterns(std::string_view json, const JsonValue& statement, std::string_view name);

    std::vector<Statement> statements_;
};

// '*' is any run of characters, '?' exactly one. In time of the product of the lengths at most: a policy comes
// from whoever calls.
bool matches(std::string_view pattern, std::string_view text);

} // namespace awsfed::sandbox
