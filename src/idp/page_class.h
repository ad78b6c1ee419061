// What a page of an identity provider is, told by its structure: ids, names, paths, never by its words, which
// are localised and rewritten by administrators. Pure: a page in, a verdict out.
//
// Only a verdict of the kinds credential_form, username_step and password_step has something to fill in, and
// only at the page's own origin, by POST. Everything else is named, and nothing secret is sent to it.
#pragma once

#include "base/error.h"
#include "http/url.h"
#include "markup/form.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

// See page_classes.def for what each of them is.
enum class PageClass {
#define AWSFED_PAGE(name, part, error, meaning) name,
#include "idp/page_classes.def"
#undef AWSFED_PAGE
};

std::string_view page_class_name(PageClass kind);

// When the page came. A password form means "sign in" before the password was sent, and "no" behind it;
// where it is not known, the error text on it decides.
enum class SignInMoment { unknown, before_password, after_password };

// What to choose where AD FS lets choose; empty: what is usual.
struct PageWishes {
    std::string home_realm;  // the id of a claims provider; usual: the farm's own
    std::string application; // the GUID of a relying party, or its name; usual: Amazon Web Services
};

struct PageContext {
    const Url& url; // where the page was found, after redirects
    int status = 200;
    std::span<const std::string> origins; // to which anything may be posted
    SignInMoment moment = SignInMoment::unknown;
    const PageWishes* wishes = nullptr;
};

// One field of what a browser would send, in page order.
struct SentField {
    enum class Role {
        user,
        password,
        echo,   // the page's own value
        fixed,  // a literal, also that of the button that is pressed
        choice, // one of several
    };
    std::string name;
    Role role = Role::echo;
    Secret value; // empty for user and password
};

struct PageVerdict {
    PageClass kind = PageClass::other;
    std::string evidence; // one sentence: the marks that decided

    // What would be sent: the form's place on the page, its resolved target. Without a form there is nothing
    // to send. For saml_post it tells where the response is and whom it is for; it is kept, not posted.
    std::optional<std::size_t> form;
    std::optional<Url> action;
    std::string method;
    std::vector<SentField> send;
    std::optional<LoginForm> login; // of the three kinds to fill in; its action and method are `action` and POST

    std::string adapter;              // mfa_required: AD FS's AuthMethod
    std::vector<std::string> choices; // the adapters, realms or applications on offer
    std::string code;                 // the provider's own: MSIS7007, a SAML status
    std::string reference;            // AD FS's activity id
    std::string error_text;           // what the page tells, printable and cut
    std::string next;                 // script_redirect: where to
    std::optional<Error> why;         // where the class alone does not say it: the exact error
};

// The body of what would be sent, where there is nothing to fill in.
Secret body_of(const std::vector<SentField>& fields);

// An HTML page.
PageVerdict classify_page(const Page& page, const PageContext& context);

// Any answer: HTML, XML of WS-Trust, SAML or ECP, JSON, nothing.
PageVerdict classify_answer(std::string_view body, std::string_view content_type, const PageContext& context);

// May a client that has a user name and a password go on from here? Else error_of tells why not.
bool leads_on(PageClass kind);

// The error that the verdict is for the one who signs in: each class has a code of its own, and the well-known
// codes of AD FS have too. Error::peer is the provider's code, Error::trace its activity id.
Error error_of(const PageVerdict& verdict, const PageContext& context);

} // namespace awsfed
