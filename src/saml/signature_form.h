// The one form of XML signature that is accepted, checked before anything in it is processed: a library would carry out
// references and transforms first and look at the signature afterwards.
//
// Signature holds SignedInfo, SignatureValue and at most one KeyInfo (never read); SignedInfo names exclusive
// canonicalisation and has one Reference, "#" and the ID of the element that the Signature stands in, with the
// transforms enveloped-signature and exclusive canonicalisation (https://www.w3.org/TR/xmldsig-core1/, saml-core 5.4).
//
// Refusals have their reason in Error::peer: signature-form, reference, transform, algorithm.
#pragma once

#include "base/result.h"

#include <string>
#include <vector>

// libxml2's own name, so that its headers stay inside this room.
struct _xmlNode; // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

namespace awsfed::saml {

enum class SignatureAlgorithm {
    rsa_sha1,
    rsa_sha256,
    rsa_sha384,
    rsa_sha512,
    rsa_pss_sha256,
    rsa_pss_sha384,
    rsa_pss_sha512,
    ecdsa_sha256,
    ecdsa_sha384,
    ecdsa_sha512,
};
enum class DigestAlgorithm { sha1, sha256, sha384, sha512 };

struct SignatureForm {
    const _xmlNode* signature;
    const _xmlNode* signed_info;
    const _xmlNode* signed_element; // the signature's parent
    std::string id; // of the signed element
    SignatureAlgorithm algorithm;
    DigestAlgorithm digest;
    std::string signature_value; // decoded
    std::string digest_value;
    std::vector<std::string> info_prefixes; // InclusiveNamespaces for SignedInfo,
    std::vector<std::string> element_prefixes; // and for the signed element

    bool is_rsa() const { return algorithm <= SignatureAlgorithm::rsa_pss_sha512; }
    bool is_pss() const { return is_rsa() && algorithm >= SignatureAlgorithm::rsa_pss_sha256; }
    DigestAlgorithm signature_hash() const;
    bool uses_sha1() const { return algorithm == SignatureAlgorithm::rsa_sha1 || digest == DigestAlgorithm::sha1; }
};

// SHA-1 is refused ("algorithm") unless allow_sha1.
Result<SignatureForm> read_signature_form(const _xmlNode* signature, bool allow_sha1);

} // namespace awsfed::saml
