// xmlsec, with everything closed that is not needed: the other engine that signatures are checked with here. It carries
// references out before it looks at the signature, so it is only given what signature_form.h has let pass.
#pragma once

#include "saml/keys.h"
#include "saml/signature_form.h"

#include <optional>
#include <string>

struct _xmlDoc; // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

namespace awsfed {

// The octets that were hashed; empty when the signature does not verify.
std::optional<std::string> verify_by_xmlsec(_xmlDoc* document, const saml::SignatureForm& form, const PublicKey& key);

} // namespace awsfed
