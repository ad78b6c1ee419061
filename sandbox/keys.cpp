#include "sandbox/keys.h"

#include "base/base64.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <array>
#include <stdexcept>
#include <vector>

namespace awsfed::sandbox {

namespace {

constexpr long valid_seconds = 30L * 24 * 3600; // a sandbox that runs longer makes new ones when it starts again
constexpr long early_seconds = 3600;            // for clients whose clock is behind
constexpr int serial_bytes = 16;

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

// Nothing of what is asked of OpenSSL here depends on input, so a failure is lack of memory or a defect.
void must(bool done) {
    if (!done)
        throw std::runtime_error("OpenSSL could not make keys or certificates.");
}

std::string text_in(BIO* bio) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

void extend(X509* certificate, X509* issuer, int what, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value);
    must(extension != nullptr);
    const bool added = X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    must(added);
}

Certificate blank_certificate(const Key& key, const std::string& name, Time now) {
    Certificate certificate(X509_new());
    must(certificate != nullptr && X509_set_version(certificate.get(), 2) == 1);
    std::array<unsigned char, serial_bytes> serial{};
    must(RAND_bytes(serial.data(), serial_bytes) == 1);
    serial[0] &= 0x7F; // RFC 5280, 4.1.2.2: positive
    BIGNUM* number = BN_bin2bn(serial.data(), serial_bytes, nullptr);
    must(number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get())) != nullptr);
    BN_free(number);

    const time_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    must(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), seconds - early_seconds) != nullptr);
    must(ASN1_TIME_set(X509_getm_notAfter(certificate.get()), seconds + valid_seconds) != nullptr);
    must(X509_set_pubkey(certificate.get(), key.get()) == 1);
    must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(name.data()), static_cast<int>(name.size()),
                                    -1, 0) == 1);
    return certificate;
}

void sign(const Certificate& certificate, X509* issuer, const Key& issuer_key) {
    must(X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer)) == 1);
    extend(certificate.get(), issuer, NID_subject_key_identifier, "hash");
    if (issuer != certificate.get()) // RFC 5280, 4.2.1.1: a self-signed one may leave it out
        extend(certificate.get(), issuer, NID_authority_key_identifier, "keyid:always");
    must(X509_sign(certificate.get(), issuer_key.get(), EVP_sha256()) > 0);
}

} // namespace

void FreeKey::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }
void FreeCertificate::operator()(x509_st* certificate) const { X509_free(certificate); }

Key make_rsa_key() {
    Key key(EVP_RSA_gen(2048));
    must(key != nullptr);
    return key;
}

Key make_elliptic_key(const char* curve) {
    Key key(EVP_EC_gen(curve));
    must(key != nullptr);
    return key;
}

Identity make_signing_identity(const std::string& name, Time now) {
    Identity made{.key = make_rsa_key(), .certificate = nullptr};
    made.certificate = blank_certificate(made.key, name, now);
    sign(made.certificate, made.certificate.get(), made.key);
    return made;
}

TlsIdentity make_tls_identity(Time now) {
    const Key authority_key = make_elliptic_key("P-256");
    const Certificate authority = blank_certificate(authority_key, "awsfed-sandbox authority", now);
    extend(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    extend(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    sign(authority, authority.get(), authority_key);

    TlsIdentity made{.server = {.key = make_elliptic_key("P-256"), .certificate = nullptr}, .authority_pem = {}};
    made.server.certificate = blank_certificate(made.server.key, "localhost", now);
    X509* server = made.server.certificate.get();
    extend(server, authority.get(), NID_basic_constraints, "critical,CA:FALSE");
    extend(server, authority.get(), NID_key_usage, "critical,digitalSignature");
    extend(server, authority.get(), NID_ext_key_usage, "serverAuth");
    extend(server, authority.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    sign(made.server.certificate, authority.get(), authority_key);

    const Bio out(BIO_new(BIO_s_mem()));
    must(out != nullptr && PEM_write_bio_X509(out.get(), authority.get()) == 1);
    made.authority_pem = text_in(out.get());
    return made;
}

std::string base64_der(const Certificate& certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate.get(), &der);
    must(size > 0);
    const Secret text = base64_encode({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return std::string(text.reveal());
}

std::string key_pem(const Key& key) {
    const Bio out(BIO_new(BIO_s_mem()));
    must(out != nullptr &&
         PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_in(out.get());
}

std::string random_hex(std::size_t bytes) { return random_text(bytes * 2, "0123456789abcdef"); }

std::string random_text(std::size_t size, std::string_view letters) {
    std::string text;
    const std::size_t fair = 256 - 256 % letters.size(); // beyond it some letters would come more often
    while (text.size() < size) {
        unsigned char byte = 0;
        must(RAND_bytes(&byte, 1) == 1);
        if (byte < fair)
            text += letters[byte % letters.size()];
    }
    return text;
}

} // namespace awsfed::sandbox
