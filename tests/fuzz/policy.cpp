// Policies: reading and judging. What is read is written and read as the same; every finding has its place in the text;
// what is written compact is decided about alike.
#include "fuzz/fuzz.h"

#include "policy/evaluate.h"
#include "policy/lint.h"
#include "policy/read.h"
#include "policy/write.h"

using namespace awsfed::policy;

namespace {

void check_places(std::string_view text, const std::vector<Finding>& findings) {
    const std::vector<FindingPlace> places = places_of(text, findings);
    for (std::size_t i = 0; i < findings.size(); ++i) {
        fuzz::require(findings[i].offset <= text.size(), "a finding lies in the text", findings[i].what);
        fuzz::require(places[i].line >= 1 && places[i].column >= 1, "a place counts from 1", findings[i].what);
        fuzz::require(!findings[i].what.empty(), "a finding says what", findings[i].name());
    }
}

Decision decision_of(const Document& document, const Request& request) {
    Policies policies;
    policies.identity.emplace_back(document);
    policies.resource.emplace(document);
    return evaluate(policies, request);
}

// Requests made of the document's own words, so that they come near to it.
void check_decisions(const Document& document, const Document& again) {
    for (const Statement& statement : document.statements) {
        if (statement.actions.empty())
            continue;
        Request request(statement.actions.front().text,
                        statement.resources.empty() ? std::string("*") : statement.resources.front().text);
        request.principal = "arn:aws:sts::123456789012:assumed-role/build/job";
        for (const Condition& condition : statement.conditions)
            for (const Word& value : condition.values)
                request.context.add(condition.key.text, value.text);
        const Decision one = decision_of(document, request);
        const Decision other = decision_of(again, request);
        fuzz::require(one.verdict == other.verdict && one.statement == other.statement, "written anew it decides alike",
                      policy_text(document));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Stopwatch watch;
    if (size == 0)
        return 0;
    const auto type = static_cast<PolicyType>(data[0] % 8);
    const std::string_view text = fuzz::view(data + 1, size - 1);
    const Reading reading = read_policy(text, type);
    check_places(text, reading.findings);
    if (!reading.document) {
        fuzz::require(!reading.findings.empty(), "a refusal has a reason", text);
        return 0;
    }
    check_places(text, lint_policy(*reading.document, type));
    const std::string compact = policy_text(*reading.document);
    const Reading again = read_policy(compact, type);
    fuzz::require(again.document.has_value(), "what is written can be read", compact);
    fuzz::require(policy_text(*again.document) == compact, "and is the same", compact);
    check_decisions(*reading.document, *again.document);
    return 0;
}
