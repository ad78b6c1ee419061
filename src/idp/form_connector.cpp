#include "idp/form_connector.h"

namespace awsfed {

namespace {

const Question user_question{.name = "user", .text = "User name", .secret = false};
const Question password_question{.name = "password", .text = "Password", .secret = true};

// The form's target as a browser has it: against the page's base, which is against its URL.
Result<Url> target_of(const Form& form, const Visit& visit) {
    if (visit.page.base_href.empty())
        return visit.url.resolve(form.action);
    AWSFED_TRY(Url base, visit.url.resolve(visit.page.base_href));
    return base.resolve(form.action);
}

} // namespace

Result<Secret> FormConnector::sign_in(Conversation& talk) const {
    AWSFED_TRY(std::shared_ptr<const Visit> visit, talk.get(talk.terms().start));
    if (auto response = saml_response_in(visit->page))
        return std::move(*response);

    AWSFED_TRY(LoginForm login, login_form_in(visit->page));
    AWSFED_TRY(Url target, target_of(login.form, *visit));
    AWSFED_TRY(const Secret* user, talk.ask(user_question));
    AWSFED_TRY(const Secret* password, talk.ask(password_question));
    AWSFED_TRY(visit, talk.post(target, form_body(login, user->reveal(), *password)));
    if (auto response = saml_response_in(visit->page))
        return std::move(*response);

    // The form again means no. It is not filled a second time: that is how accounts are locked.
    if (has_login_form(visit->page))
        return fail(Code::credentials_refused, "The identity provider at {} refused the user name or password.", target.origin());
    return fail(Code::page_unknown, "After the sign-in {} showed a page without a SAML response.", visit->url.origin());
}

} // namespace awsfed
