// The identity provider: a look-alike of AD FS 2016's sign-in by form, as a function from what came in to what
// goes out. Paths, forms, cookies and redirects are AD FS's; the words and the layout are ours.
#pragma once

#include "base/time.h"
#include "sandbox/exchange.h"
#include "sandbox/faults.h"
#include "sandbox/saml_token.h"
#include "sandbox/world.h"

#include <expected>
#include <map>
#include <string>
#include <string_view>

namespace awsfed::sandbox {

class Adfs {
public:
    // Borrows all of them. `origin` is where it is reached: "https://127.0.0.1:8443".
    Adfs(const World& world, const TokenService& tokens, FaultBook& faults, const Clock& clock, std::string origin);

    // The address at which a sign-in for AWS starts.
    std::string sign_in_url() const;

    Answer answer(const Received& request);

private:
    // What is asked for, read from the URL alone, as every step of a sign-in has it.
    struct Wish {
        std::string request_id{}; // empty: IdP-initiated
        std::string relay_state{};
        std::string url{}; // path and query, to come back to
    };
    struct Refusal {
        std::string code;
        std::string text;
    };
    struct Signed {
        const User* user;
        Time since;
    };

    Answer sign_in(const Received& request, const Wish& wish);
    Answer show_form(const Wish& wish);
    Answer take_password(const Received& request, const Wish& wish);
    Answer ask_factor(const Wish& wish, const User& user, std::string_view error);
    Answer take_factor(const Pairs& fields, const Wish& wish);
    Answer let_in(const Wish& wish, const User& user);
    Answer hand_over(const Wish& wish, const User& user);
    Answer refuse(const Refusal& refusal) const;
    const User* signed_in(const Received& request);
    std::string remember(const User& user);

    // Either what is wished for, or why it is not to be had.
    std::expected<Wish, Refusal> wish_of(const Received& request) const;
    std::expected<Wish, Refusal> provider_first(const Received& request, const Pairs& query) const;
    std::expected<Wish, Refusal> requested(const Received& request, const Pairs& query) const;

    const World& world_;
    const TokenService& tokens_;
    FaultBook& faults_;
    const Clock& clock_;
    std::string origin_;
    std::map<std::string, Signed, std::less<>> sessions_; // by the value of MSISAuth
    struct Asked {
        const User* user;
        int looks = 0; // of the page, whether somebody has approved
    };
    std::map<std::string, Asked, std::less<>> factors_; // under way, by Context
};

} // namespace awsfed::sandbox
