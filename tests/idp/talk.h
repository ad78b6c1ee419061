// A remembered conversation as a test: what the provider says, and what must have been said to it.
//
// A .talk file is read line by line:
//
//   # why this talk is here
//   start https://idp.example/start          settings of the conversation
//   origin https://other.example
//   answer password hunter2                  what settings answer
//   > GET https://idp.example/start          the next request must be this
//   > body user=alice&password=hunter2       and must have this body
//   < 302                                    the provider's answer
//   < location: /login
//   < body                                   its page follows, up to a line that is a single dot
//   <html>...
//   .
//   = asks password                          what the connector does then; "reply TEXT" answers
//   reply hunter2
//   = response PHNhbWw+                      the end: a SAML response, or
//   = error credentials-refused              an error by its code
#pragma once

#include "idp/conversation.h"
#include "idp/connector.h"

#include <string>

namespace awsfed {

// Plays the talk with the connector. Empty when everything was as written, else what was not.
std::string play_talk(const std::string& path, const Connector& connector);

} // namespace awsfed
