// Proves a SAML response, or says why it is not proved.
//
// What a signature covers is read from the canonical octets that were hashed, parsed again as a document of their own;
// nothing of the message around them gets into the result. What stands around a signed assertion (destination, status)
// can only refuse. Every signature that is present must verify.
#pragma once

#include "saml/aws_rules.h"
#include "saml/keys.h"
#include "saml/metadata.h"
#include "saml/verified.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

// Who is believed, and what is put up with.
struct Trust {
    std::vector<IdpMetadata> providers; // their signing keys
    std::string entity_id;              // of the only one to believe; empty: any of them
    std::string origin;                 // where the keys come from, for the verdict: "pinned" or "url"
    bool allow_sha1 = false;
    bool allow_cbc = false;     // under a verified signature around it only
    bool allow_rsa1024 = false; // AWS itself takes such keys
    std::vector<PrivateKey> decryption_keys;
};

enum class ResponseForm {
    automatic, // base64 when it could be that: ASCII that does not begin with '<'
    xml,
    base64,
};

struct Verdict {
    std::vector<Check> checks; // in the order in which they were made
    std::optional<Verified<Assertion>> assertion; // only when none failed
    std::string origin;                           // of Trust

    bool accepted() const { return assertion.has_value(); }
    const Check* failure() const; // the first one; null when accepted
};

class Verifier {
public:
    // The rules' entity_id is set by the provider that the message names, and now by each call.
    Verifier(Trust trust, AwsRules rules) : trust_(std::move(trust)), rules_(std::move(rules)) {}

    // Never fails: what is wrong with a message is a check of its verdict. Reasons are words of a closed list
    // (docs/guide/saml.md).
    Verdict verify(std::string_view response, ResponseForm form, Time now) const;

private:
    Trust trust_;
    AwsRules rules_;
};

} // namespace awsfed
