// A sign-in request that the service provider starts: the HTTP-Redirect binding (saml-bindings 3.4.4.1).
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace awsfed::sandbox {

struct AuthnRequest {
    std::string id;
    std::string issuer;
    std::string consumer_url; // AssertionConsumerServiceURL; empty: the one that is known
};

// Takes the value of the field SAMLRequest: base64 of a raw deflate stream. The failure's Error::peer is the MSIS
// code that AD FS shows: MSIS7015 for what cannot be read, MSIS7000 for a time without zone, MSIS7070 for a
// NameIDPolicy and MSIS7102 for a RequestedAuthnContext, neither of which AD FS takes for AWS in its usual
// configuration.
Result<AuthnRequest> read_authn_request(std::string_view base64);

} // namespace awsfed::sandbox
