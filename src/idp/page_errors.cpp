// What a verdict means for the one who signs in.
#include "idp/page_rules.h"

#include "base/text.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace awsfed {

namespace {

// AD FS's codes that have an error of their own
// (https://learn.microsoft.com/windows-server/identity/ad-fs/troubleshooting/).
struct MsisRow {
    std::string_view code;
    Code error;
    std::string_view meaning; // the sentence goes on behind "AD FS says that "
};
constexpr std::array msis_rows{
    MsisRow{"MSIS0037", Code::sign_in_request_refused, "it has nothing to check the request's signature with"},
    MsisRow{"MSIS0038", Code::sign_in_request_refused, "the request's signature is wrong"},
    MsisRow{"MSIS3127", Code::idp_internal, "it could not carry out the request"},
    MsisRow{"MSIS3173", Code::idp_internal, "it could not check the account at the directory"},
    MsisRow{"MSIS3200", Code::sign_in_request_refused, "the relying party has no address for the response"},
    MsisRow{"MSIS5000", Code::device_demanded, "the certificate of a registered device is missing"},
    MsisRow{"MSIS7000", Code::sign_in_request_refused, "the request is no valid one"},
    MsisRow{"MSIS7009", Code::sign_in_request_refused, "the request is malformed"},
    MsisRow{"MSIS7012", Code::idp_internal, "something failed while it handled the request"},
    MsisRow{"MSIS7015", Code::sign_in_request_refused, "the request is not one of the expected protocol"},
    MsisRow{"MSIS7066", Code::idp_internal, "the authentication failed on its side"},
    MsisRow{"MSIS7070", Code::sign_in_request_refused,
            "the response would be a failure, by the rules of the relying party"},
    MsisRow{"MSIS7001", Code::context_lost, "it has lost the context of the sign-in"},
    MsisRow{"MSIS7007", Code::relying_party_unknown, "it does not know the relying party, or not for this user"},
    MsisRow{"MSIS7042", Code::sign_in_loop, "too many sign-ins came in a short time"},
    MsisRow{"MSIS7065", Code::page_disabled, "nothing is served at this address: the IdP-initiated page is turned off"},
    MsisRow{"MSIS7068", Code::idp_denied, "access is denied"},
    MsisRow{"MSIS5007", Code::idp_denied, "the user may not have this relying party"},
    MsisRow{"MSIS7085", Code::signed_request_required, "the request must be signed"},
    MsisRow{"MSIS7093", Code::signed_request_required, "the request must be signed in another way"},
    MsisRow{"MSIS7102", Code::windows_sign_in_only, "the way to sign in that was asked for is not available here"},
    MsisRow{"MSIS7121", Code::certificate_sign_in_refused, "no certificate came that can be used"},
    MsisRow{"MSIS7122", Code::certificate_sign_in_refused, "no account belongs to the certificate"},
};
constexpr std::int64_t loop_wait_ms = 20'000; // AD FS counts requests within 20 seconds

// The page's own words, as the end of a sentence.
std::string quoted(const PageVerdict& verdict) {
    std::string_view text = verdict.error_text;
    if (text.ends_with('.') && !text.ends_with(".."))
        text.remove_suffix(1);
    return text.empty() ? "." : fmt::format(": \"{}\".", text);
}

std::string listed(const PageVerdict& verdict) {
    std::string lines;
    for (const std::string& choice : verdict.choices)
        lines += "\n" + printable(choice, 120);
    return lines;
}

Failure msis_failure(const PageVerdict& verdict) {
    const auto* row = std::ranges::find(msis_rows, verdict.code, &MsisRow::code);
    if (row == msis_rows.end())
        return fail(Code::idp_error, "AD FS shows an error page with the code {}.", verdict.code);
    Failure failure = fail(row->error, "AD FS says that {} ({}).", row->meaning, verdict.code);
    if (row->error == Code::relying_party_unknown)
        return std::move(failure).setting("relying_party");
    if (row->error == Code::certificate_sign_in_refused)
        return std::move(failure).setting("client_certificate");
    if (row->error == Code::page_disabled)
        return std::move(failure).setting("adfs_entry");
    if (row->error == Code::sign_in_loop)
        return std::move(failure).retry_after_ms(loop_wait_ms);
    return failure;
}

Failure factor_failure(const PageVerdict& verdict) {
    if (!verdict.adapter.empty())
        return fail(Code::second_factor_demanded, "The identity provider demands a second factor: \"{}\".",
                    verdict.adapter)
            .peer(verdict.adapter);
    if (!verdict.choices.empty())
        return fail(Code::second_factor_demanded, "The identity provider demands a second factor: {}.",
                    printable(fmt::format("{}", fmt::join(verdict.choices, " or "))));
    return fail(Code::second_factor_demanded, "The identity provider demands a second factor.");
}

Failure choice_failure(const PageVerdict& verdict) {
    const bool realm = verdict.kind == PageClass::home_realm_choice;
    Failure failure = realm ? fail(Code::home_realm_asked, "AD FS asks which organisation the account belongs to.")
                            : fail(Code::relying_party_asked, "AD FS asks for which application the sign-in is.")
                                  .setting("relying_party_guid");
    if (verdict.choices.empty())
        return failure;
    const std::string_view general = row_of(realm ? Code::home_realm_asked : Code::relying_party_asked).advice;
    return std::move(failure).advice(fmt::format("{}\nAD FS offers:{}", general, listed(verdict)));
}

Failure denied_failure(const PageVerdict& verdict) {
    return fail(Code::idp_denied, "The identity provider does not let the user sign in to AWS{}", quoted(verdict));
}

Failure failure_of(const PageVerdict& verdict, const PageContext& context) {
    const std::string host = context.url.host_and_port();
    switch (verdict.kind) {
    case PageClass::credentials_refused:
        return fail(Code::credentials_refused, "The identity provider at {} refused the user name or password.",
                    context.url.origin());
    case PageClass::account_disabled:
        return fail(Code::account_disabled, "The identity provider at {} says that the account is disabled.", host);
    case PageClass::password_expired:
        return fail(Code::password_expired, "The identity provider at {} demands a new password.", host);
    case PageClass::mfa_required: return factor_failure(verdict);
    case PageClass::mfa_enrolment_required:
        return fail(Code::second_factor_setup, "The identity provider at {} demands that a second factor is set up.",
                    host);
    case PageClass::captcha:
        return fail(Code::human_check, "The identity provider at {} wants to know that a person is signing in.", host);
    case PageClass::home_realm_choice:
    case PageClass::relying_party_choice: return choice_failure(verdict);
    case PageClass::interstitial_post:
        return fail(Code::page_unknown, "{} shows a page between that only a script sends on.", context.url.origin());
    case PageClass::interstitial_consent:
        return fail(Code::consent_asked, "{} asks for consent to what it will tell AWS.", context.url.origin());
    case PageClass::saml_post_foreign:
        return fail(Code::response_foreign, "The identity provider sends its response to {}, not to AWS.",
                    verdict.next.empty() ? "an address that cannot be read" : verdict.next);
    case PageClass::wsfed_post:
        return fail(Code::ws_federation, "The identity provider at {} answers by WS-Federation.", host);
    case PageClass::idp_error:
        if (!verdict.code.empty())
            return msis_failure(verdict);
        return fail(Code::idp_error, "The identity provider at {} shows an error page{}", host, quoted(verdict));
    case PageClass::access_denied: return verdict.code.empty() ? denied_failure(verdict) : msis_failure(verdict);
    case PageClass::script_app:
    case PageClass::script_redirect:
        return fail(Code::script_page, "The page at {} is made by scripts and has no sign-in form.",
                    context.url.origin());
    case PageClass::clock_skew_suspected:
        return fail(Code::idp_clock_skew, "{} did not take the time in the request.", context.url.origin());
    case PageClass::endpoint_unavailable: return fail(Code::service_failed, "{} is not available.", host);
    case PageClass::not_idp:
    case PageClass::aws_role_chooser:
        return fail(Code::not_idp, "{} shows a page that is no sign-in.", context.url.origin());
    default: return fail(Code::page_unknown, "{} shows a page that awsfed does not understand.", context.url.origin());
    }
}

} // namespace

Error error_of(const PageVerdict& verdict, const PageContext& context) {
    if (verdict.why)
        return *verdict.why;
    Error error = failure_of(verdict, context).take();
    if (error.peer.empty())
        error.peer = verdict.code;
    error.trace = verdict.reference;
    return error;
}

} // namespace awsfed
