// Does this signature verify with that key, and which octets did it sign? Canonical forms are libxml2's, hashes and
// signatures OpenSSL's; there is no state in the process. xmlsec checks the same messages in the tests.
#pragma once

#include "base/result.h"
#include "saml/keys.h"
#include "saml/signature_form.h"

#include <optional>
#include <string>

namespace awsfed::saml {

// One signature, for the keys that may have made it. The form must live longer.
class SignatureEngine {
public:
    explicit SignatureEngine(const SignatureForm& form) : form_(form) {}

    // The canonical octets that were hashed: what the key's owner has said, and nothing else. SignedInfo is verified
    // first, so that nothing which it names is done for somebody who is not trusted; then the digest of the one element
    // that it refers to. KeyInfo is never looked at.
    //
    // Refusals: Error::peer is signature (made by another key, or changed), digest (the signed element is not what was
    // signed), c14n or limits (of the canonical form).
    Result<std::string> octets_signed_by(const PublicKey& key);

private:
    const SignatureForm& form_;
    std::optional<Result<std::string>> info_; // canonical SignedInfo: the same for every key
};

} // namespace awsfed::saml
