// The keys that the sandbox makes when it starts, by OpenSSL. None of them is ever written anywhere.
#pragma once

#include "base/time.h"

#include <cstddef>
#include <memory>
#include <string>

// OpenSSL's own names, so that its headers stay out of here.
struct evp_pkey_st; // NOLINT(bugprone-reserved-identifier)
struct x509_st;     // NOLINT(bugprone-reserved-identifier)

namespace awsfed::sandbox {

struct FreeKey {
    void operator()(evp_pkey_st* key) const;
};
struct FreeCertificate {
    void operator()(x509_st* certificate) const;
};
using Key = std::unique_ptr<evp_pkey_st, FreeKey>;
using Certificate = std::unique_ptr<x509_st, FreeCertificate>;

Key make_rsa_key(); // of 2,048 bits
Key make_elliptic_key(const char* curve);

// A key, and the certificate that speaks for it.
struct Identity {
    Key key;
    Certificate certificate;
};

// What the identity provider signs with: RSA of 2,048 bits, as AD FS makes it, and self-signed.
Identity make_signing_identity(const std::string& name, Time now);

// For TLS on 127.0.0.1, ::1 and localhost, from a certificate authority of its own whose key is gone when this
// returns: nobody can make a second certificate with it.
struct TlsIdentity {
    Identity server;
    std::string authority_pem;
};
TlsIdentity make_tls_identity(Time now);

std::string base64_der(const Certificate& certificate); // as XML has it
std::string key_pem(const Key& key);                    // PKCS #8

std::string random_hex(std::size_t bytes);
// Of the given letters, 256 at most.
std::string random_text(std::size_t size, std::string_view letters);

} // namespace awsfed::sandbox
