// What the rules of the page classifier share. Inside of idp/page_*.cpp and soap_fault.cpp only.
#pragma once

#include "idp/page_class.h"

namespace awsfed::pages {

struct Reading {
    const Page& page;
    const PageContext& context;

    bool path_has(std::string_view part) const; // without regard to case
};

// Nothing is sent to it.
PageVerdict stop(PageClass kind, std::string evidence);
PageVerdict stop_with(PageClass kind, std::string evidence, std::string error_text);

// What a sign-in form becomes: something to fill in, a refusal that was just told, or a form that may not
// have the password.
PageVerdict form_to_fill(const Reading& reading, PageClass kind, const Form& form, LoginForm login,
                         std::string evidence);
// A password form that cannot be filled, and why.
PageVerdict form_refused(const Form& form, Error why);

// A form that carries the page's own values on, with a button pressed or none. It is foreign_form_action where its
// target is not allowed.
PageVerdict form_to_send_on(const Reading& reading, PageClass kind, const Form& form, std::vector<const Field*> fields,
                            std::string evidence);

// Where the form leads: against the page's base, which is against its URL.
Result<Url> target_of(const Reading& reading, std::string_view action);
bool is_allowed(const PageContext& context, const Url& url);

const Field* field_named(const Form& form, std::string_view name); // without regard to case
bool is_visible_control(const Field& field);                       // a person fills it in
// What the page marks as an error, if it does: an element with text, not hidden, or a picture of one.
const Mark* error_mark(const Page& page);

// The rules, by provider. Empty: the page is none of theirs.
std::optional<PageVerdict> saml_verdict(const Reading& reading);
std::optional<PageVerdict> adfs_verdict(const Reading& reading);
std::optional<PageVerdict> keycloak_verdict(const Reading& reading);
std::optional<PageVerdict> provider_verdict(const Reading& reading); // the rest of those that are known
PageVerdict any_verdict(const Reading& reading);

PageVerdict xml_verdict(std::string_view body);

// "MSIS7007" where it stands alone in the text; empty when there is none.
std::string msis_code(std::string_view text);

} // namespace awsfed::pages
