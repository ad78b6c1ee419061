// The SAML response of the sandbox's identity provider: written and signed as AD FS does it, and checked where
// the sandbox's STS receives it. Both are xmlsec, with one key, in one program: this proves nothing about
// signatures (docs/guide/sandbox.md says so to its readers).
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "saml/assertion.h"
#include "sandbox/keys.h"
#include "sandbox/world.h"

#include <string>
#include <string_view>

namespace awsfed::sandbox {

// What the response is about. Borrowed for the call.
struct TokenTerms {
    const Provider& provider;
    const User& user;
    Time issued;
    std::string_view audience;
    std::string_view recipient;
    std::string_view request_id; // InResponseTo; empty: the provider speaks first
};

// Has to live as long as anybody signs or checks: xmlsec is started with it and stopped when it goes.
class TokenService {
public:
    explicit TokenService(Time now);
    TokenService(const TokenService&) = delete;
    TokenService& operator=(const TokenService&) = delete;
    ~TokenService();

    // Base64, for the field SAMLResponse. Only the assertion is signed, by RSA-SHA256 over exclusive C14N, as
    // is AD FS's usage. `by_stranger` signs with a key that nobody vouches for.
    std::string issue(const TokenTerms& terms, bool by_stranger) const;

    // Reads what issue() wrote, or whatever was sent in its place, and checks the assertion's signature by the
    // provider's key; a key in the message counts for nothing. Code::response_malformed; Error::peer is
    // "signature" where it is the signature.
    Result<Assertion> check(std::string_view base64) const;

    // For an identity provider in IAM, or for clients that verify.
    std::string metadata(const Provider& provider, std::string_view sign_in_url) const;

private:
    Identity own_;
    Identity stranger_;
};

} // namespace awsfed::sandbox
