// Verdicts, and the assertions that were proved.
#include "flow/verify.h"
#include "guarded.h"

#include <algorithm>

using namespace awsfed;
using namespace awsfed::capi;

namespace {

const char* name_of(Outcome outcome) {
    switch (outcome) {
    case Outcome::passed: return "passed";
    case Outcome::failed: return "failed";
    case Outcome::warned: return "warned";
    case Outcome::skipped: break;
    }
    return "skipped";
}

const RoleOffer* offer_at(const awsfed_verified* a, size_t index) {
    return a != nullptr && index < a->assertion->roles.size() ? &a->assertion->roles[index] : nullptr;
}

const std::pair<std::string, std::string>* tag_at(const awsfed_verified* a, size_t index) {
    return a != nullptr && index < a->assertion->tags.size() ? &a->assertion->tags[index] : nullptr;
}

awsfed_status list_of(const awsfed_verified* a, awsfed_names** out, awsfed_error** err, auto&& items) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(a);
        AWSFED_TRY(std::vector<std::string> list, items(*a->assertion));
        *out = new awsfed_names{std::move(list)};
        return {};
    });
}

} // namespace

awsfed_status awsfed_assertion_verify(const awsfed_context* c, const awsfed_settings* s, const void* data, size_t n,
                                      int64_t at_ms, awsfed_cancel* cancel, awsfed_verdict** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(c);
        AWSFED_TRY(std::string_view bytes, bytes_in(data, n));
        const auto at = at_ms < 0 ? std::optional<Time>() : Time(std::chrono::milliseconds(at_ms));
        AWSFED_TRY(Verdict verdict,
                   verify_response(*c->context, settings_or_none(s), bytes, at, cancel_or_never(cancel)));
        *out = new awsfed_verdict{std::move(verdict)};
        return {};
    });
}

int awsfed_verdict_allows(const awsfed_verdict* v) { return v != nullptr && v->verdict.accepted() ? 1 : 0; }

size_t awsfed_verdict_count(const awsfed_verdict* v) { return v == nullptr ? 0 : v->verdict.checks.size(); }

const char* awsfed_verdict_text(const awsfed_verdict* v, size_t index, awsfed_verdict_field field, size_t* n) {
    if (index >= awsfed_verdict_count(v))
        return absent(n);
    const Check& check = v->verdict.checks[index];
    switch (field) {
    case AWSFED_VERDICT_CHECK: return text_out(check.name, n);
    case AWSFED_VERDICT_OUTCOME: {
        const char* name = name_of(check.outcome);
        return text_out(name, std::strlen(name), n);
    }
    case AWSFED_VERDICT_REASON: return text_or_absent(check.reason, n);
    case AWSFED_VERDICT_VALUE: return text_or_absent(check.value, n);
    case AWSFED_VERDICT_DETAIL: return text_or_absent(check.detail, n);
    default: return absent(n);
    }
}

const char* awsfed_verdict_trust(const awsfed_verdict* v, size_t* n) {
    return v == nullptr ? absent(n) : text_out(v->verdict.origin, n);
}

awsfed_status awsfed_verdict_verified(const awsfed_verdict* v, awsfed_verified** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(v);
        if (!v->verdict.accepted()) {
            const Check* failure = v->verdict.failure();
            const bool replayed = failure && failure->reason == "replay";
            return fail(replayed ? Code::assertion_replayed : Code::assertion_unproved,
                        "The SAML response is refused: {}", failure ? failure->detail : "")
                .peer(failure ? failure->reason : "");
        }
        awsfed_verified made{*v->verdict.assertion, {}};
        for (const RoleOffer& offer : made.assertion->roles)
            made.name_qualifiers.push_back(predicted_name_qualifier(made.assertion->issuer, offer.provider));
        *out = new awsfed_verified{std::move(made)};
        return {};
    });
}

void awsfed_verdict_free(awsfed_verdict* v) { delete v; }

const char* awsfed_verified_text(const awsfed_verified* a, awsfed_verified_field field, size_t* n) {
    if (a == nullptr)
        return absent(n);
    const Assertion& assertion = *a->assertion;
    const auto optional = [n](const std::optional<std::string>& text) { return text ? text_out(*text, n) : absent(n); };
    switch (field) {
    case AWSFED_VERIFIED_ISSUER: return text_or_absent(assertion.issuer, n);
    case AWSFED_VERIFIED_SUBJECT: return text_or_absent(assertion.name_id, n);
    case AWSFED_VERIFIED_SUBJECT_FORMAT: return text_or_absent(assertion.name_id_format, n);
    case AWSFED_VERIFIED_ID: return text_or_absent(assertion.id, n);
    case AWSFED_VERIFIED_RECIPIENT: return text_or_absent(assertion.recipient, n);
    case AWSFED_VERIFIED_SESSION_NAME: return optional(assertion.session_name);
    case AWSFED_VERIFIED_SOURCE_IDENTITY: return optional(assertion.source_identity);
    case AWSFED_VERIFIED_NOT_ON_OR_AFTER: return text_or_absent(assertion.not_on_or_after_text, n);
    case AWSFED_VERIFIED_SESSION_NOT_ON_OR_AFTER: return text_or_absent(assertion.session_not_on_or_after_text, n);
    default: return absent(n);
    }
}

int64_t awsfed_verified_expires_ms(const awsfed_verified* a) {
    return a != nullptr && a->assertion->not_on_or_after ? a->assertion->not_on_or_after->time_since_epoch().count()
                                                         : -1;
}

int64_t awsfed_verified_session_duration_s(const awsfed_verified* a) {
    return a != nullptr && a->assertion->session_duration ? *a->assertion->session_duration : -1;
}

size_t awsfed_verified_role_count(const awsfed_verified* a) { return a == nullptr ? 0 : a->assertion->roles.size(); }

const char* awsfed_verified_role_arn(const awsfed_verified* a, size_t index, size_t* n) {
    const RoleOffer* offer = offer_at(a, index);
    return offer == nullptr ? absent(n) : text_out(offer->role.text(), n);
}

const char* awsfed_verified_principal_arn(const awsfed_verified* a, size_t index, size_t* n) {
    const RoleOffer* offer = offer_at(a, index);
    return offer == nullptr ? absent(n) : text_out(offer->provider.text(), n);
}

const char* awsfed_verified_name_qualifier(const awsfed_verified* a, size_t index, size_t* n) {
    return offer_at(a, index) == nullptr ? absent(n) : text_out(a->name_qualifiers[index], n);
}

size_t awsfed_verified_tag_count(const awsfed_verified* a) { return a == nullptr ? 0 : a->assertion->tags.size(); }

const char* awsfed_verified_tag_key(const awsfed_verified* a, size_t index, size_t* n) {
    const auto* tag = tag_at(a, index);
    return tag == nullptr ? absent(n) : text_out(tag->first, n);
}

const char* awsfed_verified_tag_value(const awsfed_verified* a, size_t index, size_t* n) {
    const auto* tag = tag_at(a, index);
    return tag == nullptr ? absent(n) : text_out(tag->second, n);
}

awsfed_status awsfed_verified_transitive_tag_keys(const awsfed_verified* a, awsfed_names** out, awsfed_error** err) {
    return list_of(a, out, err,
                   [](const Assertion& one) -> Result<std::vector<std::string>> { return one.transitive_tag_keys; });
}

awsfed_status awsfed_verified_attribute_names(const awsfed_verified* a, awsfed_names** out, awsfed_error** err) {
    return list_of(a, out, err, [](const Assertion& one) -> Result<std::vector<std::string>> {
        std::vector<std::string> names;
        for (const auto& [name, values] : one.attributes)
            names.push_back(name);
        return names;
    });
}

awsfed_status awsfed_verified_attribute(const awsfed_verified* a, const char* name, size_t n, awsfed_names** out,
                                        awsfed_error** err) {
    return list_of(a, out, err, [&](const Assertion& one) -> Result<std::vector<std::string>> {
        AWSFED_TRY(std::string_view wanted, text_in(name, n));
        const auto found = std::ranges::find(one.attributes, wanted, [](const auto& known) { return known.first; });
        return found == one.attributes.end() ? std::vector<std::string>() : found->second;
    });
}

void awsfed_verified_free(awsfed_verified* a) { delete a; }
