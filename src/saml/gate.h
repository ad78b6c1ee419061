// The shape of a response's tree, checked node by node before anything is read from it.
#pragma once

#include "base/result.h"

#include <libxml/tree.h>

namespace awsfed::saml {

struct Shape {
    const xmlNode* response = nullptr;
    const xmlNode* assertion = nullptr; // or EncryptedAssertion
    bool encrypted = false;
};

// See saml/response_door.h for what is refused.
Result<Shape> check_shape(const xmlDoc& document);

} // namespace awsfed::saml
