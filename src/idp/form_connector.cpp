#include "idp/form_connector.h"

#include "idp/visits.h"

namespace awsfed {

namespace {

constexpr std::string_view entry = "form/entry";
constexpr std::string_view after = "form/password";

} // namespace

Result<Secret> FormConnector::sign_in(Conversation& talk) const {
    AWSFED_TRY(std::shared_ptr<const Visit> visit, talk.get(talk.terms().start));
    const PageVerdict first = read_visit(talk, *visit, SignInMoment::before_password, entry);
    if (auto response = response_of(*visit, first))
        return std::move(*response);
    if (first.kind != PageClass::credential_form || !can_be_filled(*visit, first))
        return end_at(talk, *visit, first, SignInMoment::before_password, entry);

    AWSFED_TRY(const Secret* user, talk.ask(user_question()));
    AWSFED_TRY(const Secret* password, talk.ask(password_question()));
    AWSFED_TRY(visit, talk.post_password(*first.action, form_body(*first.login, user->reveal(), *password),
                                         {user->reveal(), *password}));
    // A sign-in form now means no. It is not filled a second time: that is how accounts are locked.
    const PageVerdict second = read_visit(talk, *visit, SignInMoment::after_password, after);
    if (auto response = response_of(*visit, second))
        return std::move(*response);
    return end_at(talk, *visit, second, SignInMoment::after_password, after);
}

} // namespace awsfed
