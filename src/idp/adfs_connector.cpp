#include "idp/adfs_connector.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "idp/visits.h"
#include "saml/authn_request.h"

#include <algorithm>
#include <utility>

namespace awsfed {

// ---- addresses and names ------------------------------------------------------------------

namespace {

std::string strict(std::string_view text) { return std::string(percent_encoded(text, Percent::strict).reveal()); }

// loginToRp with a value of its own, as in an address that was copied from a browser.
bool names_relying_party(const Url& url) {
    return lower_ascii("&" + url.query()).find("&logintorp=") != std::string::npos;
}

Failure bad_entry(const Url& url, const std::string& base) {
    return fail(Code::setting_invalid, "\"{}{}\" is not a sign-in page of AD FS.", url.origin(), printable(url.path()))
        .setting("idp_url")
        .advice(fmt::format("Set idp_url to {} alone, or to {}/IdpInitiatedSignOn.aspx.", url.origin(), base));
}

} // namespace

Result<AdfsUrls> adfs_urls(const Url& idp_url, std::string_view relying_party) {
    constexpr std::string_view folder = "/adfs/ls";
    constexpr std::string_view page = "/idpinitiatedsignon";
    const std::string path = lower_ascii(idp_url.path());
    const std::size_t at = path.find(folder);
    std::string base = idp_url.origin() + std::string(folder);
    std::string rest;
    if (at != std::string::npos) { // a proxy may put a folder in front
        base = idp_url.origin() + idp_url.path().substr(0, at + folder.size());
        rest = path.substr(at + folder.size());
    } else if (path != "/" && path != "/adfs" && path != "/adfs/") {
        return bad_entry(idp_url, base);
    }
    const bool whole = rest == page || rest == std::string(page) + ".aspx";
    if (!whole && !rest.empty() && rest != "/")
        return bad_entry(idp_url, base);
    AWSFED_TRY(Url passive, Url::parse(base + "/"));
    if (whole && names_relying_party(idp_url))
        return AdfsUrls{std::move(passive), idp_url};
    AWSFED_TRY(Url initiated,
               Url::parse(fmt::format("{}/IdpInitiatedSignOn.aspx?loginToRp={}", base, strict(relying_party))));
    return AdfsUrls{std::move(passive), std::move(initiated)};
}

Result<std::string> adfs_user_name(std::string_view user, std::string_view default_domain) {
    if (user.find_first_of("@\\") != user.npos)
        return std::string(user);
    if (default_domain.empty())
        return fail(Code::user_name_form, "The user name has neither \"@\" nor \"\\\", so AD FS would not take it.")
            .setting("user");
    // A name with a dot is a domain of the DNS, and stands behind an '@'.
    if (default_domain.find('.') != default_domain.npos)
        return fmt::format("{}@{}", user, default_domain);
    return fmt::format("{}\\{}", default_domain, user);
}

// ---- the way through ----------------------------------------------------------------------

namespace {

constexpr std::string_view entry_stage = "adfs/entry";
constexpr std::string_view name_stage = "adfs/user-name";
constexpr std::string_view password_stage = "adfs/password";

struct Step {
    std::shared_ptr<const Visit> visit;
    PageVerdict verdict;
    std::string_view stage = entry_stage;
};

Result<Step> step_to(Conversation& talk, const Url& url) {
    AWSFED_TRY(std::shared_ptr<const Visit> visit, talk.get(url));
    PageVerdict verdict = read_visit(talk, *visit, SignInMoment::before_password, entry_stage);
    return Step{std::move(visit), std::move(verdict)};
}

Url request_url(Conversation& talk, const Url& passive, const std::string& relying_party) {
    // An xs:ID begins with a letter or underscore; 128 bits do not repeat (saml-core 1.3.4).
    constexpr std::size_t id_bytes = 16;
    AuthnRequest request{"_" + talk.random_hex(id_bytes), talk.now(), relying_party};
    return *Url::parse(passive.text() + "?" + authn_request_query(request));
}

// Farms from 2016 on have the page turned off. They tell it in different ways: by MSIS7065, by MSIS7012, by 503.
// Nothing has been sent yet, so another door may be tried.
bool page_is_off(const Result<Step>& step) {
    if (!step)
        return step.error().http == 503;
    const PageVerdict& verdict = step->verdict;
    return verdict.code == "MSIS7065" || verdict.code == "MSIS7012" || step->visit->status == 503;
}

Result<Step> enter(Conversation& talk, const AdfsUrls& urls, const AdfsTerms& terms) {
    if (terms.entry != AdfsEntry::sp_initiated) {
        Result<Step> step = step_to(talk, urls.idp_initiated);
        if (terms.entry == AdfsEntry::idp_initiated || !page_is_off(step))
            return step;
        talk.log().write(LogLevel::info, "adfs", "The IdP-initiated page is turned off; trying a SAML request.");
    }
    return step_to(talk, request_url(talk, urls.passive, terms.relying_party));
}

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

// A farm of 2019 may ask for the name on a page of its own.
Result<Step> send_user_name(Conversation& talk, const Step& step, const std::string& user) {
    AWSFED_TRY(std::shared_ptr<const Visit> visit,
               talk.post(*step.verdict.action, form_body(*step.verdict.login, user, Secret())));
    PageVerdict verdict = read_visit(talk, *visit, SignInMoment::before_password, name_stage);
    return Step{std::move(visit), std::move(verdict), name_stage};
}

// Of AD FS's own forms each says FormsAuthentication or leads to /adfs. Another one, though it came from the right
// origin, is a portal's or a filter's.
Result<void> check_form_of_adfs(const Step& step) {
    const bool says_so = std::ranges::any_of(
        step.verdict.send, [](const SentField& f) { return equal_ignoring_case(f.name, "AuthMethod"); });
    if (says_so || lower_ascii(step.verdict.action->path()).find("/adfs/") != std::string::npos)
        return {};
    return fail(Code::not_idp, "{} shows a sign-in form that is not one of AD FS.", step.visit->url.origin())
        .stage(step.stage);
}

Result<Secret> send_password(Conversation& talk, const Step& step, const std::string& user, bool keep_signed_in) {
    AWSFED_TRY(const Secret* password, talk.ask(password_question()));
    AWSFED_CHECK(check_password(*password));
    LoginForm login = step.verdict.login->clone();
    AWSFED_CHECK(put_own_name(login));
    if (keep_signed_in)
        tick_keep_signed_in(login);
    AWSFED_TRY(std::shared_ptr<const Visit> visit, talk.post(*step.verdict.action, form_body(login, user, *password)));
    const PageVerdict verdict = read_visit(talk, *visit, SignInMoment::after_password, password_stage);
    if (auto response = response_of(*visit, verdict))
        return std::move(*response);
    return end_at(talk, *visit, verdict, SignInMoment::after_password, password_stage);
}

} // namespace

Result<Secret> AdfsConnector::sign_in(Conversation& talk) const {
    AWSFED_TRY(AdfsUrls urls, adfs_urls(talk.terms().start, terms_.relying_party));
    AWSFED_TRY(const Secret* given, talk.ask(user_question()));
    AWSFED_TRY(const std::string user, adfs_user_name(given->reveal(), terms_.default_domain));

    AWSFED_TRY(Step step, enter(talk, urls, terms_));
    if (step.verdict.kind == PageClass::username_step && can_be_filled(*step.visit, step.verdict)) {
        AWSFED_TRY(step, send_user_name(talk, step, user));
    }
    if (auto response = response_of(*step.visit, step.verdict))
        return std::move(*response);
    const bool asks = step.verdict.kind == PageClass::credential_form || step.verdict.kind == PageClass::password_step;
    if (!asks || !can_be_filled(*step.visit, step.verdict))
        return end_at(talk, *step.visit, step.verdict, SignInMoment::before_password, step.stage);
    AWSFED_CHECK(check_form_of_adfs(step));
    return send_password(talk, step, user, terms_.keep_signed_in);
}

} // namespace awsfed
