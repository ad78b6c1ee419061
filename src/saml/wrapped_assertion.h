// A SAML response around an assertion that came without one, as a token service hands it out. STS takes responses only.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "markup/xml_reader.h"

#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

struct BareAssertion {
    std::string_view xml; // an Assertion or EncryptedAssertion of SAML 2.0: its octets, unaltered
    std::vector<XmlNamespace> inherited; // what its surroundings declared
    std::string issuer; // its own; empty where it is encrypted
};

// Success, and the assertion's octets as they were, since its signature covers them. The response says again what
// namespaces the assertion stood in: with those the exclusive canonical form that was signed is the same as before,
// whether the assertion uses them in names, in values or in its PrefixList. (The inclusive form would see those of the
// response, too; no provider signs an assertion by that one, and the verifier refuses it.)
//
// It has no Destination: nobody sent it to anyone. Nor is it signed; the signature is that of the assertion.
Result<Secret> response_around(const BareAssertion& assertion, std::string_view id, Time issue_instant);

} // namespace awsfed
