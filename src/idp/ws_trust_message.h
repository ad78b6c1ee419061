// The two messages of a sign-in by WS-Trust: the request for a token, with user name and password in it (WS-Security's
// UsernameToken, over TLS), and the answer with the token.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "idp/mex.h"
#include "markup/xml_reader.h"
#include "saml/wrapped_assertion.h"

#include <string_view>

namespace awsfed {

// All texts must be such that XML can carry them (is_xml_text).
struct TokenRequest {
    const TrustEndpoint& endpoint;
    std::string_view message_id; // a URI that does not repeat
    Time created;
    std::string_view user;
    const Secret& password;
    std::string_view relying_party;
};

// The SOAP 1.2 envelope. It asks for a bearer token of SAML 2.0.
Secret token_request(const TokenRequest& request);

// urn:uuid: of 16 random bytes in hexadecimal (RFC 9562, 5.4).
std::string uuid_urn(std::string hex);

// The one assertion of an answer. It points into `answer`, which `envelope` was parsed from. A token of another kind,
// or more than one, is response_malformed.
Result<BareAssertion> issued_assertion(const XmlElement& envelope, std::string_view answer);

} // namespace awsfed
