// Policies: questions about all requests at once.
#include "base/limits.h"
#include "base/text.h"
#include "guarded.h"
#include "markup/json_writer.h"
#include "policy/action_table.h"
#include "policy/compare.h"
#include "policy/intersect.h"
#include "policy/session_report.h"
#include "policy/shrink.h"
#include "policy/write.h"

#include <algorithm>

using namespace awsfed;
using namespace awsfed::capi;

namespace {

using policy::Layered;
using policy::Within;

Layered layered(const std::vector<policy::Document>& documents) {
    Layered all;
    for (const policy::Document& one : documents)
        all.push_back(&one);
    return all;
}

policy::CompareOptions options_of(uint64_t steps) {
    policy::CompareOptions options;
    if (steps != 0)
        options.steps = steps;
    return options;
}

std::string_view name_of(Within::Answer answer) {
    return answer == Within::yes ? "yes" : answer == Within::no ? "no" : "unknown";
}

// {"action": "", "resource": "", "context": {"aws:SourceIp": ["10.0.0.1"]}}
void write(JsonWriter& out, const policy::Request& request) {
    out.begin_object().member("action", request.action()).member("resource", request.resource);
    out.key("context").begin_object();
    for (const auto& [key, values] : request.context.entries()) {
        out.key(key).begin_array();
        for (const std::string& value : values)
            out.string(value);
        out.end_array();
    }
    out.end_object().end_object();
}

void write(JsonWriter& out, std::string_view name, const Within& within) {
    out.key(name).begin_object().member("answer", name_of(within.answer));
    if (!within.why.empty())
        out.member("why", within.why);
    if (within.witness) {
        out.key("witness");
        write(out, *within.witness);
    }
    out.end_object();
}

std::string_view answer_of(const policy::Compared& compared) {
    const Within::Answer a = compared.a_within_b.answer;
    const Within::Answer b = compared.b_within_a.answer;
    if (a == Within::unknown || b == Within::unknown)
        return a == Within::no && b == Within::no ? "different" : "unknown";
    if (a == Within::yes)
        return b == Within::yes ? "equal" : "within";
    return b == Within::yes ? "contains" : "different";
}

} // namespace

awsfed_status awsfed_policies_compare(const awsfed_policies* a, const awsfed_policies* b, uint64_t steps,
                                      awsfed_analysis** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(a);
        AWSFED_NEEDS(b);
        const policy::Compared compared =
            policy::compare(layered(a->identity), layered(b->identity), options_of(steps));
        const std::string_view answer = answer_of(compared);
        JsonWriter json;
        json.begin_object().member("answer", answer);
        write(json, "a_within_b", compared.a_within_b);
        write(json, "b_within_a", compared.b_within_a);
        json.end_object();
        *out = new awsfed_analysis{std::string(answer), json.text(), {}};
        return {};
    });
}

// ---- what is left of role and session -----------------------------------------------------------

namespace {

// Without a statement a document is none for AWS: one that allows nothing denies all.
std::string text_of(const policy::Document& document) {
    if (!document.statements.empty())
        return policy::policy_text(document);
    policy::Document nothing;
    nothing.version = policy::Version::v2012;
    policy::Statement& all = nothing.statements.emplace_back();
    all.effect = policy::Effect::deny;
    all.actions.emplace_back("*");
    all.resources.emplace_back("*");
    return policy::policy_text(nothing);
}

// What a layer that is not there amounts to.
policy::Document allowing_everything() {
    policy::Document document;
    document.version = policy::Version::v2012;
    policy::Statement& all = document.statements.emplace_back();
    all.actions.emplace_back("*");
    all.resources.emplace_back("*");
    return document;
}

void write(JsonWriter& out, const policy::EffectiveDocument& one, std::vector<std::string>& documents) {
    documents.push_back(text_of(one.document));
    out.begin_object().member("label", policy::name_of(one.label)).member("document", documents.back());
    out.key("characters").number(code_points(documents.back()));
    if (!one.why.empty())
        out.member("why", one.why);
    if (one.witness) {
        out.key("witness");
        write(out, *one.witness);
    }
    out.end_object();
}

} // namespace

awsfed_status awsfed_policies_intersect(const awsfed_policies* s, uint64_t steps, awsfed_analysis** out,
                                        awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(s);
        using Label = policy::EffectiveDocument::Label;
        const policy::Document everything = allowing_everything();
        const Layered session = s->session.empty() ? Layered{&everything} : layered(s->session);
        const policy::Intersection left = policy::intersect(layered(s->identity), session, options_of(steps));
        const Label label = left.document.label;
        const std::string_view answer = label == Label::exact      ? "exact"
                                        : label == Label::unproved ? "unknown"
                                                                   : "approximate";
        std::vector<std::string> documents;
        JsonWriter json;
        json.begin_object().member("answer", answer).key("documents").begin_array();
        if (label != Label::unproved)
            write(json, left.document, documents);
        if (left.lower && left.lower->label != Label::unproved)
            write(json, *left.lower, documents);
        json.end_array();
        if (label == Label::unproved)
            json.member("why", left.document.why);
        json.end_object();
        *out = new awsfed_analysis{std::string(answer), json.text(), std::move(documents)};
        return {};
    });
}

// ---- what has an effect in a session policy -----------------------------------------------------

namespace {

using policy::SessionPart;
using policy::SessionReport;

// The one word of a list that a part is about, or all that are left out.
std::string words_of(const std::vector<policy::Word>& words, std::optional<std::size_t> index) {
    if (index)
        return words[*index].text;
    std::string out = "all but ";
    for (const policy::Word& word : words)
        out += (&word == &words.front() ? "" : ", ") + word.text;
    return out;
}

bool is_redundant(const SessionReport& report, const SessionPart& part) {
    return std::ranges::any_of(report.redundant, [&](const SessionReport::Redundant& one) {
        return one.document == part.document && one.statement == part.statement;
    });
}

// Parts of a statement stand together.
void write_statements(JsonWriter& out, const SessionReport& report, const std::vector<policy::Document>& session) {
    out.key("statements").begin_array();
    const SessionPart* before = nullptr;
    for (const SessionPart& part : report.parts) {
        const policy::Statement& statement = session[part.document].statements[part.statement];
        if (before == nullptr || before->document != part.document || before->statement != part.statement) {
            if (before != nullptr)
                out.end_array().end_object();
            out.begin_object().key("policy").number(part.document).key("statement").number(part.statement);
            out.key("redundant").boolean(is_redundant(report, part));
            out.key("parts").begin_array();
        }
        out.begin_object().member("action", words_of(statement.actions, part.action));
        out.member("resource", words_of(statement.resources, part.resource));
        out.member("state", policy::name_of(part.state));
        if (!part.why.empty())
            out.member("why", part.why);
        out.end_object();
        before = &part;
    }
    if (before != nullptr)
        out.end_array().end_object();
    out.end_array();
}

std::string_view answer_of(const SessionReport& report) {
    const auto count = [&](auto&& of) { return static_cast<std::size_t>(std::ranges::count_if(report.parts, of)); };
    const std::size_t useful = count([](const SessionPart& one) { return one.state == SessionPart::useful; });
    const std::size_t unknown = count([](const SessionPart& one) { return one.state == SessionPart::unknown; });
    const std::size_t dead = report.parts.size() - useful - unknown;
    if (dead == report.parts.size())
        return "dead";
    if (dead > 0 || !report.redundant.empty())
        return "partly-dead";
    return unknown > 0 ? "unknown" : "useful";
}

} // namespace

awsfed_status awsfed_policies_session_report(const awsfed_policies* s, uint64_t steps, awsfed_analysis** out,
                                             awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(s);
        if (s->session.empty())
            return fail(Code::usage, "There is no session policy to report on.");
        const Layered role = layered(s->identity);
        const Layered session = layered(s->session);
        SessionReport report = policy::session_report(role, session, options_of(steps));
        policy::make_readable(report.session_within_role, session, role);
        const std::string_view answer = answer_of(report);
        JsonWriter json;
        json.begin_object().member("answer", answer).member("data_date", policy::action_data_date());
        write_statements(json, report, s->session);
        write(json, "within_role", report.session_within_role);
        json.end_object();
        *out = new awsfed_analysis{std::string(answer), json.text(), {}};
        return {};
    });
}

// ---- the same in fewer characters ---------------------------------------------------------------

namespace {

Result<policy::ShrinkWish> wish_of(uint32_t flags, size_t chars_max) {
    constexpr uint32_t known = AWSFED_SHRINK_WILDCARDS | AWSFED_SHRINK_SPLIT;
    if ((flags & ~known) != 0)
        return fail(Code::usage, "awsfed_policy_shrink does not know the flags {}.", flags & ~known);
    policy::ShrinkWish wish;
    wish.world = (flags & AWSFED_SHRINK_WILDCARDS) != 0 ? policy::World::closed : policy::World::open;
    if ((flags & AWSFED_SHRINK_SPLIT) != 0)
        wish.chars_max = chars_max;
    return wish;
}

} // namespace

awsfed_status awsfed_policy_shrink(const awsfed_policy* p, uint32_t flags, size_t chars_max, uint64_t steps,
                                   awsfed_analysis** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(p);
        if (!p->object->compiled)
            return fail(Code::policy_malformed, "A policy that AWS refuses cannot be made shorter.");
        const size_t limit = chars_max == 0 ? policy_chars_max : chars_max;
        AWSFED_TRY(const policy::ShrinkWish wish, wish_of(flags, limit));
        policy::Budget budget(steps == 0 ? policy::shrink_steps : steps);
        const policy::Shrunk shrunk = policy::shrink(p->object->document, wish, budget);
        std::vector<std::string> documents;
        bool fits = true;
        for (const policy::Document& document : shrunk.documents) {
            documents.push_back(policy::policy_text(document));
            fits = fits && code_points(documents.back()) <= limit;
        }
        const std::string_view answer = !shrunk.proved ? "unknown" : fits ? "fits" : "too-long";
        JsonWriter json;
        json.begin_object().member("answer", answer).member("world", policy::name_of(shrunk.world));
        if (shrunk.world == policy::World::closed)
            json.member("data_date", shrunk.data_date);
        if (!shrunk.proved)
            json.member("why",
                        "Something shorter was found, but within the bound on work it was not proved to be the same.");
        json.key("characters_before")
            .number(code_points(trimmed(p->object->source)))
            .key("characters_after")
            .number(shrunk.chars_after);
        json.key("characters_max").number(limit).key("documents").begin_array();
        for (const std::string& document : documents)
            json.string(document);
        json.end_array().end_object();
        *out = new awsfed_analysis{std::string(answer), json.text(), std::move(documents)};
        return {};
    });
}

const char* awsfed_analysis_answer(const awsfed_analysis* a, size_t* n) {
    return a == nullptr ? absent(n) : text_out(a->answer, n);
}
const char* awsfed_analysis_json(const awsfed_analysis* a, size_t* n) {
    return a == nullptr ? absent(n) : text_out(a->json, n);
}
size_t awsfed_analysis_document_count(const awsfed_analysis* a) { return a == nullptr ? 0 : a->documents.size(); }
const char* awsfed_analysis_document(const awsfed_analysis* a, size_t index, size_t* n) {
    return index < awsfed_analysis_document_count(a) ? text_out(a->documents[index], n) : absent(n);
}
void awsfed_analysis_free(awsfed_analysis* a) { delete a; }
