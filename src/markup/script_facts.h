// What a sign-in page's scripts tell about the page, without running them.
//
// Scripts are split into words, strings and signs, as ECMAScript has them; a handful of idioms is looked for.
// What only a running script would find out is not found, and that is what the facts are for: to say that a
// page is such a one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace awsfed {

struct ScriptFacts {
    bool any = false;             // the page has scripts at all, also such that are not part of it
    bool submits_form = false;    // calls submit(), perhaps in the text of a timer
    bool has_config = false;      // sets $Config: Entra's pages are made by script from it
    bool has_state_token = false; // sets stateToken: Okta's are
    bool asks_security_key = false; // uses WebAuthn
    std::string page_id;      // Entra's name of the page (pgid)
    std::string navigates_to; // a URL that a script goes to, where it stands there as one string
};

// Adds what one script tells.
void read_script(std::string_view script, ScriptFacts& facts);

// The string that a call of the function is given: "AD AUTHORITY" in HRD.selection('AD AUTHORITY').
std::optional<std::string> argument_of(std::string_view script, std::string_view function);

} // namespace awsfed
