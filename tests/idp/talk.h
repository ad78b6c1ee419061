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
//   > body user=alice&password=hunter2       and must have this body
//   < 302                                    the provider's answer
//   < location: /login
//   < body                                   its page follows, up to a line that is a single dot
//   <html>...
//   .
//   < page adfs-wrong-password-span.html     or the page is a file of vectors/data/pages/synthetic
//   = asks password                          what the connector does then; "reply TEXT" answers
//   reply hunter2
//   = response PHNhbWw+                      the end: a SAML response, or
//   = error credentials-refused              an error by its code, or with a second word, that of the provider too
//
// The time is 2026-11-24T16:00:00Z, and what is random counts up.
#pragma once

#include <string>

namespace awsfed {

// Plays the talk. Empty when everything was as written, else what was not.
std::string play_talk(const std::string& path);

} // namespace awsfed
