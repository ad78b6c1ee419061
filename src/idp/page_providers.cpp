// Pages of the other providers that are known, and of those that are not.
#include "idp/page_rules.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace awsfed::pages {

namespace {

// ---- human checks -------------------------------------------------------------------------

std::optional<PageVerdict> human_check(const Reading& reading) {
    constexpr std::array<std::string_view, 3> widgets{"g-recaptcha", "h-captcha", "cf-turnstile"};
    for (const Mark& mark : reading.page.marks) {
        if (std::ranges::any_of(widgets, [&](std::string_view widget) { return mark.has_class(widget); }))
            return stop(PageClass::captcha, "It has a captcha widget.");
    }
    for (const Form& form : reading.page.forms) {
        for (const Field& field : form.fields) {
            if (is_visible_control(field) && lower_ascii(field.name).find("captcha") != std::string::npos)
                return stop(PageClass::captcha, "A form has a captcha field.");
        }
    }
    return std::nullopt;
}

// ---- consent ------------------------------------------------------------------------------

// Shibboleth's page has a button to refuse and one to go on; SimpleSAMLphp's has a form for each.
std::optional<PageVerdict> consent(const Reading& reading) {
    for (const Form& form : reading.page.forms) {
        const Field* refuse = field_named(form, "_eventId_AttributeReleaseRejected");
        const bool shibboleth = refuse != nullptr || field_named(form, "_shib_idp_consentOptions") != nullptr;
        const Field* proceed = field_named(form, shibboleth ? "_eventId_proceed" : "yes");
        if (proceed == nullptr || (!shibboleth && form.id != "consent_yes"))
            continue;
        std::vector<const Field*> fields;
        for (const Field& field : form.fields) {
            const bool button = field.type == "submit" || field.type == "image" || field.type == "button";
            const bool offered = field.type == "radio" || field.type == "checkbox";
            if (!field.disabled && !field.name.empty() && (button ? &field == proceed : !offered || field.checked))
                fields.push_back(&field);
        }
        PageVerdict verdict = form_to_send_on(reading, PageClass::interstitial_consent, form, std::move(fields),
                                              "A form asks for consent to the release of attributes.");
        for (SentField& field : verdict.send) {
            if (field.name == "_shib_idp_consentOptions")
                field.role = SentField::Role::choice;
        }
        return verdict;
    }
    return std::nullopt;
}

// ---- second factors -----------------------------------------------------------------------

template <std::size_t N>
bool contains_any(std::string_view text, const std::array<std::string_view, N>& words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != text.npos; });
}

bool names_a_factor(const Field& field) {
    constexpr std::array<std::string_view, 10> words{
        "otp",          "passcode", "mfa",       "onetime",  "verificationcode",
        "securitycode", "2fa",      "ecomtoken", "authcode", "tokencode"};
    std::string name = lower_ascii(field.name);
    std::erase_if(name, [](char c) { return c == '_' || c == '-' || c == '.' || c == '$'; });
    return name == "pin" || contains_any(name, words);
}

// A form that asks for a code, and not for user name and password too.
std::optional<PageVerdict> code_form(const Reading& reading) {
    for (const Form& form : reading.page.forms) {
        const auto factor = std::ranges::find_if(
            form.fields, [](const Field& f) { return is_visible_control(f) && names_a_factor(f); });
        if (factor == form.fields.end())
            continue;
        const auto passwords = passwords_of(form);
        const bool ordinary = std::ranges::any_of(passwords, [](const Field* f) { return !names_a_factor(*f); });
        if (ordinary)
            continue;
        PageVerdict verdict =
            stop(PageClass::mfa_required, fmt::format("A form asks for \"{}\".", printable(factor->name, 40)));
        verdict.choices = {"one-time code"};
        return verdict;
    }
    return std::nullopt;
}

std::optional<PageVerdict> factor_by_address(const Reading& reading) {
    const Url& url = reading.context.url;
    const std::string path = lower_ascii(url.path());
    constexpr std::string_view google = "/signin/challenge/";
    if (url.host().find("duosecurity.") != std::string::npos || path.starts_with("/frame/prompt") ||
        path.starts_with("/frame/frameless"))
        return stop(PageClass::mfa_required, "Its address is one of Duo.");
    if (path.starts_with("/pingid/"))
        return stop(PageClass::mfa_required, "Its address is one of PingID.");
    if (path.starts_with(google) && !path.substr(google.size()).starts_with("pwd"))
        return stop(PageClass::mfa_required, "Its address is a challenge of Google.");
    const bool leads_to_code = std::ranges::any_of(reading.page.forms, [&](const Form& form) {
        return lower_ascii(form.action).find("2fcheck") != std::string::npos; // LemonLDAP::NG
    });
    if (leads_to_code)
        return stop(PageClass::mfa_required, "A form leads to the check of a second factor.");
    return std::nullopt;
}

// ---- pages made by scripts ----------------------------------------------------------------

std::optional<PageVerdict> script_page(const Reading& reading) {
    const ScriptFacts& scripts = reading.page.scripts;
    if (scripts.page_id == "ConvergedTFA")
        return stop(PageClass::mfa_required, "Its script is Entra's page ConvergedTFA.");
    if (scripts.page_id == "ConvergedProofUpRedirect")
        return stop(PageClass::mfa_enrolment_required, "Its script is Entra's page ConvergedProofUpRedirect.");
    if (has_login_form(reading.page))
        return std::nullopt;
    if (scripts.has_config)
        return stop(PageClass::script_app, "Its script sets $Config, from which the page is made.");
    if (scripts.has_state_token)
        return stop(PageClass::script_app, "Its script sets a stateToken, from which the page is made.");
    return std::nullopt;
}

// SimpleSAMLphp's error page: a number to look for in its log, and a form to send a report.
std::optional<PageVerdict> error_report(const Reading& reading) {
    if (const Mark* track = reading.page.mark("trackid")) {
        PageVerdict verdict = stop_with(PageClass::idp_error, "It has a #trackid.", printable(reading.page.title));
        verdict.reference = printable(reading.page.text_of(*track), 40);
        return verdict;
    }
    for (const Form& form : reading.page.forms) {
        if (lower_ascii(form.action).find("errorreport.php") != std::string::npos)
            return stop_with(PageClass::idp_error, "It has the form for an error report.",
                             printable(reading.page.title));
    }
    return std::nullopt;
}

// ---- anybody's ----------------------------------------------------------------------------

bool only_sets_passwords(const Form& form) {
    const auto passwords = passwords_of(form);
    return std::ranges::any_of(passwords, [](const Field* field) { return asks_for_new_password(*field); });
}

std::optional<PageVerdict> password_form(const Reading& reading) {
    const Page& page = reading.page;
    if (!has_login_form(page))
        return std::nullopt;
    auto login = login_form_in(page);
    const auto asking = std::ranges::find_if(
        page.forms, [](const Form& form) { return !passwords_of(form).empty() && !only_sets_passwords(form); });
    if (login) {
        const auto form = std::ranges::find_if(page.forms, [&](const Form& f) {
            const auto passwords = passwords_of(f);
            return passwords.size() == 1 && !asks_for_new_password(*passwords.front());
        });
        return form_to_fill(reading, PageClass::credential_form, *form, std::move(*login),
                            "One form asks for a user name and a password.");
    }
    if (asking == page.forms.end())
        return stop(PageClass::password_expired, "A form asks for a new password.");
    const bool one =
        std::ranges::count_if(page.forms, [](const Form& form) { return !passwords_of(form).empty(); }) == 1;
    if (auto step = one ? password_step_of(*asking) : std::nullopt)
        return form_to_fill(reading, PageClass::password_step, *asking, std::move(*step),
                            "One form asks for a password alone.");
    return form_refused(*asking, std::move(login.error()));
}

std::optional<PageVerdict> user_form(const Reading& reading) {
    std::optional<LoginForm> found;
    const Form* form = nullptr;
    for (const Form& candidate : reading.page.forms) {
        auto step = user_step_of(candidate);
        if (step && found)
            return std::nullopt;
        if (step) {
            found = std::move(step);
            form = &candidate;
        }
    }
    if (!found)
        return std::nullopt;
    return form_to_fill(reading, PageClass::username_step, *form, std::move(*found),
                        "One form asks for a user name alone.");
}

std::optional<PageVerdict> hidden_form(const Reading& reading) {
    for (const Form& form : reading.page.forms) {
        const bool silent = std::ranges::none_of(form.fields, is_visible_control);
        if (form.method == "post" && silent && reading.page.scripts.submits_form)
            return form_to_send_on(reading, PageClass::interstitial_post, form, sent_fields(form),
                                   "A form without visible controls is sent on by a script.");
    }
    return std::nullopt;
}

} // namespace

std::optional<PageVerdict> provider_verdict(const Reading& reading) {
    using Rule = std::optional<PageVerdict> (*)(const Reading&);
    for (const Rule rule : {human_check, consent, script_page, factor_by_address, code_form, error_report}) {
        if (auto verdict = rule(reading))
            return verdict;
    }
    return std::nullopt;
}

PageVerdict any_verdict(const Reading& reading) {
    if (auto verdict = password_form(reading))
        return std::move(*verdict);
    if (auto verdict = user_form(reading))
        return std::move(*verdict);
    const std::string& next =
        reading.page.scripts.navigates_to.empty() ? reading.page.refresh : reading.page.scripts.navigates_to;
    if (!next.empty()) {
        PageVerdict verdict =
            stop(PageClass::script_redirect, "A script or a refresh leads on, and there is no form to fill in.");
        if (const auto url = target_of(reading, next))
            verdict.next = url->text();
        return verdict;
    }
    if (auto verdict = hidden_form(reading))
        return std::move(*verdict);
    constexpr std::size_t words = 80; // a page made by scripts has hardly any text of its own
    if (reading.page.forms.empty() && reading.page.scripts.any && reading.page.text.size() < words)
        return stop(PageClass::script_app, "It has scripts, and neither forms nor text.");
    if (reading.page.forms.empty() && reading.page.text.empty())
        return stop(PageClass::not_idp, "It is empty.");
    PageVerdict verdict = stop(PageClass::not_idp, "Nothing on it belongs to a sign-in.");
    if (auto login = login_form_in(reading.page); !login)
        verdict.why = std::move(login.error());
    return verdict;
}

} // namespace awsfed::pages
