// A remembered conversation as a test: what the provider says, and what must have been said to it.
//
// A .talk file is read line by line:
//
//   # why this talk is here
//   set idp adfs                             settings, beside those that follow; without it idp is form
//   start https://idp.example/start          where the conversation begins
//   origin https://other.example
//   answer password hunter2                  what settings answer
//   > GET https://idp.example/start          the next request must be this; "*" at the end: any end
//   > body user=alice&password=hunter2       and must have this body; "*" at the end as above
//   > proof ntlm CORP\alice hunter2          and this proof of the user ("proof kerberos"), which none has otherwise
//   > agent Mozilla/5.0*                     and this User-Agent
//   < 302                                    the provider's answer
//   < location: /login
//   < body                                   its page follows, up to a line that is a single dot
//   <html>...
//   .
//   < page adfs-wrong-password-span.html     or the page is a file of vectors/data/pages/synthetic
//   < document fault_clock.xml               or an XML document of idp/data
//   = asks password                          what the connector does then; "reply TEXT" answers
//   reply hunter2                            with a second word: the adapter of a second factor that asks
//   = waits 42                               it waits for something elsewhere, and shows this; the time passes
//   = response PHNhbWw+                      the end: a SAML response, or
//   = error credentials-refused              an error by its code, or with a second word, that of the provider too
//
// The time is 2026-11-24T16:00:00Z in the beginning, and passes only where it is waited. What is random counts up.
#pragma once

#include "idp/conversation.h"
#include "settings/settings.h"

#include <string>

namespace awsfed {

// Plays the talk. Empty when everything was as written, else what was not. `witness`: who looks on.
std::string play_talk(const std::string& path, Witness* witness = nullptr);

// The settings of such a sign-in, as an administrator would write them, without the password.
Settings settings_of_talk(const std::string& path);
// What the talk comes to in the end: "response", "question", or the code of an error.
std::string end_of_talk(const std::string& path);

} // namespace awsfed
