#include "saml/keys.h"

#include "base/base64.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "saml/openssl_errors.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <cstddef>
#include <ctime>
#include <new>

namespace awsfed {

namespace {

struct Free {
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(char* text) const { OPENSSL_free(text); }
};

std::shared_ptr<evp_pkey_st> shared(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

std::unique_ptr<BIO, Free> reader_of(std::string_view text) {
    std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!bio)
        throw std::bad_alloc();
    return bio;
}

// ---- kinds of keys ------------------------------------------------------------------------

std::string text_parameter(const EVP_PKEY* key, const char* name) {
    std::array<char, 80> text{};
    std::size_t size = 0;
    if (EVP_PKEY_get_utf8_string_param(key, name, text.data(), text.size(), &size) != 1)
        return {};
    return {text.data(), size};
}

KeyType type_of(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA") == 1)
        return KeyType::rsa;
    if (EVP_PKEY_is_a(key, "EC") != 1 ||
        text_parameter(key, OSSL_PKEY_PARAM_EC_ENCODING) != OSSL_PKEY_EC_ENCODING_GROUP)
        return KeyType::other;
    const std::string curve = text_parameter(key, OSSL_PKEY_PARAM_GROUP_NAME);
    if (curve == "prime256v1")
        return KeyType::ec_p256;
    if (curve == "secp384r1")
        return KeyType::ec_p384;
    return curve == "secp521r1" ? KeyType::ec_p521 : KeyType::other;
}

// ---- certificates -------------------------------------------------------------------------

std::string fingerprint_of(std::string_view der) {
    std::string text;
    for (const unsigned char byte : sha256(der))
        text += fmt::format("{}{:02X}", text.empty() ? "" : ":", byte);
    return text;
}

std::string subject_of(const X509& certificate) {
    const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
    if (!bio)
        throw std::bad_alloc();
    const unsigned long flags = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
    X509_NAME_print_ex(bio.get(), X509_get_subject_name(&certificate), 0, flags);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return printable({text, static_cast<std::size_t>(size)});
}

Time time_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1)
        return {};
    const std::chrono::year_month_day day{std::chrono::year{parts.tm_year + 1900},
                                          std::chrono::month{static_cast<unsigned>(parts.tm_mon + 1)},
                                          std::chrono::day{static_cast<unsigned>(parts.tm_mday)}};
    return std::chrono::sys_days{day} + std::chrono::hours{parts.tm_hour} + std::chrono::minutes{parts.tm_min} +
           std::chrono::seconds{parts.tm_sec};
}

Result<Certificate> read_der(std::string_view der) {
    if (der.size() > certificate_bytes_max)
        return fail(Code::certificate_malformed, "The certificate has {} bytes; {} are taken.", der.size(),
                    certificate_bytes_max);
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const unsigned char* end = at + der.size();
    const std::unique_ptr<X509, Free> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (!certificate)
        return fail(Code::certificate_malformed, "The certificate is not one of X.509.");
    if (at != end)
        return fail(Code::certificate_malformed, "The certificate has {} bytes too many behind its end.", end - at);
    EVP_PKEY* key = X509_get_pubkey(certificate.get());
    if (key == nullptr)
        return fail(Code::certificate_malformed, "The certificate holds a key that cannot be read.");
    return Certificate{.key = PublicKey(shared(key)),
                       .fingerprint = fingerprint_of(der),
                       .subject = subject_of(*certificate),
                       .not_before = time_of(X509_get0_notBefore(certificate.get())),
                       .not_after = time_of(X509_get0_notAfter(certificate.get()))};
}

// ---- PEM ----------------------------------------------------------------------------------

// What stands behind each "-----BEGIN ", up to the next dashes.
std::vector<std::string_view> labels_in(std::string_view pem) {
    constexpr std::string_view begin = "-----BEGIN ";
    std::vector<std::string_view> labels;
    for (std::size_t at = 0; (at = pem.find(begin, at)) != pem.npos;) {
        at += begin.size();
        labels.push_back(pem.substr(at, pem.find("-----", at) - at));
    }
    return labels;
}

Result<Certificate> next_certificate(BIO* bio) {
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    const bool read = PEM_read_bio(bio, &name, &header, &data, &size) == 1;
    const std::unique_ptr<char, Free> bytes(reinterpret_cast<char*>(data));
    const std::unique_ptr<char, Free> keep_name(name);
    const std::unique_ptr<char, Free> keep_header(header);
    if (!read)
        return fail(Code::certificate_malformed, "The PEM text is damaged or cut off.");
    return read_der({bytes.get(), static_cast<std::size_t>(size)});
}

// OpenSSL would ask on the terminal.
int refuse_to_ask(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

Failure pass_phrase_needed() {
    return fail(Code::key_malformed, "The private key is protected by a pass phrase.")
        .advice("Take the pass phrase off (openssl pkey), and protect the key as a secret instead.");
}

} // namespace

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key)
    : key_(std::move(key)), type_(type_of(key_.get())), bits_(EVP_PKEY_get_bits(key_.get())) {}

int PrivateKey::bits() const { return EVP_PKEY_get_bits(key_.get()); }

Result<Certificate> read_certificate_base64(std::string_view text) {
    const saml::OpensslErrors errors;
    // Met in real files. The content of the element is base64Binary, so this is no certificate (xmldsig 4.5.4).
    if (!labels_in(text).empty())
        return fail(Code::certificate_malformed, "The certificate has the header lines of PEM around its base64.");
    const std::optional<Secret> der = base64_decode(text);
    if (!der)
        return fail(Code::certificate_malformed, "The certificate is not base64.");
    return read_der(der->reveal());
}

Result<std::vector<Certificate>> read_certificates_pem(std::string_view pem) {
    const saml::OpensslErrors errors;
    if (pem.size() > certificates_pem_bytes_max)
        return fail(Code::certificate_malformed, "The PEM text has {} bytes; {} are taken.", pem.size(),
                    certificates_pem_bytes_max);
    const std::vector<std::string_view> labels = labels_in(pem);
    if (labels.empty())
        return fail(Code::certificate_malformed, "The text holds no certificate in PEM.");
    // Before OpenSSL decodes anything: a private key is not to be touched here.
    for (const std::string_view label : labels) {
        if (label != PEM_STRING_X509)
            return fail(Code::certificate_malformed, "The PEM text holds a \"{}\" where only certificates belong.",
                        printable(label, 40));
    }
    const auto bio = reader_of(pem);
    std::vector<Certificate> certificates;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        AWSFED_TRY(Certificate certificate, next_certificate(bio.get()));
        certificates.push_back(std::move(certificate));
    }
    return certificates;
}

Result<PrivateKey> PrivateKey::read_pem(const Secret& pem) {
    const saml::OpensslErrors errors;
    if (pem.size() > secret_bytes_max)
        return fail(Code::key_malformed, "The private key has {} bytes; {} are taken.", pem.size(), secret_bytes_max);
    std::size_t count = 0;
    for (const std::string_view label : labels_in(pem.reveal())) {
        if (label == PEM_STRING_PKCS8)
            return pass_phrase_needed();
        count += label.ends_with("PRIVATE KEY") ? 1 : 0;
    }
    if (count != 1)
        return fail(Code::key_malformed, "The text holds {} private keys in PEM, not one.", count);

    bool asked = false;
    auto key = shared(PEM_read_bio_PrivateKey(reader_of(pem.reveal()).get(), nullptr, refuse_to_ask, &asked));
    if (asked)
        return pass_phrase_needed();
    if (!key)
        return fail(Code::key_malformed, "The private key cannot be read: it is damaged or cut off.");
    if (EVP_PKEY_is_a(key.get(), "RSA") != 1)
        return fail(Code::key_malformed, "The private key is not an RSA key, so nothing can be encrypted for it.");
    return PrivateKey(std::move(key));
}

} // namespace awsfed
