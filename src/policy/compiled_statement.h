// A statement made ready to be asked.
#pragma once

#include "policy/condition_test.h"
#include "policy/document.h"
#include "policy/pattern.h"
#include "policy/principal_match.h"

#include <string_view>
#include <vector>

namespace awsfed::policy {

class CompiledStatement {
public:
    CompiledStatement(const Statement& statement, Version version);

    Effect effect() const { return effect_; }
    const PrincipalMatch& principal() const { return principal_; }
    bool touches(std::string_view lower_action) const;
    bool matches(const Request& request) const; // action, resource and conditions

private:
    bool reaches(const Request& request) const;

    Effect effect_;
    bool not_action_;
    bool not_resource_;
    bool has_resource_;
    std::vector<Pattern> actions_; // in lower case
    std::vector<Pattern> resources_;
    std::vector<ConditionTest> conditions_;
    PrincipalMatch principal_;
};

} // namespace awsfed::policy
