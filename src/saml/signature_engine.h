// Does this signature verify with that key, and which octets did it sign? Canonical forms are libxml2's, hashes and
// signatures OpenSSL's; there is no state in the process. xmlsec checks the same messages in the tests.
#pragma once

#include "base/result.h"
#include "saml/keys.h"
#include "saml/signature_form.h"

#include <string>

namespace awsfed::saml {

// The canonical octets that were hashed: what the key's owner has said, and nothing else. SignedInfo is verified first,
// so that nothing which it names is done for somebody who is not trusted; then the digest of the one element that it
// refers to. KeyInfo is never looked at.
//
// Refusals: Error::peer is signature (made by another key, or changed), digest (the signed element is not what was
// signed) or c14n.
Result<std::string> verify_signature(const SignatureForm& form, const PublicKey& key);

} // namespace awsfed::saml
