#include "idp/adfs_certificate.h"

#include "base/text.h"
#include "idp/visits.h"

#include <algorithm>
#include <utility>

namespace awsfed {

namespace {

constexpr std::string_view certificate_stage = "adfs/certificate";
constexpr std::string_view method = "CertificateAuthentication";

// Each way to sign in is a link of that id; a script puts the id into the form "options" and sends it.
std::optional<Form> chosen(const Page& page) {
    const Form* options = page.form("options");
    if (options == nullptr || page.mark(method) == nullptr)
        return std::nullopt;
    Form form = options->clone();
    const auto place = std::ranges::find(form.fields, "AuthMethod", &Field::name);
    if (place == form.fields.end())
        return std::nullopt;
    place->value = Secret(method);
    return form;
}

// In TLS a server says only that it does not take the certificate, if it does not just hang up.
Error refused_within_tls(Error error) {
    if (error.code == Code::tls_failed || error.code == Code::network_failed) {
        error.code = Code::certificate_sign_in_refused;
        error.setting = "client_certificate";
        error.advice = row_of(error.code).advice;
        error.retry_after_ms = -1;
    }
    if (error.code == Code::origin_refused)
        error.advice = "AD FS asks for certificates at another port (49443) or host (certauth.) of its own: an "
                       "administrator adds the origin that the message names to idp_origins.";
    error.stage = certificate_stage;
    return error;
}

Result<Secret> end_behind(const Conversation& talk, const Visit& visit, const PageVerdict& verdict) {
    if (leads_on(verdict.kind) || verdict.kind == PageClass::credentials_refused)
        return fail(Code::certificate_sign_in_refused, "{} took the certificate, and shows a form all the same.",
                    visit.url.origin())
            .stage(certificate_stage);
    return end_at(talk, visit, verdict, SignInMoment::after_password, certificate_stage);
}

} // namespace

Result<Secret> AdfsCertificate::sign_in(Conversation& talk) const {
    AWSFED_TRY(const AdfsUrls urls, adfs_urls(talk.terms().start, terms_.relying_party));
    AWSFED_TRY(const AdfsStep step, enter_adfs(talk, urls, terms_));
    if (auto response = response_of(*step.visit, step.verdict))
        return std::move(*response);
    const std::optional<Form> form = chosen(step.visit->page);
    if (!form) {
        if (leads_on(step.verdict.kind) || step.verdict.code == "MSIS7102")
            return fail(Code::certificate_sign_in_absent, "{} offers no sign-in by certificate.",
                        step.visit->url.origin())
                .stage(step.stage);
        return end_at(talk, *step.visit, step.verdict, SignInMoment::before_password, step.stage);
    }
    AWSFED_TRY(const Url target, step.visit->url.resolve(form->action));
    const auto visit = talk.post_open(target, form_body(*form));
    if (!visit)
        return pass(refused_within_tls(visit.error()));
    const PageVerdict verdict = read_visit(talk, **visit, SignInMoment::after_password, certificate_stage);
    if (auto response = response_of(**visit, verdict))
        return std::move(*response);
    return end_behind(talk, **visit, verdict);
}

} // namespace awsfed
