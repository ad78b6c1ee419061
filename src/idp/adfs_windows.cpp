#include "idp/adfs_windows.h"

#include "base/limits.h"
#include "base/text.h"
#include "idp/adfs_walk.h"
#include "idp/visits.h"
#include "settings/files.h"

#include <fmt/ranges.h>

#include <utility>

namespace awsfed {

namespace {

constexpr std::string_view proof_stage = "adfs/windows";

// Of 2.0 and of all later ones.
bool is_windows_address(const Url& url) {
    std::string path = lower_ascii(url.path());
    if (path.ends_with('/'))
        path.pop_back();
    return path.ends_with("/adfs/ls/wia") || path.ends_with("/adfs/ls/auth/integrated");
}

Failure absent(const Url& url, std::string_view what) {
    return fail(Code::windows_sign_in_absent, "{} {}.", url.origin(), what);
}

// A farm that knows only Windows sign-in has an error page for whom it takes for no browser of the domain.
Failure no_proof_asked(const Conversation& talk, const AdfsStep& step) {
    if (leads_on(step.verdict.kind))
        return absent(step.visit->url, "shows a form in the place of a Windows sign-in").stage(step.stage);
    Error error = end_at(talk, *step.visit, step.verdict, SignInMoment::before_password, step.stage).take();
    if (error.code == Code::windows_sign_in_only) {
        error.code = Code::windows_sign_in_absent;
        error.message = fmt::format("{} does not take windows_user_agent for a browser that can sign in by Windows.",
                                    step.visit->url.origin());
        error.setting = "windows_user_agent";
        error.advice = row_of(error.code).advice;
    }
    return pass(std::move(error));
}

// The address that asks for a proof, and takes one of this kind; else why not.
Result<void> check_asked(const Conversation& talk, const AdfsStep& step, std::string_view scheme) {
    const Visit& visit = *step.visit;
    if (!visit.asks_for_proof())
        return no_proof_asked(talk, step);
    if (!is_windows_address(visit.url))
        return fail(Code::not_idp, "{}{} asks for a Windows sign-in, and is no address of AD FS for it.",
                    visit.url.origin(), printable(visit.url.path()))
            .stage(step.stage);
    if (!visit.takes(scheme))
        return absent(visit.url, fmt::format("takes no {} here; it offers {}", scheme == "ntlm" ? "NTLM" : "Kerberos",
                                             printable(fmt::format("{}", fmt::join(visit.schemes, " and ")))))
            .setting("adfs_method")
            .stage(step.stage);
    return {};
}

// What stands behind the proof: the response, or a second factor and what stands behind that.
Result<Secret> response_behind(Conversation& talk, const AdfsTerms& terms, std::shared_ptr<const Visit> visit) {
    PageVerdict verdict = read_visit(talk, *visit, SignInMoment::after_password, proof_stage);
    if (verdict.kind == PageClass::credentials_refused || leads_on(verdict.kind))
        return fail(Code::windows_sign_in_refused, "{} took the Windows sign-in, and shows a form all the same.",
                    visit->url.origin())
            .stage(proof_stage);
    return walk_adfs(talk, terms, nullptr, AdfsStep{std::move(visit), std::move(verdict), proof_stage});
}

// ---- by ticket ----------------------------------------------------------------------------------

Failure ticket_refused(const Visit& visit) {
    return fail(Code::windows_sign_in_refused, "{} refused the Kerberos ticket.", visit.url.origin())
        .http(visit.status)
        .stage(proof_stage)
        .advice(fmt::format("AD FS does not tell why. Check that HTTP/{} is the name of the farm's service account "
                            "alone (setspn -Q), and the account of the user. Where a load balancer ends TLS, AD FS "
                            "refuses every ticket unless ExtendedProtectionTokenCheck is None.",
                            visit.url.host()));
}

// A stale key is refused by the KDC as a wrong password is, and counts like one.
Result<std::shared_ptr<const Visit>> show_ticket(Conversation& talk, const Url& url, const KerberosTerms& terms) {
    if (terms.keytab.empty())
        return talk.get_proved(url, terms);
    AWSFED_TRY(const std::string owner, kerberos_owner(terms));
    AWSFED_TRY(const FileContent key,
               read_file(terms.keytab, secret_bytes_max, Code::kerberos_keytab_unusable, "keytab"));
    const Conversation::Attempt attempt{owner, key.bytes};
    return talk.get_proved(url, terms, &attempt);
}

Result<Secret> sign_in_by_ticket(Conversation& talk, const AdfsUrls& urls, const AdfsTerms& terms) {
    AWSFED_TRY(const AdfsStep step, enter_adfs(talk, urls, terms));
    if (auto response = response_of(*step.visit, step.verdict))
        return std::move(*response);
    AWSFED_CHECK(check_asked(talk, step, "negotiate"));
    AWSFED_TRY(std::shared_ptr<const Visit> visit, show_ticket(talk, step.visit->url, terms.kerberos));
    if (visit->asks_for_proof())
        return ticket_refused(*visit);
    return response_behind(talk, terms, std::move(visit));
}

// ---- by NTLM --------------------------------------------------------------------------------------

// It may have been the channel binding, but who takes it for that and tries again locks the account.
Failure password_refused(const Visit& visit) {
    return fail(Code::credentials_refused, "{} refused the user name or password (NTLM).", visit.url.origin())
        .http(visit.status)
        .stage(proof_stage)
        .advice(
            "Check user and password. If they are right, AD FS may ask for a channel binding, which is not sent with "
            "NTLM: set adfs_method to kerberos, or have ExtendedProtectionTokenCheck set to Allow. awsfed does not "
            "try again.");
}

Result<Secret> sign_in_by_ntlm(Conversation& talk, const AdfsUrls& urls, const AdfsTerms& terms) {
    AWSFED_TRY(const Secret* given, talk.ask(user_question()));
    AWSFED_TRY(const std::string user, adfs_user_name(given->reveal(), terms.default_domain));
    AWSFED_TRY(const AdfsStep step, enter_adfs(talk, urls, terms));
    if (auto response = response_of(*step.visit, step.verdict))
        return std::move(*response);
    AWSFED_CHECK(check_asked(talk, step, "ntlm"));
    AWSFED_TRY(const Secret* password, talk.ask(password_question()));
    AWSFED_TRY(NtlmAccount account, NtlmAccount::of(user, *password));
    const Conversation::Attempt attempt{given->reveal(), *password};
    AWSFED_TRY(std::shared_ptr<const Visit> visit, talk.get_proved(step.visit->url, std::move(account), &attempt));
    if (visit->asks_for_proof())
        return password_refused(*visit);
    return response_behind(talk, terms, std::move(visit));
}

} // namespace

Result<Secret> AdfsWindows::sign_in(Conversation& talk) const {
    AWSFED_TRY(const AdfsUrls urls, adfs_urls(talk.terms().start, terms_.relying_party));
    talk.introduce_as(terms_.windows_user_agent);
    return terms_.method == AdfsMethod::ntlm ? sign_in_by_ntlm(talk, urls, terms_)
                                             : sign_in_by_ticket(talk, urls, terms_);
}

} // namespace awsfed
