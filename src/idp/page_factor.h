// The form that answers a second factor on a page of AD FS, told by its structure like everything about pages. Pure.
#pragma once

#include "idp/page_class.h"

#include <optional>
#include <string>

namespace awsfed {

struct FactorForm {
    enum class Kind {
        code,  // one field takes a code
        press, // the form is sent as it is, and shows a field then
        wait,  // the form is sent as it is, until somebody has approved elsewhere
        other, // nothing here can answer it: Duo's frame, a certificate, several fields
    };
    Kind kind = Kind::other;
    std::string method{};  // AD FS's name of the adapter, its AuthMethod; printable
    bool is_known = false; // the adapter, or the name of its field
    bool is_next = false;  // it wants the code after the one that was sent
    Form form;             // whatever it is, nothing is filled in yet
    std::size_t code_field = 0;
    Url action;
    std::string show{};       // a number that a person must enter elsewhere
    std::string error_text{}; // printable; empty where it shows none
};

// Empty where the page has none, or its form leads to another origin: what a factor answers goes to who asked.
std::optional<FactorForm> factor_form(const Page& page, const PageContext& context);

// What is sent, with the code in its place.
Secret factor_body(const FactorForm& factor, const Secret& code);

// The form that chooses another method, as a script on the page would fill it in; empty where the page has none.
struct MethodChoice {
    Secret body;
    Url action;
};
std::optional<MethodChoice> choose_method(const Page& page, const PageContext& context, std::string_view method);
// What it offers, in page order.
std::vector<std::string> methods_on_offer(const Page& page);

} // namespace awsfed
