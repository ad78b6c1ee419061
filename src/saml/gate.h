// The shape of a tree, checked node by node before anything is read from it.
#pragma once

#include "base/result.h"

// libxml2's own names, so that its headers stay inside this room.
struct _xmlDoc;  // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
struct _xmlNode; // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

namespace awsfed::saml {

struct Shape {
    const _xmlNode* response = nullptr;  // absent in the tree of an assertion by itself
    const _xmlNode* assertion = nullptr; // or EncryptedAssertion
    bool encrypted = false;
    const _xmlNode* response_signature = nullptr; // each at its one place, or absent
    const _xmlNode* assertion_signature = nullptr;
};

// A whole response. See saml/response_door.h for what is refused; the status is not looked at.
Result<Shape> check_response_shape(const _xmlDoc& document);

// An assertion that is a document of its own: one that was decrypted, or the octets of one that was signed. The same is
// refused.
Result<Shape> check_assertion_shape(const _xmlDoc& document);

// That response and assertion have an ID each (saml-core 2.3.3 and 3.2.2); what signs one without has a reason of its
// own. An encrypted assertion shows none. "id".
Result<void> check_ids(const Shape& shape);

// The status of a response: idp_refused with the provider's code and message when it is not Success, "status" when
// there is none.
Result<void> check_status(const _xmlDoc& document);

} // namespace awsfed::saml
