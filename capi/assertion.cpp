// Assertions as received, and lists.
#include "guarded.h"

using namespace awsfed;
using namespace awsfed::capi;

namespace {

int64_t unix_ms(const std::optional<Time>& time) { return time ? time->time_since_epoch().count() : -1; }

const RoleOffer* offer_at(const awsfed_assertion* a, size_t index) {
    if (a == nullptr || index >= a->assertion->roles.size())
        return nullptr;
    return &a->assertion->roles[index];
}

} // namespace

awsfed_status awsfed_assertion_parse(const awsfed_context* c, const void* data, size_t n, awsfed_assertion** out,
                                     awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(c);
        AWSFED_TRY(std::string_view bytes, bytes_in(data, n));
        AWSFED_TRY(Assertion assertion, read_assertion(bytes));
        *out = new awsfed_assertion{std::make_shared<const Assertion>(std::move(assertion))};
        return {};
    });
}

const char* awsfed_assertion_text(const awsfed_assertion* a, awsfed_assertion_field field, size_t* n) {
    if (a == nullptr)
        return absent(n);
    const Assertion& assertion = *a->assertion;
    switch (field) {
    case AWSFED_ASSERTION_ISSUER: return text_or_absent(assertion.issuer, n);
    case AWSFED_ASSERTION_SUBJECT: return text_or_absent(assertion.name_id, n);
    case AWSFED_ASSERTION_AUDIENCE:
        return assertion.audiences.empty() ? absent(n) : text_out(assertion.audiences.front(), n);
    case AWSFED_ASSERTION_RECIPIENT: return text_or_absent(assertion.recipient, n);
    case AWSFED_ASSERTION_SESSION_NAME:
        return assertion.session_name ? text_out(*assertion.session_name, n) : absent(n);
    case AWSFED_ASSERTION_ID: return text_or_absent(assertion.id, n);
    default: return absent(n);
    }
}

int awsfed_assertion_is_encrypted(const awsfed_assertion* a) { return a != nullptr && a->assertion->encrypted ? 1 : 0; }

int64_t awsfed_assertion_expires_ms(const awsfed_assertion* a) {
    return a == nullptr ? -1 : unix_ms(a->assertion->not_on_or_after);
}

int64_t awsfed_assertion_session_duration_s(const awsfed_assertion* a) {
    return a != nullptr && a->assertion->session_duration ? *a->assertion->session_duration : -1;
}

size_t awsfed_assertion_role_count(const awsfed_assertion* a) { return a == nullptr ? 0 : a->assertion->roles.size(); }

const char* awsfed_assertion_role_arn(const awsfed_assertion* a, size_t index, size_t* n) {
    const RoleOffer* offer = offer_at(a, index);
    return offer == nullptr ? absent(n) : text_out(offer->role.text(), n);
}

const char* awsfed_assertion_principal_arn(const awsfed_assertion* a, size_t index, size_t* n) {
    const RoleOffer* offer = offer_at(a, index);
    return offer == nullptr ? absent(n) : text_out(offer->provider.text(), n);
}

awsfed_status awsfed_assertion_attribute_names(const awsfed_assertion* a, awsfed_names** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(a);
        auto list = std::make_unique<awsfed_names>();
        for (const auto& [name, values] : a->assertion->attributes)
            list->items.push_back(name);
        *out = list.release();
        return {};
    });
}

awsfed_status awsfed_assertion_attribute(const awsfed_assertion* a, const char* name, size_t n, awsfed_names** out,
                                         awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(a);
        AWSFED_TRY(std::string_view wanted, text_in(name, n));
        auto list = std::make_unique<awsfed_names>();
        for (const auto& [attribute, values] : a->assertion->attributes) {
            if (attribute == wanted)
                list->items.insert(list->items.end(), values.begin(), values.end());
        }
        *out = list.release();
        return {};
    });
}

void awsfed_assertion_free(awsfed_assertion* a) { delete a; }

size_t awsfed_names_count(const awsfed_names* l) { return l == nullptr ? 0 : l->items.size(); }

const char* awsfed_names_at(const awsfed_names* l, size_t index, size_t* n) {
    return index < awsfed_names_count(l) ? text_out(l->items[index], n) : absent(n);
}

void awsfed_names_free(awsfed_names* l) { delete l; }
