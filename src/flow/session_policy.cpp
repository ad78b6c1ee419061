#include "flow/session_policy.h"

#include "policy/lint.h"
#include "policy/read.h"
#include "policy/session_report.h"

#include <fmt/format.h>

#include <algorithm>

namespace awsfed {

namespace {

using policy::Finding;
using policy::FindingCode;
using policy::Severity;

std::string line_of(const Finding& finding, const policy::FindingPlace& place) {
    return fmt::format("line {}, column {}: {}", place.line, place.column, finding.what);
}

// The service model has no maximum for AssumeRole any more: there the length is the server's to judge.
bool is_certain(const Finding& finding, StsAction action) {
    return finding.severity == Severity::refused &&
           !(finding.code == FindingCode::too_long && action == StsAction::assume_role);
}

Failure refusal_of(const Finding& finding, const policy::FindingPlace& place) {
    const bool is_long = finding.code == FindingCode::too_long;
    return fail(is_long ? Code::policy_too_long : Code::policy_malformed, "The session policy, {}",
                line_of(finding, place))
        .advice(std::string(finding.advice()));
}

} // namespace

Result<std::vector<std::string>> look_at_session_policy(std::string_view text, StsAction action) {
    policy::Reading reading = policy::read_policy(text, policy::PolicyType::session);
    std::vector<Finding>& findings = reading.findings;
    const std::vector<policy::FindingPlace> places = policy::places_of(text, findings);
    for (std::size_t i = 0; i < findings.size(); ++i)
        if (is_certain(findings[i], action))
            return refusal_of(findings[i], places[i]);

    // A refusal of lint's is likely, not certain: its tables are older than AWS.
    std::vector<std::string> lines;
    const policy::Document& document = reading.document ? *reading.document : reading.legible;
    std::ranges::move(policy::lint_policy(document, policy::PolicyType::session), std::back_inserter(findings));
    const std::vector<policy::FindingPlace> all = policy::places_of(text, findings);
    for (std::size_t i = 0; i < findings.size(); ++i)
        if (findings[i].severity != Severity::suggestion)
            lines.push_back(line_of(findings[i], all[i]));
    return lines;
}

namespace {

constexpr std::uint64_t steps_before_sts = 5'000'000; // some 20 ms at most: a call of STS takes longer

std::string_view reason_of(policy::SessionPart::State state) {
    switch (state) {
    case policy::SessionPart::no_role_allow: return "the role does not allow it";
    case policy::SessionPart::role_denies: return "the role denies it";
    case policy::SessionPart::session_denies: return "the session policy denies it itself";
    default: return {};
    }
}

std::string words_of(const std::vector<policy::Word>& words, std::optional<std::size_t> index) {
    return index ? words[*index].text : fmt::format("all but {}", words.front().text);
}

Result<std::vector<policy::Document>> read_role(const std::vector<std::string>& texts) {
    std::vector<policy::Document> documents;
    for (const std::string& text : texts) {
        policy::Reading reading = policy::read_policy(text, policy::PolicyType::identity);
        if (!reading.document) {
            const policy::FindingPlace place = policy::places_of(text, reading.findings).front();
            return fail(Code::policy_malformed, "The role's policy, {}", line_of(reading.findings.front(), place));
        }
        documents.push_back(std::move(*reading.document));
    }
    return documents;
}

} // namespace

Result<std::vector<std::string>> dead_under(std::string_view session, const std::vector<std::string>& role) {
    AWSFED_TRY(const std::vector<policy::Document> roles, read_role(role));
    policy::Reading reading = policy::read_policy(session, policy::PolicyType::session);
    const policy::Document& document = reading.document ? *reading.document : reading.legible;
    policy::Layered above;
    for (const policy::Document& one : roles)
        above.push_back(&one);
    std::vector<std::string> lines;
    for (const policy::SessionPart& part :
         policy::session_report(above, {&document}, {.steps = steps_before_sts, .known_actions = {}}).parts) {
        const std::string_view reason = reason_of(part.state);
        const policy::Statement& statement = document.statements[part.statement];
        if (!reason.empty())
            lines.push_back(fmt::format("statement {}: {} on {} has no effect: {}", part.statement,
                                        words_of(statement.actions, part.action),
                                        words_of(statement.resources, part.resource), reason));
    }
    return lines;
}

} // namespace awsfed
