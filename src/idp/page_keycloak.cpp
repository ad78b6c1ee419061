// Keycloak's pages: the ids of its themes, and the action that its addresses name.
#include "idp/page_rules.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace awsfed::pages {

namespace {

// The required action that a form or the page itself is about: .../login-actions/required-action?execution=NAME
std::string action_in(const Url& url) {
    if (url.path().find("/login-actions/required-action") == std::string::npos)
        return {};
    constexpr std::string_view name = "execution=";
    std::string_view rest = url.query();
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('&'), rest.size());
        const std::string_view pair = rest.substr(0, end);
        if (pair.starts_with(name))
            return std::string(pair.substr(name.size()));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

std::string required_action(const Reading& reading) {
    std::string action = action_in(reading.context.url);
    for (const Form& form : reading.page.forms) {
        if (!action.empty())
            break;
        if (const auto target = target_of(reading, form.action))
            action = action_in(*target);
    }
    return action;
}

bool sets_up_a_factor(std::string_view action) {
    return action == "CONFIGURE_TOTP" || action == "CONFIGURE_RECOVERY_AUTHN_CODES" ||
           action.starts_with("webauthn-register");
}

PageVerdict action_verdict(std::string_view action) {
    const std::string evidence = fmt::format("Its address names the required action {}.", printable(action, 40));
    if (action == "UPDATE_PASSWORD")
        return stop(PageClass::password_expired, evidence);
    if (sets_up_a_factor(action))
        return stop(PageClass::mfa_enrolment_required, evidence);
    PageVerdict verdict = stop(PageClass::other, evidence);
    verdict.code = printable(action, 40);
    verdict.why = fail(Code::action_required, "The identity provider asks the user for something first: {}.",
                       printable(action, 40))
                      .peer(printable(action, 40))
                      .take();
    return verdict;
}

std::optional<PageVerdict> by_form_id(const Page& page) {
    struct Row {
        std::string_view id;
        PageClass kind;
        std::string_view factor;
    };
    constexpr std::array rows{
        Row{"kc-totp-login-form", PageClass::mfa_required, "one-time code"},
        Row{"kc-otp-login-form", PageClass::mfa_required, "one-time code"},
        Row{"kc-recovery-code-login-form", PageClass::mfa_required, "recovery code"},
        Row{"kc-select-credential-form", PageClass::mfa_required, ""},
        Row{"kc-totp-settings-form", PageClass::mfa_enrolment_required, "one-time code"},
        Row{"kc-recovery-codes-settings-form", PageClass::mfa_enrolment_required, "recovery code"},
        Row{"kc-passwd-update-form", PageClass::password_expired, ""},
    };
    for (const Row& row : rows) {
        if (page.form(row.id) == nullptr)
            continue;
        PageVerdict verdict = stop(row.kind, fmt::format("It has the form {}.", row.id));
        if (!row.factor.empty())
            verdict.choices = {std::string(row.factor)};
        return verdict;
    }
    return std::nullopt;
}

// WebAuthn's answers go into hidden fields of these names, at Keycloak and elsewhere.
std::optional<PageVerdict> security_key(const Page& page) {
    for (const Form& form : page.forms) {
        if (field_named(form, "clientDataJSON") == nullptr)
            continue;
        const bool sets_up = field_named(form, "attestationObject") != nullptr;
        PageVerdict verdict = stop(sets_up ? PageClass::mfa_enrolment_required : PageClass::mfa_required,
                                   "A form carries the answer of a security key (clientDataJSON).");
        verdict.choices = {"security key"};
        return verdict;
    }
    return std::nullopt;
}

// The one thing that only words tell: a disabled account gets the sign-in form again, marked as a wrong password is.
// They refine a refusal and decide nothing else; in other languages it stays a refusal.
bool tells_disabled(std::string_view text) {
    constexpr std::array<std::string_view, 6> words{"disabled",      "deaktiviert", "gesperrt",
                                                    "d\u00e9sactiv", "desactivad",  "disabilitat"};
    const std::string lower = lower_ascii(text);
    return std::ranges::any_of(words, [&](std::string_view word) { return lower.find(word) != lower.npos; });
}

bool is_feedback(const Mark& mark) { return mark.id.starts_with("input-error") || mark.has_class("kc-feedback-text"); }

std::optional<PageVerdict> disabled(const Reading& reading) {
    const Page& page = reading.page;
    if (!has_login_form(page) || reading.context.moment == SignInMoment::before_password)
        return std::nullopt;
    for (const Mark& mark : page.marks) {
        if (mark.hidden || !is_feedback(mark) || !tells_disabled(page.text_of(mark)))
            continue;
        return stop_with(PageClass::account_disabled,
                         "The sign-in form's feedback text says that the account is disabled.",
                         printable(page.text_of(mark)));
    }
    return std::nullopt;
}

} // namespace

std::optional<PageVerdict> keycloak_verdict(const Reading& reading) {
    if (const std::string action = required_action(reading); !action.empty())
        return action_verdict(action);
    if (auto verdict = by_form_id(reading.page))
        return verdict;
    if (auto verdict = security_key(reading.page))
        return verdict;
    if (const Mark* error = reading.page.mark("kc-error-message"))
        return stop_with(PageClass::idp_error, "It has a #kc-error-message.", printable(reading.page.text_of(*error)));
    return disabled(reading);
}

} // namespace awsfed::pages
