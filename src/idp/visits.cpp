#include "idp/visits.h"

#include "base/text.h"

namespace awsfed {

const Question& user_question() {
    static const Question question{.name = "user", .text = "User name", .secret = false};
    return question;
}

const Question& password_question() {
    static const Question question{.name = "password", .text = "Password", .secret = true};
    return question;
}

PageContext context_of(const Conversation& talk, const Visit& visit, SignInMoment moment) {
    const SignInTerms& terms = talk.terms();
    return {
        .url = visit.url, .status = visit.status, .origins = terms.origins, .moment = moment, .wishes = &terms.wishes};
}

namespace {

// A class that says more than the HTTP status does. A form behind 5xx is none to rely on.
bool tells_more_than_status(const PageVerdict& verdict, int status) {
    switch (verdict.kind) {
    case PageClass::idp_error: return !verdict.code.empty() || !verdict.reference.empty();
    case PageClass::access_denied: return !verdict.reference.empty() || !verdict.code.empty();
    case PageClass::password_expired:
    case PageClass::mfa_required:
    case PageClass::mfa_enrolment_required:
    case PageClass::account_disabled:
    case PageClass::credentials_refused: return status < 500;
    default: return false;
    }
}

} // namespace

PageVerdict read_visit(const Conversation& talk, const Visit& visit, SignInMoment moment, std::string_view stage) {
    PageVerdict verdict = classify_page(visit.page, context_of(talk, visit, moment));
    talk.log().write(LogLevel::debug, "page", "{}: {}{} is {} (HTTP {}): {}", stage, visit.url.origin(),
                     printable(visit.url.path()), page_class_name(verdict.kind), visit.status, verdict.evidence);
    return verdict;
}

Failure end_at(const Conversation& talk, const Visit& visit, const PageVerdict& verdict, SignInMoment moment,
               std::string_view stage) {
    const std::string where = fmt::format("{}/{}", stage, page_class_name(verdict.kind));
    const auto status = check_status(visit.status, visit.url);
    if (!status && !tells_more_than_status(verdict, visit.status))
        return std::move(pass(status.error())).stage(where);
    Error error = error_of(verdict, context_of(talk, visit, moment));
    if (moment == SignInMoment::after_password && error.code == Code::page_unknown)
        error.message = fmt::format("After the sign-in {} showed a page without a SAML response.", visit.url.origin());
    error.http = visit.status;
    return std::move(pass(std::move(error))).stage(where);
}

std::optional<Secret> response_of(const Visit& visit, const PageVerdict& verdict) {
    if (verdict.kind != PageClass::saml_post)
        return std::nullopt;
    return saml_response_in(visit.page);
}

bool can_be_filled(const Visit& visit, const PageVerdict& verdict) {
    return leads_on(verdict.kind) && check_status(visit.status, visit.url).has_value();
}

} // namespace awsfed
