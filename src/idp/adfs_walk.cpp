#include "idp/adfs_walk.h"

#include "base/limits.h"
#include "base/text.h"
#include "idp/adfs_factor.h"
#include "idp/page_partner.h"
#include "idp/visits.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace awsfed {

namespace {

constexpr std::string_view choice_stage = "adfs/choice";
constexpr std::string_view name_stage = "adfs/user-name";
constexpr std::string_view password_stage = "adfs/password";
constexpr std::string_view factor_stage = "adfs/second-factor";
constexpr std::string_view partner_stage = "adfs/partner";
constexpr int pages_max = 20; // polls of a second factor are not among them

// The box "keep me signed in", where the form has one. Unticked it is not sent.
void tick_keep_signed_in(LoginForm& login) {
    const auto box = std::ranges::find_if(login.form.fields,
                                          [](const Field& f) { return f.name == "Kmsi" && f.type == "checkbox"; });
    if (box != login.form.fields.end())
        box->checked = true;
}

Result<void> check_password(const Secret& password) {
    if (code_points(password.reveal()) > adfs_password_chars_max)
        return fail(Code::setting_invalid, "The password has more than the {} characters that AD FS takes.",
                    adfs_password_chars_max)
            .setting("password");
    return {};
}

// Where the name is known already, it stands in a hidden field. It must be ours: a password is not tried on the
// account of somebody else.
Result<void> put_own_name(LoginForm& login) {
    if (login.user_field != LoginForm::no_field)
        return {};
    const auto holder =
        std::ranges::find_if(login.form.fields, [](const Field& f) { return f.name == "UserName" && !f.disabled; });
    if (holder == login.form.fields.end())
        return fail(Code::page_unknown, "The form asks for a password, and does not say whose.");
    login.user_field = static_cast<std::size_t>(holder - login.form.fields.begin());
    return {};
}

// Of AD FS's own forms each says FormsAuthentication or leads to /adfs. Another one, though it came from the right
// origin, is a portal's or a filter's.
Result<void> check_form_of_adfs(const AdfsStep& step) {
    const bool says_so = std::ranges::any_of(
        step.verdict.send, [](const SentField& f) { return equal_ignoring_case(f.name, "AuthMethod"); });
    if (says_so || lower_ascii(step.verdict.action->path()).find("/adfs/") != std::string::npos)
        return {};
    return fail(Code::not_idp, "{} shows a sign-in form that is not one of AD FS.", step.visit->url.origin())
        .stage(step.stage);
}

// The list of applications comes once more when the user has signed in.
int sends_max(PageClass kind) { return kind == PageClass::home_realm_choice ? 1 : 2; }

class Walk {
public:
    Walk(Conversation& talk, const AdfsTerms& terms, const Secret* user, AdfsStep first)
        : talk_(talk), terms_(terms), user_(user), step_(std::move(first)),
          moment_(user == nullptr ? SignInMoment::after_password : SignInMoment::before_password),
          factor_(talk, terms, user != nullptr ? std::string(user->reveal()) : terms.kerberos.principal) {}

    Result<Secret> run() {
        for (int page = 0; page < pages_max; page += is_look_ ? 0 : 1) {
            if (auto response = response_of(*step_.visit, step_.verdict))
                return std::move(*response);
            AWSFED_CHECK(go_on());
        }
        return fail(Code::sign_in_endless, "The sign-in led through more than {} pages.", pages_max)
            .stage(step_.stage)
            .setting("idp_url");
    }

private:
    // One page further, or why not.
    Result<void> go_on() {
        is_look_ = false;
        if (!check_status(step_.visit->status, step_.visit->url))
            return end();
        switch (step_.verdict.kind) {
        case PageClass::home_realm_choice:
        case PageClass::relying_party_choice:
        case PageClass::interstitial_post: return send_on();
        case PageClass::username_step: return send_user_name();
        case PageClass::credential_form:
        case PageClass::password_step: return send_password();
        case PageClass::mfa_required: return pass_factor();
        case PageClass::wsfed_post:
        case PageClass::saml_post_foreign: return send_to_farm();
        default: return end();
        }
    }

    // The password was right already when a second factor was asked for.
    Failure end() const {
        if (has_second_factor_ && step_.verdict.kind == PageClass::credentials_refused)
            return fail(Code::second_factor_refused, "AD FS began anew behind the second factor.").stage(step_.stage);
        return end_at(talk_, *step_.visit, step_.verdict, moment_, step_.stage);
    }

    Result<void> arrive(Result<std::shared_ptr<const Visit>> visit, std::string_view stage) {
        if (!visit)
            return pass(std::move(visit.error()));
        step_.visit = *std::move(visit);
        step_.verdict = read_visit(talk_, *step_.visit, moment_, stage);
        step_.stage = stage;
        return {};
    }

    // The form says for itself what it sends: a choice, or what a script would carry on. A choice that is made and
    // comes again was not taken.
    Result<void> send_on() {
        const bool has_form = step_.verdict.form && step_.verdict.method == "POST" && !step_.verdict.why;
        if (!has_form || std::ranges::count(sent_on_, step_.verdict.kind) == sends_max(step_.verdict.kind))
            return end();
        sent_on_.push_back(step_.verdict.kind);
        return arrive(talk_.post(*step_.verdict.action, body_of(step_.verdict.send)), choice_stage);
    }

    // At a partner's, a name is taken as it was given.
    Result<std::string> user_name() const {
        if (is_at_partner())
            return std::string(user_->reveal());
        return adfs_user_name(user_->reveal(), terms_.default_domain);
    }

    bool is_at_partner() const { return step_.visit->url.origin() != talk_.terms().start.origin(); }

    // A farm of 2019 may ask for the name on a page of its own.
    Result<void> send_user_name() {
        if (user_ == nullptr || std::exchange(name_is_sent_, true))
            return end();
        AWSFED_TRY(const std::string user, user_name());
        return arrive(talk_.post(*step_.verdict.action, form_body(*step_.verdict.login, user, Secret())), name_stage);
    }

    Result<void> send_password() {
        if (user_ == nullptr)
            return fail(Code::windows_sign_in_absent, "AD FS shows its sign-in form instead of taking a proof.")
                .stage(step_.stage);
        if (moment_ == SignInMoment::after_password)
            return end();
        if (!is_at_partner())
            AWSFED_CHECK(check_form_of_adfs(step_));
        AWSFED_TRY(const std::string user, user_name());
        AWSFED_TRY(const Secret* password, talk_.ask(password_question()));
        AWSFED_CHECK(check_password(*password));
        LoginForm login = step_.verdict.login->clone();
        AWSFED_CHECK(put_own_name(login));
        if (terms_.keep_signed_in)
            tick_keep_signed_in(login);
        moment_ = SignInMoment::after_password;
        return arrive(
            talk_.post_password(*step_.verdict.action, form_body(login, user, *password), {user_->reveal(), *password}),
            password_stage);
    }

    Result<void> pass_factor() {
        if (moment_ == SignInMoment::before_password) // nobody has signed in yet: another way to do it is on offer
            return end();
        if (!is_at_partner()) // of AD FS it is known that it asks for this behind the password, and not instead
            talk_.password_was_right();
        has_second_factor_ = true;
        auto behind = factor_.answer(step_);
        is_look_ = factor_.has_looked();
        return arrive(std::move(behind), factor_stage);
    }

    Result<void> send_to_farm() {
        const auto answer =
            partner_answer(step_.visit->page, context_of(talk_, *step_.visit, moment_), talk_.terms().start);
        if (!answer)
            return end();
        return arrive(talk_.post(answer->action, answer->body), partner_stage);
    }

    Conversation& talk_;
    const AdfsTerms& terms_;
    const Secret* user_;
    AdfsStep step_;
    SignInMoment moment_;
    bool name_is_sent_ = false;
    std::vector<PageClass> sent_on_;
    bool has_second_factor_ = false;
    bool is_look_ = false; // the page is what a look at the second factor led to: they have a bound of their own
    AdfsFactor factor_;
};

} // namespace

Result<Secret> walk_adfs(Conversation& talk, const AdfsTerms& terms, const Secret* user, AdfsStep first) {
    return Walk(talk, terms, user, std::move(first)).run();
}

} // namespace awsfed
