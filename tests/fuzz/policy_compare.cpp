// Two policies: what is said of them holds. A witness is real, the label of what is left of both is kept at requests
// made of their own words, and each is within itself.
#include "fuzz/fuzz.h"

#include "policy/compare.h"
#include "policy/compiled.h"
#include "policy/intersect.h"
#include "policy/read.h"
#include "policy/session_report.h"
#include "policy/write.h"

using namespace awsfed::policy;

namespace {

constexpr CompareOptions options{.steps = 300'000, .known_actions = {}};

bool allows(const Document& document, const Request& request) {
    std::vector<CompiledPolicy> documents;
    documents.emplace_back(document);
    return region_allows(documents, request);
}

void check_within(const Within& within, const Document& one, const Document& other) {
    fuzz::require((within.answer == Within::no) == within.witness.has_value(), "a no has a witness, and nothing else");
    fuzz::require(within.answer != Within::unknown || !within.why.empty(), "what is unknown has a reason");
    if (within.witness)
        fuzz::require(allows(one, *within.witness) && !allows(other, *within.witness), "a witness is real",
                      policy_text(one) + policy_text(other));
}

void check_label(const EffectiveDocument& effective, const Request& request, bool both) {
    const bool allowed = allows(effective.document, request);
    const bool kept = effective.label == EffectiveDocument::exact   ? allowed == both
                      : effective.label == EffectiveDocument::upper ? allowed || !both
                      : effective.label == EffectiveDocument::lower ? both || !allowed
                                                                    : true;
    fuzz::require(kept, "a label is kept", policy_text(effective.document) + " " + request.resource);
}

// Plain operators are taken to ask for one value, so a key has one here.
std::vector<Request> requests_of(const Document& document) {
    std::vector<Request> requests;
    for (const Statement& statement : document.statements) {
        if (statement.actions.empty() || statement.resources.empty())
            continue;
        Request& request = requests.emplace_back(statement.actions.front().text, statement.resources.front().text);
        for (const Condition& condition : statement.conditions) {
            if (!condition.values.empty())
                request.context.set(condition.key.text, {condition.values.front().text});
        }
    }
    return requests;
}

void check_requests(const Intersection& found, const Document& role, const Document& session) {
    for (const Document* document : {&role, &session}) {
        for (const Request& request : requests_of(*document)) {
            const bool both = allows(role, request) && allows(session, request);
            check_label(found.document, request, both);
            if (found.lower)
                check_label(*found.lower, request, both);
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Stopwatch watch;
    const std::string_view text = fuzz::view(data, size);
    const std::size_t mark = text.find("%%%%");
    if (mark == text.npos)
        return 0;
    const auto role = read_policy(text.substr(0, mark), PolicyType::identity).document;
    const auto session = read_policy(text.substr(mark + 4), PolicyType::identity).document;
    if (!role || !session)
        return 0;
    const Compared compared = compare({&*role}, {&*session}, options);
    check_within(compared.a_within_b, *role, *session);
    check_within(compared.b_within_a, *session, *role);
    fuzz::require(compare({&*role}, {&*role}, options).a_within_b.answer != Within::no, "all is within itself",
                  policy_text(*role));
    check_requests(intersect({&*role}, {&*session}, options), *role, *session);
    const SessionReport report = session_report({&*role}, {&*session}, options);
    check_within(report.session_within_role, *session, *role);
    return 0;
}
