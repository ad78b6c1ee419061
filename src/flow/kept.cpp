#include "flow/kept.h"

#include "base/text.h"
#include "cache/entry.h"
#include "cache/ledger.h"
#include "flow/kept_session.h"
#include "flow/ledger_gate.h"
#include "flow/process_ledger.h"

#include <algorithm>
#include <utility>

namespace awsfed {

namespace {

constexpr std::size_t id_chars_min = 8;

std::optional<KeptFacts> facts_of_entry(std::string_view bytes) {
    const auto entry = read_entry(bytes);
    if (!entry)
        return std::nullopt;
    const Credentials& keys = entry->credentials;
    const auto remaining = remaining_of(*entry, SystemClock().now(), time_since_boot());
    KeptFacts facts{.kind = RecordKind::credentials};
    facts.connector = entry->connector;
    facts.user = entry->user;
    facts.principal = entry->principal;
    facts.role_arn = keys.role_arn;
    facts.account = keys.account;
    facts.session_arn = keys.session_arn;
    facts.source_identity = keys.source_identity;
    facts.since = entry->kept;
    facts.until = SystemClock().now() + std::chrono::duration_cast<std::chrono::milliseconds>(remaining);
    return facts;
}

std::optional<KeptFacts> facts_of_session(std::string_view bytes) {
    const auto session = session_facts(bytes);
    if (!session)
        return std::nullopt;
    KeptFacts facts{.kind = RecordKind::session};
    facts.user = session->user;
    facts.since = session->begun;
    facts.until = session->until;
    return facts;
}

std::optional<KeptFacts> facts_of_attempts(std::string_view bytes) {
    const auto ledger = Ledger::facts_of(bytes);
    if (!ledger)
        return std::nullopt;
    KeptFacts facts{.kind = RecordKind::attempts};
    facts.user = ledger->account.user;
    facts.target = ledger->account.target;
    facts.attempts = ledger->attempts;
    return facts;
}

std::optional<KeptFacts> facts_of(RecordKind kind, std::string_view bytes) {
    switch (kind) {
    case RecordKind::credentials: return facts_of_entry(bytes);
    case RecordKind::session: return facts_of_session(bytes);
    case RecordKind::attempts: return facts_of_attempts(bytes);
    case RecordKind::codes: return std::nullopt; // gone in minutes, and nobody's
    }
    std::unreachable();
}

Result<void> list_store(const SealedStore& store, bool in_memory, std::vector<KeptFacts>& all, const Cancel& cancel) {
    for (const RecordKind kind : {RecordKind::credentials, RecordKind::session, RecordKind::attempts}) {
        AWSFED_TRY(const auto records, store.all(kind, cancel));
        for (const SealedStore::Record& record : records) {
            std::optional<KeptFacts> facts = facts_of(kind, record.bytes.reveal());
            if (!facts)
                continue;
            facts->key = record.key;
            facts->in_memory = in_memory;
            all.push_back(*std::move(facts));
        }
    }
    return {};
}

void list_memory(const Context& context, std::vector<KeptFacts>& all) {
    for (MemoryStore::Facts& one : context.cache().memory().facts()) {
        const bool is_listed = std::ranges::any_of(all, [&](const KeptFacts& other) { return other.key == one.key; });
        if (is_listed)
            continue;
        KeptFacts facts{.kind = RecordKind::credentials, .key = one.key, .in_memory = true};
        facts.connector = std::move(one.whose.connector);
        facts.user = std::move(one.whose.user);
        facts.principal = std::move(one.whose.principal);
        facts.role_arn = std::move(one.role_arn);
        facts.account = std::move(one.account);
        facts.session_arn = std::move(one.session_arn);
        facts.until = SystemClock().now() + std::chrono::duration_cast<std::chrono::milliseconds>(one.remaining);
        all.push_back(std::move(facts));
    }
}

using StorePointer = std::shared_ptr<const SealedStore>;

// Null where the settings name none.
Result<StorePointer> store_of(const Context& context, const Settings& settings, const Cancel& cancel) {
    return keeps_in_store(settings) ? context.stores().open(settings, cancel) : Result<StorePointer>(nullptr);
}

// Who comes by a connector sees what came by it, for him.
bool is_for(const KeptFacts& facts, const Settings& settings) {
    if (settings.connector().empty() || facts.kind != RecordKind::credentials)
        return true;
    const std::string principal = settings.principal() != nullptr ? settings.principal()->name : "";
    return facts.connector == settings.connector() && facts.principal == principal;
}

Result<std::vector<KeptFacts>> list_all(const Context& context, const Settings& settings, const StorePointer& store,
                                        const Cancel& cancel) {
    std::vector<KeptFacts> all;
    if (store) {
        AWSFED_CHECK(list_store(*store, false, all, cancel));
    }
    for (const StorePointer& own : {context.own_store(), process_ledger()})
        AWSFED_CHECK(list_store(*own, true, all, cancel));
    list_memory(context, all);
    std::erase_if(all, [&](const KeptFacts& one) { return !is_for(one, settings); });
    return all;
}

// Refuses a beginning that several have.
Result<void> choose(std::vector<KeptFacts>& all, const KeptChoice& choice) {
    const bool is_of_attempts = std::ranges::any_of(all, [&](const KeptFacts& one) {
        return one.kind == RecordKind::attempts && !choice.id.empty() && one.id().starts_with(choice.id);
    });
    std::erase_if(all, [&](const KeptFacts& one) {
        const bool is_meant = choice.id.empty() ? choice.user.empty() || equal_ignoring_case(one.user, choice.user)
                                                : one.id().starts_with(choice.id);
        return one.kind == RecordKind::attempts || !is_meant;
    });
    if (choice.id.empty())
        return {};
    if (all.empty() && is_of_attempts)
        return fail(Code::usage,
                    "\"{}\" is what was tried by a user; it is forgotten by awsfed_forget, `awsfed forget`.",
                    printable(choice.id, 80));
    if (choice.id.size() < id_chars_min || all.size() > 1)
        return fail(Code::usage, "\"{}\" may mean several; give more of the id.", printable(choice.id, 80));
    if (all.empty())
        return fail(Code::usage, "Nothing of the id \"{}\" is kept.", printable(choice.id, 80));
    return {};
}

} // namespace

std::string KeptFacts::id() const { return hex(key); }

std::string_view kind_name(RecordKind kind) {
    switch (kind) {
    case RecordKind::credentials: return "credentials";
    case RecordKind::session: return "session";
    case RecordKind::attempts: return "attempts";
    case RecordKind::codes: return "codes";
    }
    std::unreachable();
}

Result<std::vector<KeptFacts>> list_kept(const Context& context, const Settings* call, const Cancel& cancel) {
    AWSFED_TRY(const Settings settings, context.settings_for(call));
    AWSFED_TRY(const StorePointer store, store_of(context, settings, cancel));
    return list_all(context, settings, store, cancel);
}

Result<std::size_t> erase_kept(const Context& context, const Settings* call, const KeptChoice& choice,
                               const Cancel& cancel) {
    AWSFED_TRY(const Settings settings, context.settings_for(call));
    AWSFED_TRY(const StorePointer store, store_of(context, settings, cancel));
    AWSFED_TRY(std::vector<KeptFacts> all, list_all(context, settings, store, cancel));
    AWSFED_CHECK(choose(all, choice));
    for (const KeptFacts& one : all) {
        if (one.kind == RecordKind::credentials)
            context.cache().memory().erase(one.key);
        const StorePointer& place = one.in_memory ? context.own_store() : store;
        AWSFED_CHECK(place->erase(one.kind, one.key, cancel));
    }
    if (choice.id.empty())
        context.sign_ins().drop_all(); // of another user, too: it costs him a sign-in
    return all.size();
}

Result<void> forget(const Context& context, const Settings* call, const Cancel& cancel) {
    AWSFED_TRY(const Settings settings, context.settings_for(call));
    return forget_attempts(context, settings, cancel);
}

} // namespace awsfed
