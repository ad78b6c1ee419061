// The family policy-intersect: a role and a session, what is left of both, and what in the session is dead.
#include "vectors/policy_case.h"
#include "vectors/report.h"

#include "policy/intersect.h"
#include "policy/session_report.h"
#include "vectors/json_tree.h"

#include <fmt/format.h>

#include <algorithm>

namespace vectors {

namespace {

using namespace awsfed::policy;

// The documents of one layer, and the same made ready to be asked.
struct Side {
    explicit Side(std::vector<Document> list) : documents(std::move(list)) {
        for (const Document& document : documents) {
            layer.push_back(&document);
            compiled.emplace_back(document);
        }
    }
    bool allows(const Request& request) const { return region_allows(compiled, request); }

    std::vector<Document> documents;
    Layered layer;
    Documents compiled;
};

std::string_view word(bool allow) { return allow ? "allow" : "no allow"; }

void judge_label(Case& one, const EffectiveDocument& effective, const Side& document, const Request& request,
                 bool both) {
    const bool allowed = document.allows(request);
    const std::string what =
        fmt::format("{} document at {} {}", name_of(effective.label), request.action(), request.resource);
    if (effective.label == EffectiveDocument::exact || (effective.label == EffectiveDocument::upper && both) ||
        (effective.label == EffectiveDocument::lower && !both))
        one.equal(what, word(both), word(allowed));
}

void judge_document(Case& one, const Json& entry, const EffectiveDocument& effective, const Side& role,
                    const Side& session) {
    if (effective.label == EffectiveDocument::unproved)
        one.fail("a document that is proved", effective.why);
    const Side document({effective.document});
    for (const Json& probe : entry["probes"].items()) {
        Request request(probe["action"].text(), probe["resource"].text());
        request.context = context_of(probe["context"]);
        const bool both = probe["allow"].is_true();
        one.equal("role and session", word(both), word(role.allows(request) && session.allows(request)));
        judge_label(one, effective, document, request, both);
    }
    if (effective.witness) {
        const bool both = role.allows(*effective.witness) && session.allows(*effective.witness);
        one.equal("witness", word(!both), word(document.allows(*effective.witness)));
    }
    if (effective.label == EffectiveDocument::exact)
        one.equal("empty", entry["empty"].is_true() ? "yes" : "no",
                  effective.document.statements.empty() ? "yes" : "no");
}

// Statements are counted through all documents of the session.
std::size_t number_of(const Side& session, std::size_t document, std::size_t statement) {
    for (std::size_t i = 0; i < document; ++i)
        statement += session.documents[i].statements.size();
    return statement;
}

std::string text_of(const Json& words) {
    std::string text;
    for (const Json& item : words.items())
        text += item.text() + " ";
    return words.is_array() ? "not " + text : words.text() + " ";
}

std::string text_of(const std::vector<Word>& words, std::optional<std::size_t> place) {
    if (place)
        return words[*place].text + " ";
    std::string text = "not ";
    for (const Word& each : words)
        text += each.text + " ";
    return text;
}

std::string dead_of(const Json& entry) {
    std::vector<std::string> parts;
    for (const Json& dead : entry["dead"].items())
        parts.push_back(fmt::format(
            "{} {}{}{}; ", dead["statement"].text(), text_of(dead.has("Action") ? dead["Action"] : dead["NotAction"]),
            text_of(dead.has("Resource") ? dead["Resource"] : dead["NotResource"]), dead["state"].text()));
    std::ranges::sort(parts);
    return fmt::format("{}", fmt::join(parts, ""));
}

std::string dead_of(const SessionReport& report, const Side& session) {
    std::vector<std::string> parts;
    for (const SessionPart& part : report.parts) {
        const Statement& statement = session.documents[part.document].statements[part.statement];
        if (part.state != SessionPart::useful)
            parts.push_back(fmt::format("{} {}{}{}; ", number_of(session, part.document, part.statement),
                                        text_of(statement.actions, part.action),
                                        text_of(statement.resources, part.resource), name_of(part.state)));
    }
    std::ranges::sort(parts);
    return fmt::format("{}", fmt::join(parts, ""));
}

void judge_report(Case& one, const Json& entry, const Side& role, const Side& session) {
    const SessionReport report = session_report(role.layer, session.layer, {});
    one.equal("dead", dead_of(entry), dead_of(report, session));
    std::string expected;
    std::string redundant;
    for (const Json& number : entry["redundant_statements"].items())
        expected += number.text() + " ";
    for (const auto& [document, statement] : report.redundant)
        redundant += fmt::format("{} ", number_of(session, document, statement));
    one.equal("redundant statements", expected, redundant);
    const Within& within = report.session_within_role;
    if (within.answer == Within::unknown)
        one.fail("an answer whether the session is within the role", within.why);
    one.equal("session within role", entry["session_subset_of_role"].is_true() ? "yes" : "no",
              within.holds() ? "yes" : "no");
    if (within.witness)
        one.is_true("the escape is one", session.allows(*within.witness) && !role.allows(*within.witness));
}

void judge(Case& one, const Json& entry) {
    const Side role(documents_of(entry["role"], PolicyType::identity));
    const Side session(documents_of(entry["session"], PolicyType::session));
    const Intersection found = intersect(role.layer, session.layer, {});
    judge_document(one, entry, found.document, role, session);
    if (found.lower)
        judge_document(one, entry, *found.lower, role, session);
    judge_report(one, entry, role, session);
}

} // namespace

void run_policy_intersect(const std::filesystem::path& path, Report& report) {
    for (const Json& file : json_files(path))
        for (const Json& entry : file["cases"].items()) {
            Case one(report, entry["id"].text());
            judge(one, entry);
        }
}

} // namespace vectors
