// The only file with xmlsec: does this signature verify with that key, and which octets did it sign?
//
// Process-wide state (docs/design/design.md, security rule 9): xmlsec is initialised once if nobody else has, libxml2's
// entity loader is put back behind it, and xmlsec's own messages to stderr are turned off. It is never shut down.
#pragma once

#include "base/result.h"
#include "saml/keys.h"
#include "saml/signature_form.h"

#include <string>

// libxml2's own name, so that its headers stay inside this room.
struct _xmlDoc; // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

namespace awsfed::saml {

// The canonical octets that were hashed: what the key's owner has said, and nothing else. `document` is the tree that
// the signature stands in; its IDs are unique (saml/gate.h). KeyInfo is never looked at.
//
// Refusals: Error::peer is digest (the signed element is not what was signed), signature (made by another key, or
// changed) or c14n. Code::verifier_unavailable when another part of the process has shut xmlsec down.
Result<std::string> verify_signature(_xmlDoc* document, const SignatureForm& form, const PublicKey& key);

} // namespace awsfed::saml
