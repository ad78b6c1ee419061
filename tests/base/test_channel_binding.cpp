#include "base/channel_binding.h"

#include "base/hash.h"
#include "http/tls_server.h"

#include <doctest/doctest.h>

using namespace awsfed;

namespace {

std::string der_of(const TestIdentity& identity) {
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(identity.certificate.get(), &bytes);
    std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return der;
}

void sign(TestIdentity& identity, const EVP_MD* hash) {
    X509_sign(identity.certificate.get(), identity.key.get(), hash);
}

std::string with_sha256(const TestIdentity& identity) {
    return "tls-server-end-point:" + std::string(bytes_of(sha256(der_of(identity))));
}

} // namespace

TEST_CASE("a proof is bound to the certificate by the hash of its signature") {
    TestIdentity identity;
    CHECK(tls_server_end_point(identity.pem()) == with_sha256(identity));
    sign(identity, EVP_sha384());
    CHECK(tls_server_end_point(identity.pem()).size() == 21 + 48);
}

TEST_CASE("in the place of SHA-1 stands SHA-256") {
    TestIdentity identity;
    sign(identity, EVP_sha1());
    CHECK(tls_server_end_point(identity.pem()) == with_sha256(identity));
}

TEST_CASE("a certificate whose signature has no hash is bound to nothing") {
    TestIdentity identity;
    identity.key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    X509_set_pubkey(identity.certificate.get(), identity.key.get());
    sign(identity, nullptr);
    CHECK(tls_server_end_point(identity.pem()).empty());
    CHECK(tls_server_end_point("no certificate").empty());
    CHECK(tls_server_end_point("").empty());
}
