#include "policy/compiled.h"

#include "base/text.h"

#include <algorithm>

namespace awsfed::policy {

CompiledStatement::CompiledStatement(const Statement& statement, Version version)
    : effect_(statement.effect), not_action_(statement.not_action), not_resource_(statement.not_resource),
      has_resource_(statement.has_resource || !statement.resources.empty()), principal_(statement) {
    actions_.reserve(statement.actions.size());
    for (const Word& action : statement.actions)
        actions_.emplace_back(lower_ascii(action.text), Pattern::Reading{.wildcards = true, .variables = false});
    resources_.reserve(statement.resources.size());
    for (const Word& resource : statement.resources)
        resources_.emplace_back(resource.text,
                                Pattern::Reading{.wildcards = true, .variables = version == Version::v2012});
    conditions_.reserve(statement.conditions.size());
    for (const Condition& condition : statement.conditions)
        conditions_.emplace_back(condition, version);
}

bool CompiledStatement::touches(std::string_view lower_action) const {
    static const RequestContext nothing; // actions have no variables
    return std::ranges::any_of(actions_, [&](const Pattern& one) { return one.matches(lower_action, nothing); }) !=
           not_action_;
}

bool CompiledStatement::reaches(const Request& request) const {
    if (!has_resource_) // a trust policy
        return true;
    const auto matches = [&](const Pattern& one) { return one.matches(request.resource, request.context); };
    return std::ranges::any_of(resources_, matches) != not_resource_;
}

bool CompiledStatement::matches(const Request& request) const {
    return touches(request.lower_action()) && reaches(request) &&
           std::ranges::all_of(conditions_, [&](const ConditionTest& one) { return one.holds(request.context); });
}

CompiledPolicy::CompiledPolicy(const Document& document) {
    std::vector<CompiledStatement> statements;
    statements.reserve(document.statements.size());
    for (const Statement& statement : document.statements)
        statements.emplace_back(statement, document.effective_version());
    statements_ = std::make_shared<const std::vector<CompiledStatement>>(std::move(statements));
}

CompiledPolicy::Matched CompiledPolicy::ask(const Request& request) const {
    Matched found;
    for (std::size_t i = 0; i < size(); ++i) {
        const CompiledStatement& one = (*statements_)[i];
        std::optional<std::size_t>& place = one.effect() == Effect::allow ? found.allow : found.deny;
        if (!place && one.matches(request))
            place = i;
        if (found.deny)
            break;
    }
    return found;
}

bool region_allows(const std::vector<CompiledPolicy>& documents, const Request& request) {
    bool allowed = false;
    for (const CompiledPolicy& document : documents) {
        const CompiledPolicy::Matched found = document.ask(request);
        if (found.deny)
            return false;
        allowed = allowed || found.allow;
    }
    return allowed;
}

} // namespace awsfed::policy
