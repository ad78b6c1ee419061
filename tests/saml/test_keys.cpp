#include "saml/keys.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/text.h"
#include "data_file.h"

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <chrono>
#include <memory>
#include <string>

using namespace awsfed;

namespace {

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

std::string file(const std::string& name) { return read_saml_data("keys/" + name); }

// The base64 between the lines of a PEM file.
std::string inside_of(const std::string& pem) {
    const std::size_t begin = pem.find('\n') + 1;
    return pem.substr(begin, pem.find("-----END") - begin);
}

Result<PrivateKey> private_key(std::string_view pem) { return PrivateKey::read_pem(Secret(pem)); }

// What OpenSSL writes for a key, by one of its own functions.
template <class Write>
std::string written(EVP_PKEY* key, Write write) {
    const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
    REQUIRE(write(bio.get(), key) == 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string with_pass_phrase() {
    auto key = private_key(file("sp.key"));
    REQUIRE(key);
    return written(key->get(), [](BIO* bio, EVP_PKEY* each) {
        return PEM_write_bio_PKCS8PrivateKey(bio, each, EVP_aes_256_cbc(), "phrase", 6, nullptr, nullptr);
    });
}

// "read", or the message.
std::string verdict(const Result<PrivateKey>& key) {
    if (key)
        return "read";
    CHECK(key.error().code == Code::key_malformed);
    CHECK(key.error().status() == Status::setting);
    return key.error().message;
}

std::string verdict(const Result<std::vector<Certificate>>& certificates) {
    if (certificates)
        return fmt::format("{} read", certificates->size());
    CHECK(certificates.error().code == Code::certificate_malformed);
    return certificates.error().message;
}

std::string base64_verdict(std::string_view text) {
    auto certificate = read_certificate_base64(text);
    if (certificate)
        return "read";
    CHECK(certificate.error().code == Code::certificate_malformed);
    return certificate.error().message;
}

} // namespace

// ---- certificates -------------------------------------------------------------------------

TEST_CASE("a certificate in PEM tells its key, its fingerprint, its subject and its dates") {
    auto certificates = read_certificates_pem(file("sp.crt"));
    REQUIRE(certificates);
    REQUIRE(certificates->size() == 1);
    const Certificate& certificate = certificates->front();
    CHECK(certificate.key.type() == KeyType::rsa);
    CHECK(certificate.key.bits() == 2048);
    CHECK(certificate.subject == "CN=sp.test");
    CHECK(certificate.fingerprint ==
          "56:0A:BF:EC:08:BA:4B:07:D8:92:AB:35:AD:51:77:02:8E:4C:FA:77:58:6D:C3:C0:C3:77:3C:A6:6F:69:08:9D");
    CHECK(iso_time(certificate.not_before) == "2025-01-01T00:00:00Z");
    CHECK(iso_time(certificate.not_after) == "2045-01-01T00:00:00Z");
}

TEST_CASE("the same certificate by base64 is the same, however its lines are broken") {
    const std::string base64 = inside_of(file("sp.crt"));
    auto from_pem = read_certificates_pem(file("sp.crt"));
    REQUIRE(from_pem);
    std::string one_line;
    std::string spread;
    for (const char c : base64) {
        if (c != '\n')
            one_line += c;
        spread += c == '\n' ? "\r\n\t  " : std::string(1, c);
    }
    for (const std::string& text : {base64, one_line, spread, "\n\n " + base64}) {
        auto certificate = read_certificate_base64(text);
        REQUIRE(certificate);
        CHECK(certificate->fingerprint == from_pem->front().fingerprint);
        CHECK(EVP_PKEY_eq(certificate->key.get(), from_pem->front().key.get()) == 1);
    }
}

TEST_CASE("what is not the base64 of one whole certificate is refused") {
    const std::string base64 = inside_of(file("sp.crt"));
    CHECK(base64_verdict("") == "The certificate is not base64.");
    CHECK(base64_verdict("TUlJQw==") == "The certificate is not one of X.509.");
    CHECK(base64_verdict(base64.substr(0, 390)) == "The certificate is not one of X.509."); // six lines of 64
    CHECK(base64_verdict(base64 + "AAAA").starts_with("The certificate is not base64"));
    CHECK(base64_verdict("&" + base64) == "The certificate is not base64.");
    CHECK(base64_verdict(file("sp.crt")) == "The certificate has the header lines of PEM around its base64.");
    CHECK(base64_verdict(inside_of(file("sp.key"))) == "The certificate is not one of X.509.");

    std::string longer(base64_decode(base64)->reveal());
    longer += std::string(3, '\0');
    CHECK(base64_verdict(base64_encode(longer).reveal()) == "The certificate has 3 bytes too many behind its end.");
    CHECK(base64_verdict(base64_encode(std::string(certificate_bytes_max + 1, '0')).reveal()).ends_with("are taken."));
}

TEST_CASE("no byte of a certificate can be changed so that it reads out of bounds") {
    const std::string der(base64_decode(inside_of(file("sp.crt")))->reveal());
    for (std::size_t i = 0; i < der.size(); ++i) {
        for (const char bit : {'\x01', '\x80'}) {
            std::string changed = der;
            changed[i] = static_cast<char>(changed[i] ^ bit);
            base64_verdict(base64_encode(changed).reveal());
        }
        base64_verdict(base64_encode(der.substr(0, i)).reveal());
    }
}

TEST_CASE("several certificates in one PEM text are read in their order, and text between them is skipped") {
    const std::string text = "subject=sp\n" + file("sp.crt") + "\n# the old one\n" + file("sp-old.crt");
    auto certificates = read_certificates_pem(text);
    REQUIRE(certificates);
    REQUIRE(certificates->size() == 2);
    CHECK(certificates->at(0).subject == "CN=sp.test");
    CHECK(certificates->at(1).subject == "CN=sp-old.test");
}

TEST_CASE("nothing but certificates is taken from a PEM text") {
    CHECK(verdict(read_certificates_pem(file("sp.crt") + file("sp.key"))) ==
          "The PEM text holds a \"PRIVATE KEY\" where only certificates belong.");
    CHECK(verdict(read_certificates_pem("-----BEGIN TRUSTED CERTIFICATE-----\n")) ==
          "The PEM text holds a \"TRUSTED CERTIFICATE\" where only certificates belong.");
    CHECK(verdict(read_certificates_pem("")) == "The text holds no certificate in PEM.");
    CHECK(verdict(read_certificates_pem(inside_of(file("sp.crt")))) == "The text holds no certificate in PEM.");
    CHECK(verdict(read_certificates_pem(std::string(certificates_pem_bytes_max + 1, 'x'))).ends_with("are taken."));
}

TEST_CASE("a PEM text that is cut off anywhere is refused, also behind a whole certificate") {
    const std::string whole = file("sp-old.crt");
    const std::string pem = file("sp.crt");
    const std::size_t end = pem.rfind("-----END CERTIFICATE-----") + 25;
    for (std::size_t size = 28; size < end; size += 13) {
        CAPTURE(size);
        CHECK_FALSE(read_certificates_pem(pem.substr(0, size)));
        CHECK_FALSE(read_certificates_pem(whole + pem.substr(0, size)));
    }
    CHECK(verdict(read_certificates_pem(pem.substr(0, 500))) == "The PEM text is damaged or cut off.");
}

// ---- private keys -------------------------------------------------------------------------

TEST_CASE("a private key is read from PKCS#8 and from PKCS#1, also with a certificate before it") {
    auto key = private_key(file("sp.key"));
    REQUIRE(key);
    CHECK(key->bits() == 2048);
    const std::string pkcs1 = written(key->get(), [](BIO* bio, EVP_PKEY* each) {
        return PEM_write_bio_PrivateKey_traditional(bio, each, nullptr, nullptr, 0, nullptr, nullptr);
    });
    REQUIRE(pkcs1.starts_with("-----BEGIN RSA PRIVATE KEY-----"));
    auto again = private_key(pkcs1);
    REQUIRE(again);
    CHECK(EVP_PKEY_eq(again->get(), key->get()) == 1);
    CHECK(verdict(private_key(file("sp.crt") + file("sp.key"))) == "read");
}

TEST_CASE("a private key with a pass phrase is refused, and nobody is asked for it") {
    const std::string asked = "The private key is protected by a pass phrase.";
    auto key = private_key(file("sp.key"));
    REQUIRE(key);
    CHECK(verdict(private_key(with_pass_phrase())) == asked);
    const std::string traditional = written(key->get(), [](BIO* bio, EVP_PKEY* each) {
        const auto* phrase = reinterpret_cast<const unsigned char*>("phrase");
        return PEM_write_bio_PrivateKey_traditional(bio, each, EVP_aes_128_cbc(), phrase, 6, nullptr, nullptr);
    });
    REQUIRE(traditional.find("ENCRYPTED") != traditional.npos);
    auto refused = private_key(traditional);
    CHECK(verdict(refused) == asked);
    CHECK(refused.error().advice.find("openssl pkey") != std::string::npos);
}

TEST_CASE("what is not one private RSA key is refused") {
    CHECK(verdict(private_key(file("idp-p256.key"))) ==
          "The private key is not an RSA key, so nothing can be encrypted for it.");
    CHECK(verdict(private_key(file("sp.crt"))) == "The text holds 0 private keys in PEM, not one.");
    CHECK(verdict(private_key(file("sp.key") + file("sp-old.key"))) ==
          "The text holds 2 private keys in PEM, not one.");
    CHECK(verdict(private_key("")) == "The text holds 0 private keys in PEM, not one.");
    const std::unique_ptr<EVP_PKEY, Free> pss(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA-PSS", std::size_t{1024}));
    if (pss) {
        const std::string pem = written(pss.get(), [](BIO* bio, EVP_PKEY* each) {
            return PEM_write_bio_PrivateKey(bio, each, nullptr, nullptr, 0, nullptr, nullptr);
        });
        CHECK(verdict(private_key(pem)).starts_with("The private key is not an RSA key"));
    }
    CHECK(verdict(private_key(std::string(secret_bytes_max + 1, 'x'))).ends_with("are taken."));
}

TEST_CASE("a private key that is cut off is refused, and no piece of it is in the message") {
    const std::string pem = file("sp.key");
    const std::size_t end = pem.rfind("-----END PRIVATE KEY-----") + 25;
    for (std::size_t size = 28; size < end; size += 41) {
        CAPTURE(size);
        CHECK(verdict(private_key(pem.substr(0, size))) == "The private key cannot be read: it is damaged or cut off.");
    }
}

// ---- the host -----------------------------------------------------------------------------

TEST_CASE("what the host has in OpenSSL's queue of errors stays there, and nothing is added") {
    ERR_clear_error();
    for (const bool host_has_one : {false, true}) {
        if (host_has_one)
            ERR_raise(ERR_LIB_USER, 7);
        base64_verdict("TUlJQw==");
        CHECK_FALSE(read_certificates_pem(file("sp.crt").substr(0, 500)));
        CHECK(read_certificates_pem(file("sp.crt")));
        CHECK_FALSE(private_key(with_pass_phrase()));
        CHECK_FALSE(private_key(file("sp.key").substr(0, 500)));
        CHECK(private_key(file("sp.key")));
        const unsigned long first = ERR_get_error();
        CHECK((first == 0 ? 0 : ERR_GET_REASON(first)) == (host_has_one ? 7 : 0));
        CHECK(ERR_get_error() == 0);
    }
}
