// What is kept, and the end of it.
#include "flow/kept.h"
#include "guarded.h"

using namespace awsfed;
using namespace awsfed::capi;

namespace {

const awsfed_kept::Item* item_of(const awsfed_kept* k, size_t index) {
    return k != nullptr && index < k->items.size() ? &k->items[index] : nullptr;
}

int64_t time_of(const std::optional<Time>& time) { return time ? time->time_since_epoch().count() : -1; }

} // namespace

awsfed_status awsfed_kept_list(const awsfed_context* c, const awsfed_settings* s, awsfed_cancel* cancel,
                               awsfed_kept** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(c);
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_TRY(std::vector<KeptFacts> all, list_kept(*c->context, settings_or_none(s), cancel_or_never(cancel)));
        auto made = std::make_unique<awsfed_kept>();
        for (KeptFacts& one : all)
            made->items.push_back({one.id(), std::string(kind_name(one.kind)), std::move(one)});
        *out = made.release();
        return {};
    });
}

size_t awsfed_kept_count(const awsfed_kept* k) { return k != nullptr ? k->items.size() : 0; }

const char* awsfed_kept_text(const awsfed_kept* k, size_t index, awsfed_kept_field field, size_t* n) {
    const awsfed_kept::Item* item = item_of(k, index);
    if (item == nullptr)
        return absent(n);
    const KeptFacts& facts = item->facts;
    switch (field) {
    case AWSFED_KEPT_ID: return text_out(item->id, n);
    case AWSFED_KEPT_KIND: return text_out(item->kind, n);
    case AWSFED_KEPT_CONNECTOR: return text_or_absent(facts.connector, n);
    case AWSFED_KEPT_USER: return text_or_absent(facts.user, n);
    case AWSFED_KEPT_PRINCIPAL: return text_or_absent(facts.principal, n);
    case AWSFED_KEPT_TARGET: return text_or_absent(facts.target, n);
    case AWSFED_KEPT_ROLE_ARN: return text_or_absent(facts.role_arn, n);
    case AWSFED_KEPT_ACCOUNT: return text_or_absent(facts.account, n);
    case AWSFED_KEPT_SESSION_ARN: return text_or_absent(facts.session_arn, n);
    case AWSFED_KEPT_SOURCE_IDENTITY: return text_or_absent(facts.source_identity, n);
    default: return absent(n);
    }
}

int64_t awsfed_kept_since_ms(const awsfed_kept* k, size_t index) {
    const awsfed_kept::Item* item = item_of(k, index);
    return item != nullptr ? time_of(item->facts.since) : -1;
}

int64_t awsfed_kept_expires_ms(const awsfed_kept* k, size_t index) {
    const awsfed_kept::Item* item = item_of(k, index);
    return item != nullptr ? time_of(item->facts.until) : -1;
}

int64_t awsfed_kept_attempts(const awsfed_kept* k, size_t index) {
    const awsfed_kept::Item* item = item_of(k, index);
    return item != nullptr ? static_cast<int64_t>(item->facts.attempts) : 0;
}

void awsfed_kept_free(awsfed_kept* k) { delete k; }

awsfed_status awsfed_kept_erase(const awsfed_context* c, const awsfed_settings* s, const char* id, size_t id_n,
                                const char* user, size_t user_n, awsfed_cancel* cancel, size_t* count,
                                awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(c);
        if (count != nullptr)
            *count = 0;
        KeptChoice choice;
        for (const auto& [text, size, place] : {std::tuple(id, id_n, &choice.id), {user, user_n, &choice.user}}) {
            if (text == nullptr)
                continue;
            AWSFED_TRY(const std::string_view given, text_in(text, size));
            if (given.empty()) // a variable that is not set must not mean everything
                return fail(Code::usage, "What is to be erased is given as an empty text.");
            *place = given;
        }
        AWSFED_TRY(const size_t erased, erase_kept(*c->context, settings_or_none(s), choice, cancel_or_never(cancel)));
        if (count != nullptr)
            *count = erased;
        return {};
    });
}

awsfed_status awsfed_forget(const awsfed_context* c, const awsfed_settings* s, awsfed_cancel* cancel,
                            awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(c);
        return forget(*c->context, settings_or_none(s), cancel_or_never(cancel));
    });
}
