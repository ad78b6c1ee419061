// The signatures of GetWebIdentityToken: JSON Web Signatures (RFC 7515, 7518) by OpenSSL, with keys of the sandbox's
// own, and the key set (RFC 7517) by which anybody can verify them.
#pragma once

#include "sandbox/keys.h"

#include <string>
#include <string_view>

namespace awsfed::sandbox {

class WebTokens {
public:
    WebTokens(); // makes the keys: RSA of 2,048 bits and P-384

    static bool knows(std::string_view algorithm); // RS256, ES384

    // The claims, a JSON object, as a signed token.
    std::string sign(std::string_view algorithm, std::string_view claims) const;

    std::string key_set() const;

private:
    struct NamedKey {
        std::string id; // "kid"
        Key key;
    };
    NamedKey rsa_;
    NamedKey elliptic_;
};

} // namespace awsfed::sandbox
