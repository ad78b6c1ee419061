// The forms of an HTML page, the one among them that signs a user in, and what a browser would send; and
// the marks by which pages are told apart.
//
// Pages are read by libxml2's HTML parser, which mends broken markup much as browsers do. Scripts do
// not run: what only a script would build is not there.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "markup/script_facts.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

// What a select offers.
struct Option {
    std::string value;
    std::string label; // what a person sees
};

// One control. A hidden input may hold an assertion, so every value is a Secret.
struct Field {
    std::string name; // empty: the control is never sent
    // Lower case: "text" (also for no type and for an unknown one), "password", "hidden", "email",
    // "checkbox", ... A <button> is "submit", "reset" or "button"; further there are "select" and "textarea".
    std::string type;
    std::string id;
    std::string autocomplete;  // lower case
    Secret value;              // as in the page; of a select the chosen option
    bool checked = false;      // a checkbox or radio button that is set; a select that has an option
    bool disabled = false;     // by itself or by a fieldset around it
    bool read_only = false;
    bool required = false;
    std::optional<std::string> form_action; // a submit button that sends the form elsewhere
    std::optional<std::string> form_method; // lower case
    std::vector<Option> options{};          // of a select, those that can be chosen

    Field clone() const;
};

struct Form {
    std::string action;           // as written, without white space around it; empty: the page's own URL
    std::string method = "get";   // lower case; anything unknown is "get", as browsers have it
    std::string enctype = "application/x-www-form-urlencoded"; // lower case
    std::string id;
    std::string name;
    std::vector<Field> fields;    // in document order, those that name the form in an attribute included

    Form clone() const;
};

// An element that may tell what a page is: one with an id, a class, a role, a target or a click handler.
// Controls and forms are not among them.
struct Mark {
    std::string tag; // lower case
    std::string id;
    std::vector<std::string> classes;
    std::string role;     // lower case
    std::string href;     // as written
    std::string on_click; // script, as written
    std::size_t parent = no_mark; // the nearest mark around it
    bool hidden = false;          // by "hidden" or "display: none", its own or of what is around it
    std::size_t text_begin = 0;   // its text within Page::text
    std::size_t text_end = 0;

    static constexpr std::size_t no_mark = static_cast<std::size_t>(-1);
    bool has_class(std::string_view name) const;
};

struct Page {
    std::vector<Form> forms;          // in document order
    std::vector<Field> loose_fields;  // controls that belong to no form
    std::string base_href;            // of the first <base href>; actions are relative to it
    std::string title;                // white space folded
    std::vector<Mark> marks;          // in document order, the first page_marks_max
    std::string text;                 // of the body, without scripts, white space folded; its beginning
    std::string refresh;              // the URL of <meta http-equiv=refresh>; not one for browsers without script
    ScriptFacts scripts;              // of all inline scripts and of the body's onload

    std::string_view text_of(const Mark& mark) const; // trimmed
    const Mark* mark(std::string_view id) const;      // the first of that id, null when there is none
    const Form* form(std::string_view id) const;
};

// A page as it arrived, with its Content-Type header (empty where there was none). The character set
// is that of a byte order mark, the header or a <meta>, else UTF-8; everything in a Page is UTF-8.
// Refuses what is not HTML (page_unknown), and a page that is larger, deeper or wider than any right one.
Result<Page> read_page(std::string_view html, std::string_view content_type);

// A form that signs in, and the places of the two fields to fill. One of them is no_field where the
// provider asks in two steps.
struct LoginForm {
    static constexpr std::size_t no_field = static_cast<std::size_t>(-1);

    Form form;
    std::size_t user_field = no_field;
    std::size_t password_field = no_field;

    LoginForm clone() const { return {form.clone(), user_field, password_field}; }
};

// Does some form ask for a password? Error pages and portals do not.
bool has_login_form(const Page& page);

// The one form that takes one user name and one password, by POST. It is told by its structure, since
// names differ from provider to provider. Everything else is page_unknown, and the message says what
// was found instead: no such form, several, a form that changes the password, one that sends by GET, ...
// A submit button's own action and method have been put into the form.
Result<LoginForm> login_form_in(const Page& page);
// The same for a form that is known to be the one.
Result<LoginForm> login_form_of(const Page& page, const Form& form);

// The step of a sign-in that asks for one of the two: the places of the field, by the same structure.
// Empty when the form is no such step.
std::optional<LoginForm> user_step_of(const Form& form);
std::optional<LoginForm> password_step_of(const Form& form);

// Fields that ask for a password; for one that is to be set.
std::vector<const Field*> passwords_of(const Form& form);
bool asks_for_new_password(const Field& field);

// The form that carries a SAMLResponse (saml-bindings 3.5.4), to look at its action. Null when there is
// none, or when there are several that differ.
const Form* saml_form_in(const Page& page);
std::optional<Secret> saml_response_in(const Page& page);

// The url-encoded body that a browser sends when the user presses Enter (HTML, "form submission"): the
// successful controls in document order, and of the submit buttons the default one only. In UTF-8.
Secret form_body(const Form& form);
// An empty user or password where the form does not ask for it.
Secret form_body(const LoginForm& login, std::string_view user, const Secret& password);

// The same as fields, before they are filled in and encoded: which ones go, in which order.
std::vector<const Field*> sent_fields(const Form& form);
std::vector<const Field*> sent_fields(const LoginForm& login);

} // namespace awsfed
