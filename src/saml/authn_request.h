// A request for a sign-in, as the service provider would make it (saml-core 3.4.1), by the HTTP-Redirect
// binding (saml-bindings 3.4.4.1) or by HTTP-POST (3.5.4).
#pragma once

#include "base/secret.h"
#include "base/time.h"

#include <string>
#include <string_view>

namespace awsfed {

// What is asked for. `id` is an xs:ID that does not repeat; the response has it in InResponseTo.
//
// There is nothing else in it, on purpose. AD FS refuses a NameIDPolicy that its rules do not give (MSIS7070),
// an AuthnContext that the farm does not offer (MSIS7102), and an AssertionConsumerServiceURL that is not one of
// the trust's (MSIS3200); without them it takes what the trust says.
struct AuthnRequest {
    std::string id;
    Time issue_instant;
    std::string issuer; // the relying party's identifier
};

std::string authn_request_xml(const AuthnRequest& request);

// "SAMLRequest=...": the XML in raw DEFLATE, base64 and percent encoding. Unsigned: the key would be AWS's.
std::string authn_request_query(const AuthnRequest& request);
// The same as the body of a form: the XML in base64.
Secret authn_request_body(const AuthnRequest& request);

} // namespace awsfed
