// When two requests for credentials are the same: then, and only then, is one given what the other one got.
#pragma once

#include "base/hash.h"
#include "base/secret.h"

#include <string_view>

namespace awsfed {

// Names a request, and tells nothing of it to who does not have the store's key.
using RequestKey = Digest;

// Collects all that a request is made of. Each part is written with its name and sizes, so that no two requests make
// the same text; it stays in locked memory, since secrets are among the parts.
class RequestText {
public:
    void add(std::string_view name, std::string_view value);
    // HMAC-SHA-256 (RFC 2104): without the key, a password cannot be guessed by it.
    RequestKey key(std::string_view store_key) const;

private:
    Secret text_;
};

} // namespace awsfed
