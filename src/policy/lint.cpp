#include "policy/lint.h"

#include "base/text.h"
#include "policy/lint_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace awsfed::policy {

namespace {

constexpr std::size_t notes_max = 100 * findings_max; // before they are put in order

void check_version(const Document& document, PolicyType type, Notes& notes) {
    if (document.version == Version::v2012)
        return;
    const std::size_t at = document.version ? document.version_offset : document.offset;
    const std::size_t length = document.version ? std::string_view("\"2008-10-17\"").size() : 1;
    // IAM's CreatePolicy takes no older one; STS does not say so of a session policy.
    const bool is_stored = type == PolicyType::identity || type == PolicyType::boundary;
    notes.add(is_stored ? FindingCode::old_version : FindingCode::absent_version, at, length,
              document.version ? "The Version is that of 2008." : "The policy has no Version, and so is one of 2008.");
}

bool names_everybody(const Statement& statement) {
    return statement.principals && std::ranges::any_of(*statement.principals, [](const Principal& one) {
               return one.type == "*" || (one.type == "AWS" && std::ranges::any_of(one.names, [](const Word& name) {
                                              return name.text == "*";
                                          }));
           });
}

bool is_any_role(const Word& resource) {
    return resource.text == "*" || resource.text.ends_with(":role/*") || resource.text.ends_with(":*");
}

// Statements that allow more than they seem to.
void check_reach(const Statement& one, Notes& notes) {
    if (one.effect != Effect::allow)
        return;
    const auto at_statement = [&](FindingCode code, std::string_view what) {
        notes.add(code, one.offset, 1, std::string(what));
    };
    if (one.not_action)
        at_statement(FindingCode::allow_not_action, "All actions but the named ones are allowed.");
    if (one.not_resource)
        at_statement(FindingCode::allow_not_resource, "All resources but the named ones are allowed.");
    if (one.principals && one.not_principal)
        at_statement(FindingCode::allow_not_principal, "Everybody but the named ones is allowed.");
    else if (names_everybody(one) && one.conditions.empty())
        at_statement(FindingCode::open_principal, "Everybody is allowed.");
    if (one.not_action)
        return;
    for (const Word& action : one.actions) {
        const bool passes_roles = matches_name(lower_ascii(action.text), "iam:passrole");
        if (action.text == "*")
            notes.add(FindingCode::allow_everything, action, "Every action of every service is allowed.");
        else if (passes_roles && std::ranges::any_of(one.resources, is_any_role) && one.conditions.empty())
            notes.add(FindingCode::pass_any_role, action, "Any role may be passed on.");
    }
}

} // namespace

void Notes::add(FindingCode code, std::size_t offset, std::size_t length, std::string what,
                std::optional<Severity> severity) {
    if (findings.size() < notes_max)
        findings.push_back({code, severity.value_or(usual_severity(code)), offset, length, std::move(what)});
}
void Notes::add(FindingCode code, const Word& word, std::string what, std::optional<Severity> severity) {
    add(code, word.offset, word.text.size() + 2, std::move(what), severity);
}

std::vector<Finding> lint_policy(const Document& document, PolicyType type) {
    Notes notes;
    check_version(document, type, notes);
    for (const Statement& statement : document.statements) {
        check_reach(statement, notes);
        check_actions(statement, notes);
        check_resources(statement, document.effective_version(), notes);
        check_conditions(statement, document.effective_version(), notes);
    }
    std::ranges::sort(notes.findings, [](const Finding& a, const Finding& b) {
        return std::tie(a.offset, a.code) < std::tie(b.offset, b.code);
    });
    if (notes.findings.size() > findings_max)
        notes.findings.erase(notes.findings.begin() + findings_max, notes.findings.end());
    return std::move(notes.findings);
}

} // namespace awsfed::policy
