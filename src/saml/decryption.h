// Opens an EncryptedAssertion (saml-core 2.3.4, xmlenc-core1). That it could be opened says nothing about who made it:
// the key is public.
//
// One form is taken: one EncryptedData of an element, with one EncryptedKey in its KeyInfo, or beside it with or
// without a RetrievalMethod to it. Refusals are response_malformed, and Error::peer has the reason: encryption-form
// (any other form, and whatever would have to be fetched), algorithm, decrypt.
//
// Taken are AES-GCM with 128, 192 or 256 bits, and RSA-OAEP. The schemes whose answers have been used to decrypt
// without the key (RSA 1.5, and CBC without a signature around it) are not.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "saml/keys.h"

#include <span>

// libxml2's own name, so that its headers stay inside this room.
struct _xmlNode; // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

namespace awsfed::saml {

struct DecryptionRules {
    // AES-CBC too. Only for a message whose signature covers the cipher text and has been verified: without one, our
    // answers to changed cipher texts would decrypt them (Jager and Somorovsky, 2011).
    bool allow_cbc = false;
};

// The plain text, which the caller has yet to parse. Every key is tried, and always all of them.
//
// From the unwrapping of the key on there is one error ("decrypt") with one text: whether the key, its length, the tag
// or the padding was wrong is told neither in words nor by leaving early.
Result<Secret> decrypt_assertion(const _xmlNode* encrypted_assertion, std::span<const PrivateKey> keys,
                                 const DecryptionRules& rules);

} // namespace awsfed::saml
