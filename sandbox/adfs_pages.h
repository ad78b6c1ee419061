// The pages of the sign-in: AD FS 2016's structure (its forms, names of fields and ids) in words of our own.
#pragma once

#include <string>
#include <string_view>

namespace awsfed::sandbox {

struct LoginPage {
    std::string_view action;
    std::string_view user{};  // echoed
    std::string_view error{}; // stands in #errorText
};
std::string login_page(const LoginPage& page);

// A page of a second factor: with a field for a code, or with a number to enter on a telephone.
struct FactorPage {
    std::string_view action;
    std::string_view method; // AuthMethod
    std::string_view context;
    bool takes_code = false;
    std::string_view number{};
    std::string_view error{};
};
std::string factor_page(const FactorPage& page);

// A page that a browser would post on by a script. There is no script here, only a button: what a person signs in
// with at the sandbox has no business at the real AWS.
std::string token_page(std::string_view action, std::string_view saml_response, std::string_view relay_state);

struct ErrorPage {
    std::string_view code; // MSISnnnn
    std::string_view text;
    std::string_view activity_id;
    std::string_view time;
};
std::string error_page(const ErrorPage& page);

std::string update_password_page(std::string_view action, std::string_view user);

} // namespace awsfed::sandbox
