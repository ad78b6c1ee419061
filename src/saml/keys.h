// Keys and the certificates that carry them: what signatures are verified with, and what opens an encrypted assertion.
//
// A certificate is a wrapping for a key here, as the SAML metadata interoperability profile has it: who issued it, for
// what and until when is shown to people and decides nothing. Trust comes from where the certificate was read.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

// OpenSSL's own name, so that its headers stay in the source files.
struct evp_pkey_st;

namespace awsfed {

enum class KeyType { rsa, ec_p256, ec_p384, ec_p521, other };

// Never changes, and may be used by several threads at once. Copies share one key.
class PublicKey {
public:
    // Takes a share in the key, which must not be null.
    explicit PublicKey(std::shared_ptr<evp_pkey_st> key);

    evp_pkey_st* get() const { return key_.get(); }
    // Curves count only by their names: one that spells out its parameters is `other`, and so is RSA that is bound to
    // PSS.
    KeyType type() const { return type_; }
    int bits() const { return bits_; } // of the modulus or the field

private:
    std::shared_ptr<evp_pkey_st> key_;
    KeyType type_;
    int bits_;
};

struct Certificate {
    PublicKey key;
    std::string fingerprint; // SHA-256 of the DER: "AB:CD:..."
    std::string subject; // RFC 2253, shortened for messages
    Time not_before; // dates are for people; 1970 where they cannot be read
    Time not_after;
};

// The content of ds:X509Certificate: base64 of DER, with white space anywhere. certificate_malformed.
Result<Certificate> read_certificate_base64(std::string_view text);

// One certificate or several, as PEM. Text between them is skipped; anything else in PEM, and one that is cut off, is
// certificate_malformed.
Result<std::vector<Certificate>> read_certificates_pem(std::string_view pem);

// An RSA key that opens what was encrypted for it. Never changes, and may be used by several threads at once.
class PrivateKey {
public:
    // One unencrypted key in PKCS#8 or PKCS#1; certificates beside it are skipped. A pass phrase is never asked for.
    // key_malformed.
    static Result<PrivateKey> read_pem(const Secret& pem);

    evp_pkey_st* get() const { return key_.get(); }
    int bits() const;

private:
    explicit PrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}

    std::shared_ptr<evp_pkey_st> key_;
};

} // namespace awsfed
