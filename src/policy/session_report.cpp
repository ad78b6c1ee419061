#include "policy/session_report.h"

#include "base/text.h"
#include "policy/glob_meet.h"

#include <algorithm>

namespace awsfed::policy {

namespace {

// Statements of a layer, of both versions; a layer of its own.
class Selection {
public:
    Selection() {
        documents_[0].version = Version::v2008;
        documents_[1].version = Version::v2012;
    }

    void add(const Statement& statement, Version version) {
        documents_[version == Version::v2012 ? 1 : 0].statements.push_back(statement);
    }
    Layered layer() const { return {&documents_[0], &documents_[1]}; }

private:
    Document documents_[2];
};

// A statement, its place, and its actions made ready.
struct Entry {
    const Statement* statement;
    Version version;
    std::size_t document;
    std::size_t place;
    std::vector<Glob> actions; // in lower case
};

std::vector<Entry> entries_of(const Layered& layer) {
    std::vector<Entry> entries;
    for (std::size_t document = 0; document < layer.size(); ++document) {
        const auto& statements = layer[document]->statements;
        for (std::size_t place = 0; place < statements.size(); ++place) {
            Entry entry{&statements[place], layer[document]->effective_version(), document, place, {}};
            for (const Word& action : statements[place].actions)
                entry.actions.push_back(Glob::of(lower_ascii(action.text)));
            entries.push_back(std::move(entry));
        }
    }
    return entries;
}

// Could some action be in both lists? Looks at how they begin.
bool may_meet(const std::vector<Glob>& one, const std::vector<Glob>& other) {
    return std::ranges::any_of(one, [&](const Glob& a) {
        return std::ranges::any_of(other, [&](const Glob& b) {
            const auto size = static_cast<std::ptrdiff_t>(std::min(a.head_size(), b.head_size()));
            return std::equal(a.symbols().begin(), a.symbols().begin() + size, b.symbols().begin());
        });
    });
}

class Report {
public:
    Report(const Layered& role, const Layered& session, const CompareOptions& options)
        : role_(role), session_(session), options_(options), budget_(options.steps), of_role_(entries_of(role)),
          of_session_(entries_of(session)) {}

    SessionReport make();

private:
    void add_parts(const Entry& entry);
    void add_part(const Entry& entry, SessionPart part);
    void judge(const Statement& narrowed, const Entry& entry, SessionPart& part);
    bool is_redundant(const Entry& entry);

    enum class Which { all, allows, denies, others };
    // Of some entries those that may meet the actions of a statement.
    void select(const std::vector<Entry>& entries, const Entry& near, Which which, Selection& selection);
    void add_to(Selection& selection, const Entry& entry);

    const Layered& role_;
    const Layered& session_;
    const CompareOptions& options_;
    Budget budget_;
    std::vector<Entry> of_role_, of_session_;
    SessionReport report_;
};

SessionReport Report::make() {
    for (const Entry& entry : of_session_) {
        if (entry.statement->effect != Effect::allow)
            continue;
        add_parts(entry);
        if (of_session_.size() > 1 && is_redundant(entry))
            report_.redundant.push_back({entry.document, entry.place});
    }
    report_.session_within_role = within({&session_, 1}, {&role_, 1}, options_, budget_);
    return std::move(report_);
}

void Report::add_parts(const Entry& entry) {
    const Statement& statement = *entry.statement;
    const std::size_t actions = statement.not_action ? 1 : statement.actions.size();
    const std::size_t resources = statement.not_resource ? 1 : statement.resources.size();
    for (std::size_t action = 0; action < actions; ++action) {
        for (std::size_t resource = 0; resource < resources; ++resource) {
            SessionPart part;
            part.document = entry.document;
            part.statement = entry.place;
            if (!statement.not_action)
                part.action = action;
            if (!statement.not_resource)
                part.resource = resource;
            add_part(entry, std::move(part));
        }
    }
}

void Report::add_part(const Entry& entry, SessionPart part) {
    Statement narrowed = *entry.statement;
    Entry narrowed_entry = entry;
    if (part.action) {
        narrowed.actions = {entry.statement->actions[*part.action]};
        narrowed_entry.actions = {entry.actions[*part.action]};
    }
    if (part.resource)
        narrowed.resources = {entry.statement->resources[*part.resource]};
    narrowed_entry.statement = &narrowed;
    judge(narrowed, narrowed_entry, part);
    report_.parts.push_back(std::move(part));
}

void Report::select(const std::vector<Entry>& entries, const Entry& near, Which which, Selection& selection) {
    for (const Entry& entry : entries) {
        if (budget_.spent())
            return; // whoever asked looks at that, too
        budget_.spend(near.actions.size() * entry.actions.size() + 1);
        const bool allow = entry.statement->effect == Effect::allow;
        if ((which == Which::allows && !allow) || (which == Which::denies && allow))
            continue;
        if (which == Which::others && entry.statement == near.statement)
            continue;
        if (near.statement->not_action || entry.statement->not_action || may_meet(near.actions, entry.actions))
            add_to(selection, entry);
    }
}

void Report::add_to(Selection& selection, const Entry& entry) {
    constexpr std::uint64_t steps_of_a_statement = 200; // to copy it, and to make it ready for a comparison
    budget_.spend(steps_of_a_statement);
    selection.add(*entry.statement, entry.version);
}

// Each question is whether nothing is left: whether all that is left is within nothing.
void Report::judge(const Statement& narrowed, const Entry& entry, SessionPart& part) {
    const struct {
        bool session_denies;
        Which of_role;
        SessionPart::State otherwise;
    } questions[] = {{true, Which::all, SessionPart::useful},
                     {false, Which::all, SessionPart::session_denies},
                     {false, Which::allows, SessionPart::role_denies}};
    for (const auto& question : questions) {
        if (budget_.spent()) {
            part.why = "the budget of steps is spent";
            return;
        }
        Selection session;
        session.add(narrowed, entry.version);
        if (question.session_denies)
            select(of_session_, entry, Which::denies, session);
        Selection role;
        select(of_role_, entry, question.of_role, role);
        const Layered pair[] = {session.layer(), role.layer()};
        const Layered nothing;
        const Within empty = within(pair, {&nothing, 1}, options_, budget_);
        if (empty.answer == Within::yes)
            continue;
        part.state = empty.answer == Within::no ? question.otherwise : SessionPart::unknown;
        part.why = empty.why;
        return;
    }
    part.state = SessionPart::no_role_allow;
}

bool Report::is_redundant(const Entry& entry) {
    if (budget_.spent())
        return false;
    Selection alone;
    alone.add(*entry.statement, entry.version);
    select(of_session_, entry, Which::denies, alone);
    Selection rest;
    select(of_session_, entry, Which::others, rest);
    const Layered one = alone.layer();
    const Layered other = rest.layer();
    return within({&one, 1}, {&other, 1}, options_, budget_).holds();
}

} // namespace

std::string_view name_of(SessionPart::State state) {
    switch (state) {
    case SessionPart::useful: return "useful";
    case SessionPart::no_role_allow: return "no_role_allow";
    case SessionPart::role_denies: return "role_denies";
    case SessionPart::session_denies: return "session_denies";
    default: return "unknown";
    }
}

SessionReport session_report(const Layered& role, const Layered& session, const CompareOptions& options) {
    return Report(role, session, options).make();
}

} // namespace awsfed::policy
