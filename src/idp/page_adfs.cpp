// AD FS's pages. The ids and names are those of its page scripts and of captured pages; none of them is localised.
#include "idp/page_factor.h"
#include "idp/page_rules.h"

#include "base/text.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace awsfed::pages {

namespace {

constexpr std::string_view forms_method = "FormsAuthentication";

// The form's AuthMethod; empty when it has none.
std::string method_of(const Form& form) {
    const Field* field = field_named(form, "AuthMethod");
    return field == nullptr ? "" : std::string(trimmed(field->value.reveal()));
}

// The list of methods is a form of its own, whose AuthMethod a script fills in.
bool is_options_form(const Form& form) { return form.id == "options"; }

bool is_forms_login(const Form& form) {
    return !is_options_form(form) && !passwords_of(form).empty() && equal_ignoring_case(method_of(form), forms_method);
}

// ---- the password's end -------------------------------------------------------------------

bool leads_to_new_password(std::string_view href) {
    return lower_ascii(href).find("/adfs/portal/updatepassword") != std::string::npos;
}

// Many sign-in pages offer a new password in their footer; only a link within the error text says that it is due.
const Mark* new_password_in_error(const Page& page) {
    const Mark* error = error_mark(page);
    if (error == nullptr)
        return nullptr;
    const auto place = static_cast<std::size_t>(error - page.marks.data());
    for (const Mark& mark : page.marks) {
        std::size_t above = mark.parent;
        while (above != Mark::no_mark && above != place)
            above = page.marks[above].parent;
        if (above == place && leads_to_new_password(mark.href))
            return error;
    }
    return nullptr;
}

std::optional<PageVerdict> expired(const Reading& reading) {
    const Page& page = reading.page;
    const Mark* notice = page.mark("expiredNotification");
    if (notice != nullptr && !notice->hidden && !page.text_of(*notice).empty())
        return stop_with(PageClass::password_expired, "It has a visible #expiredNotification.",
                         printable(page.text_of(*notice)));
    if (page.form("updatePasswordForm") != nullptr)
        return stop(PageClass::password_expired, "It has the form updatePasswordForm.");
    if (leads_to_new_password(reading.context.url.path()))
        return stop(PageClass::password_expired, "Its address is that of the update-password portal.");
    if (const Mark* error = new_password_in_error(page))
        return stop_with(PageClass::password_expired, "Its error text links to the update-password portal.",
                         printable(page.text_of(*error)));
    return std::nullopt;
}

// ---- the second factor --------------------------------------------------------------------

std::optional<PageVerdict> second_factor(const Reading& reading) {
    const bool has_login = std::ranges::any_of(reading.page.forms, is_forms_login);
    for (const Form& form : reading.page.forms) {
        const std::string method = method_of(form);
        if (is_options_form(form) || method.empty() || equal_ignoring_case(method, forms_method))
            continue;
        // Beside a sign-in form, another way to sign in is only an offer; a Context means that one is under way.
        if (has_login && field_named(form, "Context") == nullptr)
            continue;
        PageVerdict verdict =
            stop(PageClass::mfa_required, fmt::format("A form has the AuthMethod \"{}\".", printable(method, 80)));
        verdict.adapter = printable(method, 120);
        if (const Mark* error = error_mark(reading.page))
            verdict.error_text = printable(reading.page.text_of(*error));
        return verdict;
    }
    const std::vector<std::string> methods = methods_on_offer(reading.page);
    const bool primary = std::ranges::find(methods, forms_method) != methods.end();
    if (has_login || methods.empty() || primary || has_login_form(reading.page) ||
        reading.page.form("loginFormPaginated") != nullptr)
        return std::nullopt;
    PageVerdict verdict =
        stop(PageClass::mfa_required, fmt::format("It offers the methods {}, and no password.",
                                                  printable(fmt::format("{}", fmt::join(methods, ", ")))));
    verdict.choices = methods;
    if (methods.size() == 1)
        verdict.adapter = printable(methods.front(), 120);
    return verdict;
}

// ---- choices ------------------------------------------------------------------------------

PageWishes wishes_of(const Reading& reading) {
    return reading.context.wishes == nullptr ? PageWishes() : *reading.context.wishes;
}

std::vector<std::string> realms_on_offer(const Page& page) {
    std::vector<std::string> realms;
    for (const Mark& mark : page.marks) {
        if (const auto realm = argument_of(mark.on_click, "selection"))
            realms.push_back(*realm);
    }
    return realms;
}

// "AD AUTHORITY", or the farm's own name.
bool is_own_realm(const Reading& reading, std::string_view realm) {
    return realm == "AD AUTHORITY" || realm == fmt::format("http://{}/adfs/services/trust", reading.context.url.host());
}

// The script gives the nameless #hrdSelection its name before it sends the form.
std::vector<SentField> realm_fields(const Form& form, std::string_view realm) {
    std::vector<SentField> fields;
    for (const Field& field : form.fields) {
        if (field.id == "hrdSelection")
            fields.push_back({"HomeRealmSelection", SentField::Role::choice, Secret(realm)});
        else if (!field.name.empty() && field.type != "submit" && !field.disabled)
            fields.push_back({field.name, SentField::Role::echo, field.value.clone()});
    }
    return fields;
}

Error realm_unknown(std::string_view wish, const std::vector<std::string>& realms) {
    std::string lines;
    for (const std::string& realm : realms)
        lines += "\n" + printable(realm, 120);
    return fail(Code::home_realm_unknown, "AD FS does not offer the organisation \"{}\".", printable(wish, 120))
        .setting("home_realm")
        .advice("Set home_realm to one of these, to the letter:" + lines)
        .take();
}

std::optional<PageVerdict> home_realm(const Reading& reading) {
    const auto has_selection = [](const Form& form) {
        return std::ranges::any_of(form.fields, [](const Field& field) { return field.id == "hrdSelection"; });
    };
    const auto form =
        std::ranges::find_if(reading.page.forms, [&](const Form& f) { return f.id == "hrd" || has_selection(f); });
    if (form == reading.page.forms.end() || !passwords_of(*form).empty())
        return std::nullopt;
    const std::vector<std::string> realms = realms_on_offer(reading.page);
    const std::string wish = wishes_of(reading).home_realm;
    const auto chosen = std::ranges::find_if(
        realms, [&](const std::string& realm) { return wish.empty() ? is_own_realm(reading, realm) : realm == wish; });
    PageVerdict verdict = chosen != realms.end() && has_selection(*form)
                              ? form_to_send_on(reading, PageClass::home_realm_choice, *form, {}, "")
                              : stop(PageClass::home_realm_choice, "");
    if (verdict.form)
        verdict.send = realm_fields(*form, *chosen);
    verdict.evidence = fmt::format("It has the form hrd, with {} realm(s).", realms.size());
    verdict.choices = realms;
    if (!wish.empty() && chosen == realms.end())
        verdict.why = realm_unknown(wish, realms);
    if (const Mark* error = error_mark(reading.page))
        verdict.error_text = printable(reading.page.text_of(*error));
    return verdict;
}

std::vector<SentField> application_fields(const Form& form, std::string_view application) {
    std::vector<SentField> fields;
    for (const Field& field : form.fields) {
        if (field.disabled || field.name.empty() || field.name == "SignInIdpSite")
            continue;
        if (field.name == "SignInOtherSite")
            fields.push_back({field.name, SentField::Role::choice, field.value.clone()});
        else if (field.name == "RelyingParty")
            fields.push_back({field.name, SentField::Role::choice, Secret(application)});
        else if (field.name == "SignInGo" || field.name == "SignInSubmit")
            fields.push_back({field.name, SentField::Role::fixed, field.value.clone()});
        else if (field.type == "hidden" || (field.type == "checkbox" && field.checked))
            fields.push_back({field.name, SentField::Role::echo, field.value.clone()});
    }
    return fields;
}

std::optional<PageVerdict> relying_party(const Reading& reading) {
    const auto is_choice = [](const Form& form) {
        return field_named(form, "RelyingParty") != nullptr ||
               (form.id == "idpForm" && field_named(form, "SignInIdpSite") != nullptr);
    };
    const auto form = std::ranges::find_if(reading.page.forms, is_choice);
    if (form == reading.page.forms.end())
        return std::nullopt;
    const Field* list = field_named(*form, "RelyingParty");
    const std::vector<Option> none;
    const std::vector<Option>& options = list == nullptr ? none : list->options;
    const std::string wish = wishes_of(reading).application;
    // The name that AWS's metadata and its guides give the application.
    const std::string name = wish.empty() ? "Amazon Web Services" : wish;
    const auto aws = std::ranges::find_if(options, [&](const Option& o) {
        return equal_ignoring_case(o.label, name) || (!wish.empty() && equal_ignoring_case(o.value, wish));
    });
    PageVerdict verdict = aws != options.end()
                              ? form_to_send_on(reading, PageClass::relying_party_choice, *form, {}, "")
                              : stop(PageClass::relying_party_choice, "");
    if (verdict.form)
        verdict.send = application_fields(*form, aws->value);
    verdict.evidence =
        fmt::format("It has the form {} with {} application(s).", printable(form->id, 40), options.size());
    for (const Option& option : options)
        verdict.choices.push_back(printable(option.label, 80));
    return verdict;
}

// ---- errors -------------------------------------------------------------------------------

// 8-4-4-4-12 hexadecimal digits.
std::string guid_in(std::string_view text) {
    constexpr std::size_t length = 36;
    const auto fits = [](std::string_view candidate) {
        for (std::size_t i = 0; i < length; ++i) {
            const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
            const char c = candidate[i];
            const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            if (dash ? c != '-' : !digit)
                return false;
        }
        return true;
    };
    for (std::size_t at = 0; at + length <= text.size(); ++at) {
        if (fits(text.substr(at, length)))
            return std::string(text.substr(at, length));
    }
    return {};
}

std::string text_with_id(const Page& page, std::string_view id) {
    const Mark* mark = page.mark(id);
    return mark == nullptr ? "" : std::string(page.text_of(*mark));
}

// What the administrators of the farm or its rule have to say stands in these.
std::string told(const Page& page) {
    for (const std::string_view id : {"errorMessage", "openingMessage", "errorText"}) {
        if (std::string text = text_with_id(page, id); !text.empty())
            return printable(text);
    }
    return {};
}

bool is_denial(std::string_view code) { return code == "MSIS7068" || code == "MSIS5007"; }

// A rule's refusal has no code. Its text is the administrators' own, as a rule with a link to follow; AD FS's own text
// for an error whose details are hidden has none, but an activity id.
bool is_rule_text(const Page& page) {
    const Mark* message = page.mark("errorMessage");
    if (message == nullptr || page.mark("errorDetailsTitle") != nullptr)
        return false;
    const auto place = static_cast<std::size_t>(message - page.marks.data());
    const bool links =
        std::ranges::any_of(page.marks, [&](const Mark& mark) { return mark.parent == place && !mark.href.empty(); });
    return links || page.mark("activityId") == nullptr;
}

bool has_error_ids(const Page& page) {
    constexpr std::array<std::string_view, 5> ids{"errorArea", "errorDetails", "activityId", "errorMessage",
                                                  "errorDetailsTitle"};
    return std::ranges::any_of(ids, [&](std::string_view id) { return page.mark(id) != nullptr; });
}

// A page of AD FS, or a piece of one as an adapter makes it, that has text and nothing to do. A whole document of
// other make is a filter's.
bool is_bare_page(const Reading& reading) {
    const Page& page = reading.page;
    const auto asks = [](const Form& form) { return std::ranges::any_of(form.fields, is_visible_control); };
    const bool own = page.mark("workArea") != nullptr || page.form("aspnetForm") != nullptr || page.title.empty() ||
                     !msis_code(page.text).empty();
    return reading.path_has("/adfs/") && own && !page.text.empty() && std::ranges::none_of(page.forms, asks) &&
           !page.scripts.submits_form && page.scripts.navigates_to.empty();
}

std::string reference_on(const Page& page) {
    for (const std::string_view id : {"activityId", "errorDetails", "errorArea"}) {
        if (std::string guid = guid_in(text_with_id(page, id)); !guid.empty())
            return guid;
    }
    return guid_in(page.text);
}

std::optional<PageVerdict> error_page(const Reading& reading) {
    const Page& page = reading.page;
    const bool marked = has_error_ids(page);
    if (has_login_form(page) || (!marked && !is_bare_page(reading)))
        return std::nullopt;
    PageVerdict verdict =
        stop_with(PageClass::idp_error, "It is a page of AD FS with neither a form nor a code.", told(page));
    verdict.code = msis_code(page.text);
    verdict.reference = reference_on(page);
    if (!verdict.code.empty()) {
        verdict.kind = is_denial(verdict.code) ? PageClass::access_denied : PageClass::idp_error;
        verdict.evidence = fmt::format("It is an error page with the code {}.", verdict.code);
    } else if (marked && is_rule_text(page)) {
        verdict.kind = PageClass::access_denied;
        verdict.evidence = "It is an error page without a code, as a rule that refuses the user makes it.";
    }
    return verdict;
}

// ---- sign-in ------------------------------------------------------------------------------

std::optional<PageVerdict> sign_in_form(const Reading& reading) {
    const Page& page = reading.page;
    const auto form = std::ranges::find_if(page.forms, is_forms_login);
    if (form != page.forms.end() && std::ranges::count_if(page.forms, is_forms_login) == 1) {
        auto login = login_form_of(page, *form);
        auto step = login ? std::nullopt : password_step_of(*form);
        if (step)
            return form_to_fill(
                reading, PageClass::password_step, *form, std::move(*step),
                "A form has a password and the AuthMethod FormsAuthentication, and the user name is known.");
        if (!login)
            return form_refused(*form, std::move(login.error()));
        return form_to_fill(reading, PageClass::credential_form, *form, std::move(*login),
                            "A form has a password and the AuthMethod FormsAuthentication.");
    }
    const Form* first = page.form("loginFormPaginated");
    if (first == nullptr || has_login_form(page))
        return std::nullopt;
    auto step = user_step_of(*first);
    if (!step)
        return std::nullopt;
    return form_to_fill(reading, PageClass::username_step, *first, std::move(*step),
                        "It has the form loginFormPaginated and no password.");
}

} // namespace

std::optional<PageVerdict> adfs_verdict(const Reading& reading) {
    using Rule = std::optional<PageVerdict> (*)(const Reading&);
    for (const Rule rule : {expired, second_factor, home_realm, relying_party, error_page, sign_in_form}) {
        if (auto verdict = rule(reading))
            return verdict;
    }
    return std::nullopt;
}

} // namespace awsfed::pages
