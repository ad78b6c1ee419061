#include "idp/page_rules.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace awsfed::pages {

bool Reading::path_has(std::string_view part) const {
    return lower_ascii(context.url.path()).find(part) != std::string::npos;
}

PageVerdict stop(PageClass kind, std::string evidence) {
    PageVerdict verdict;
    verdict.kind = kind;
    verdict.evidence = std::move(evidence);
    return verdict;
}

PageVerdict stop_with(PageClass kind, std::string evidence, std::string error_text) {
    PageVerdict verdict = stop(kind, std::move(evidence));
    verdict.error_text = std::move(error_text);
    return verdict;
}

const Field* field_named(const Form& form, std::string_view name) {
    const auto found =
        std::ranges::find_if(form.fields, [&](const Field& f) { return equal_ignoring_case(f.name, name); });
    return found == form.fields.end() ? nullptr : &*found;
}

bool is_visible_control(const Field& field) {
    constexpr std::array<std::string_view, 5> silent{"hidden", "submit", "button", "reset", "image"};
    return !field.disabled && std::ranges::find(silent, field.type) == silent.end();
}

// ---- error texts --------------------------------------------------------------------------

namespace {

bool is_notice(const Mark& mark) { // Keycloak's and Bootstrap's classes for what is no error
    constexpr std::array<std::string_view, 8> kinds{"alert-info",   "alert-success", "alert-warning", "pf-m-info",
                                                    "pf-m-success", "pf-m-warning",  "info",          "success"};
    return std::ranges::any_of(kinds, [&](std::string_view kind) { return mark.has_class(kind); });
}

bool is_error_class(std::string_view name) {
    constexpr std::array<std::string_view, 12> names{
        "error",      "errortext",   "form-error", "output--error",  "alert-error",      "alert-danger",
        "pf-m-error", "pf-m-danger", "ping-error", "textcolorerror", "message-negative", "kc-feedback-text"};
    return std::ranges::find(names, lower_ascii(name)) != names.end();
}

bool is_error_mark(const Mark& mark) {
    const std::string id = lower_ascii(mark.id);
    return id.find("errortext") != std::string::npos || id.starts_with("input-error") || mark.role == "alert" ||
           std::ranges::any_of(mark.classes, is_error_class);
}

} // namespace

const Mark* error_mark(const Page& page) {
    for (const Mark& mark : page.marks) {
        const bool picture = mark.tag == "img" && mark.has_class("erroricon"); // SimpleSAMLphp 1: beside the text
        if (mark.hidden || !(picture || (is_error_mark(mark) && !page.text_of(mark).empty())))
            continue;
        bool notice = is_notice(mark);
        for (std::size_t above = mark.parent; above != Mark::no_mark && !notice; above = page.marks[above].parent)
            notice = is_notice(page.marks[above]);
        if (!notice)
            return &mark;
    }
    return nullptr;
}

// ---- targets ------------------------------------------------------------------------------

Result<Url> target_of(const Reading& reading, std::string_view action) {
    if (reading.page.base_href.empty())
        return reading.context.url.resolve(action);
    AWSFED_TRY(Url base, reading.context.url.resolve(reading.page.base_href));
    return base.resolve(action);
}

bool is_allowed(const PageContext& context, const Url& url) {
    const auto& origins = context.origins;
    return (url.is_https() || url.is_loopback()) && std::ranges::find(origins, url.origin()) != origins.end();
}

namespace {

// The password goes to the origin that the page came from, and to no other, allowed or not: nothing secret
// crosses an origin (security rule 5).
Result<Url> password_target(const Reading& reading, const Form& form) {
    auto target = target_of(reading, form.action);
    if (!target)
        return fail(Code::page_unknown, "The sign-in form leads nowhere: {}", target.error().message);
    const std::string origin = target->origin();
    if (!target->is_https() && !(target->is_loopback() && is_allowed(reading.context, *target)))
        return fail(Code::setting_insecure, "The sign-in leads to {}, which is not https.", origin);
    if (!is_allowed(reading.context, *target))
        return fail(Code::origin_refused, "The sign-in leads to {}, which is not one of the allowed origins.", origin)
            .setting("idp_origins");
    if (origin != reading.context.url.origin())
        return fail(Code::origin_refused, "The sign-in form at {} would send the password to {}.",
                    reading.context.url.origin(), origin)
            .advice("A password goes only to the origin that asks for it. Let idp_url begin at the other origin.");
    return target;
}

std::size_t place_of(const Page& page, const Form& form) { return static_cast<std::size_t>(&form - page.forms.data()); }

SentField sent(const Field& field, SentField::Role role) {
    return {field.name, role,
            role == SentField::Role::user || role == SentField::Role::password ? Secret() : field.value.clone()};
}

bool is_button(const Field& field) { return field.type == "submit" || field.type == "image"; }

// PingFederate's script writes this word before it sends the form; without it the form counts as cancelled.
void press_script_button(Form& form) {
    for (Field& field : form.fields) {
        if (field.name == "pf.ok" && field.type == "hidden" && field.value.empty())
            field.value = Secret("clicked");
    }
}

void list_sent(PageVerdict& verdict) {
    const LoginForm& login = *verdict.login;
    for (const Field* field : sent_fields(login)) {
        const auto place = static_cast<std::size_t>(field - login.form.fields.data());
        const auto role = place == login.user_field                     ? SentField::Role::user
                          : place == login.password_field               ? SentField::Role::password
                          : is_button(*field) || field->name == "pf.ok" ? SentField::Role::fixed
                                                                        : SentField::Role::echo;
        verdict.send.push_back(sent(*field, role));
    }
}

// Two forms that ran into one another: which of the names counts at the provider would be a guess.
bool repeats_what_is_filled(const std::vector<SentField>& send) {
    return std::ranges::any_of(send, [&](const SentField& filled) {
        const bool is_filled = filled.role == SentField::Role::user || filled.role == SentField::Role::password;
        return is_filled && std::ranges::count(send, filled.name, &SentField::name) > 1;
    });
}

} // namespace

PageVerdict form_refused(const Form& form, Error why) {
    const bool by_get = form.method != "post";
    PageVerdict verdict = stop(by_get ? PageClass::foreign_form_action : PageClass::other, why.message);
    verdict.why = std::move(why);
    return verdict;
}

PageVerdict form_to_fill(const Reading& reading, PageClass kind, const Form& form, LoginForm login,
                         std::string evidence) {
    auto target = password_target(reading, login.form);
    if (!target) {
        PageVerdict verdict = stop(PageClass::foreign_form_action, evidence + " But: " + target.error().message);
        verdict.why = std::move(target.error());
        return verdict;
    }
    const Mark* error = error_mark(reading.page);
    const bool told_no = reading.context.moment == SignInMoment::after_password ||
                         (reading.context.moment == SignInMoment::unknown && error != nullptr);
    if (told_no)
        return stop_with(PageClass::credentials_refused,
                         evidence + (error ? " It shows an error text." : " It came after the password."),
                         error ? printable(reading.page.text_of(*error)) : "");
    PageVerdict verdict = stop(kind, std::move(evidence));
    press_script_button(login.form);
    verdict.form = place_of(reading.page, form);
    verdict.action = std::move(*target);
    verdict.method = "POST";
    verdict.login = std::move(login);
    list_sent(verdict);
    if (repeats_what_is_filled(verdict.send))
        return form_refused(form, fail(Code::page_unknown, "The sign-in form has its field for the user name or the "
                                                           "password twice.")
                                      .take());
    return verdict;
}

PageVerdict form_to_send_on(const Reading& reading, PageClass kind, const Form& form, std::vector<const Field*> fields,
                            std::string evidence) {
    auto target = target_of(reading, form.action);
    if (!target || !is_allowed(reading.context, *target)) {
        PageVerdict verdict = stop(PageClass::foreign_form_action, std::move(evidence));
        verdict.why =
            fail(Code::origin_refused, "The sign-in would be sent on to {}, which is not one of the allowed origins.",
                 target ? target->origin() : "an address that cannot be read")
                .setting("idp_origins")
                .take();
        return verdict;
    }
    PageVerdict verdict = stop(kind, std::move(evidence));
    verdict.form = place_of(reading.page, form);
    verdict.action = std::move(*target);
    verdict.method = form.method == "post" ? "POST" : "GET";
    for (const Field* field : fields)
        verdict.send.push_back(sent(*field, is_button(*field) ? SentField::Role::fixed : SentField::Role::echo));
    return verdict;
}

// ---- AD FS's codes ------------------------------------------------------------------------

std::string msis_code(std::string_view text) {
    constexpr std::string_view prefix = "MSIS";
    constexpr std::size_t digits = 4;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto is_letter = [&](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    for (std::size_t at = 0; (at = text.find(prefix, at)) != text.npos; at += prefix.size()) {
        const std::string_view number = text.substr(at + prefix.size(), digits + 1);
        if (number.size() < digits || !std::ranges::all_of(number.substr(0, digits), is_digit))
            continue;
        if ((at != 0 && is_letter(text[at - 1])) || (number.size() > digits && is_letter(number[digits])))
            continue;
        return std::string(text.substr(at, prefix.size() + digits));
    }
    return {};
}

} // namespace awsfed::pages
