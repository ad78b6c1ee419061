#include "http/kerberos_library.h"

#include "base/text.h"
#include "http/kdc.h"
#include "http/kerberos_binding.h"

#include <algorithm>
#include <cerrno>
#include <iterator>

namespace awsfed::kerberos {

namespace {

struct ErrorPlace {
    krb5_error_code error;
    Code sign_in; // of the user, by his key
    Code service; // of a ticket for the service
    std::string_view setting;
};
// RFC 4120, 7.5.9, and what libkrb5 finds by itself. Active Directory says "revoked" of an account that is disabled,
// locked or past its end.
constexpr ErrorPlace places[] = {
    {KRB5KDC_ERR_CLIENT_REVOKED, Code::account_revoked, Code::account_revoked, ""},
    {KRB5KDC_ERR_NAME_EXP, Code::account_expired, Code::account_expired, ""},
    {KRB5KDC_ERR_KEY_EXP, Code::password_expired, Code::password_expired, ""},
    {KRB5KDC_ERR_PREAUTH_FAILED, Code::kerberos_keytab_unusable, Code::kerberos_failed, "kerberos_keytab"},
    {KRB5_PREAUTH_FAILED, Code::kerberos_keytab_unusable, Code::kerberos_failed, "kerberos_keytab"},
    {KRB5KRB_AP_ERR_BAD_INTEGRITY, Code::kerberos_keytab_unusable, Code::kerberos_failed, "kerberos_keytab"},
    {KRB5_KT_NOTFOUND, Code::kerberos_keytab_unusable, Code::kerberos_failed, "kerberos_keytab"},
    {KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, Code::kerberos_keytab_unusable, Code::kerberos_failed, "kerberos_principal"},
    {KRB5KRB_AP_ERR_SKEW, Code::idp_clock_skew, Code::idp_clock_skew, ""},
    {KRB5KRB_AP_ERR_TKT_NYV, Code::idp_clock_skew, Code::idp_clock_skew, ""},
    {KRB5_KDC_UNREACH, Code::kdc_unreachable, Code::kdc_unreachable, ""},
    {KRB5_REALM_UNKNOWN, Code::kdc_unreachable, Code::kdc_unreachable, ""},
    {KRB5_REALM_CANT_RESOLVE, Code::kdc_unreachable, Code::kdc_unreachable, ""},
    {KRB5_CC_NOTFOUND, Code::kerberos_failed, Code::kerberos_no_ticket, "kerberos_cache"},
    {KRB5_FCC_NOFILE, Code::kerberos_failed, Code::kerberos_no_ticket, "kerberos_cache"},
    {KRB5KRB_AP_ERR_TKT_EXPIRED, Code::kerberos_failed, Code::kerberos_no_ticket, "kerberos_cache"},
};

} // namespace

Result<Library> Library::open() {
    AWSFED_CHECK(have_kerberos());
    krb5_context context = nullptr;
    if (const auto error = krb5_init_context(&context); error != 0) {
        const char* words = krb5_get_error_message(nullptr, error);
        Failure failure = fail(Code::kerberos_failed, "Kerberos cannot be used here: {}.", printable(words));
        krb5_free_error_message(nullptr, words);
        return failure;
    }
    return Library(context);
}

std::string Library::words(krb5_error_code error) const {
    const char* text = krb5_get_error_message(context_.get(), error);
    std::string words = printable(text);
    krb5_free_error_message(context_.get(), text);
    while (words.ends_with('.'))
        words.pop_back();
    return words;
}

Failure Library::failure(krb5_error_code error, std::string_view what, Step step) const {
    const auto* place = std::ranges::find(places, error, &ErrorPlace::error);
    if (place == std::end(places))
        return fail(Code::kerberos_failed, "{}: {}.", what, words(error));
    const Code code = step == Step::sign_in ? place->sign_in : place->service;
    Failure failure = fail(code, "{}: {}.", what, words(error));
    if (code == Code::kdc_unreachable)
        return std::move(failure).retry_after_ms(0);
    return code == Code::kerberos_failed ? failure : std::move(failure).setting(place->setting);
}

Patience::Patience(krb5_context context, std::chrono::milliseconds time_max, const Cancel& cancel)
    : context_(context), time_max_(time_max), until_(std::chrono::steady_clock::now() + time_max), cancel_(cancel) {
    krb5_set_kdc_send_hook(context_, before_message, this);
}

Patience::~Patience() { krb5_set_kdc_send_hook(context_, nullptr, nullptr); }

krb5_error_code Patience::before_message(krb5_context, void* self, const krb5_data* realm, const krb5_data* message,
                                         krb5_data**, krb5_data** new_reply) {
    try { // nothing may be thrown through C
        return static_cast<Patience*>(self)->carry(std::string(realm->data, realm->length),
                                                   {message->data, message->length}, new_reply);
    } catch (...) {
        return ENOMEM;
    }
}

krb5_error_code Patience::carry(const std::string& realm, std::string_view message, krb5_data** reply) {
    stopped_ = is_over();
    if (stopped_)
        return ECANCELED;
    std::vector<Url> kdcs = kdcs_of(context_, realm);
    if (kdcs.empty())
        return 0; // libkrb5 goes on by itself
    // One exchange has several messages: who has answered one is asked first, not after those who are silent.
    const auto answered = std::ranges::find(kdcs, answered_, &Url::host_and_port);
    if (answered != kdcs.end())
        std::rotate(kdcs.begin(), answered, answered + 1);
    Result<KdcReply> got = ask_kdcs(context_, kdcs, message, until_, cancel_);
    stopped_ = is_over();
    if (!got) {
        krb5_set_error_message(context_, KRB5_KDC_UNREACH, "No KDC of %s answers", printable(realm).c_str());
        return stopped_ ? ECANCELED : KRB5_KDC_UNREACH;
    }
    answered_ = kdcs[got->kdc].host_and_port();
    std::string& reply_bytes = got->message;
    const krb5_data bytes{0, static_cast<unsigned>(reply_bytes.size()), reply_bytes.data()};
    return krb5_copy_data(context_, &bytes, reply);
}

bool Patience::is_over() const { return cancel_.cancelled() || std::chrono::steady_clock::now() >= until_; }

Failure Patience::why() const {
    if (cancel_.cancelled())
        return fail(Code::cancelled, "The call was cancelled.");
    return fail(Code::kdc_unreachable, "No KDC answered within {} ms.", time_max_.count())
        .setting("timeout")
        .retry_after_ms(0);
}

} // namespace awsfed::kerberos
