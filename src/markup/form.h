// The forms of an HTML page, the one among them that signs a user in, and what a browser would send.
//
// Pages are read by libxml2's HTML parser, which mends broken markup much as browsers do. Scripts do
// not run: what only a script would build is not there.
#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

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

struct Page {
    std::vector<Form> forms;          // in document order
    std::vector<Field> loose_fields;  // controls that belong to no form
    std::string base_href;            // of the first <base href>; actions are relative to it
    std::string title;                // white space folded
};

// A page as it arrived, with its Content-Type header (empty where there was none). The character set
// is that of a byte order mark, the header or a <meta>, else UTF-8; everything in a Page is UTF-8.
// Refuses what is not HTML (page_unknown), and a page that is larger, deeper or wider than any right one.
Result<Page> read_page(std::string_view html, std::string_view content_type);

// A form that signs in, and the places of the two fields to fill.
struct LoginForm {
    Form form;
    std::size_t user_field = 0;
    std::size_t password_field = 0;
};

// Does some form ask for a password? Error pages and portals do not.
bool has_login_form(const Page& page);

// The one form that takes one user name and one password, by POST. It is told by its structure, since
// names differ from provider to provider. Everything else is page_unknown, and the message says what
// was found instead: no such form, several, a form that changes the password, one that sends by GET, ...
// A submit button's own action and method have been put into the form.
Result<LoginForm> login_form_in(const Page& page);

// The form that carries a SAMLResponse (saml-bindings 3.5.4), to look at its action. Null when there is
// none, or when there are several that differ.
const Form* saml_form_in(const Page& page);
std::optional<Secret> saml_response_in(const Page& page);

// The url-encoded body that a browser sends when the user presses Enter (HTML, "form submission"): the
// successful controls in document order, and of the submit buttons the default one only. In UTF-8.
Secret form_body(const Form& form);
Secret form_body(const LoginForm& login, std::string_view user, const Secret& password);

} // namespace awsfed
