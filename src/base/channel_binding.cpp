#include "base/channel_binding.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

namespace awsfed {

namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate read_certificate(std::string_view pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                          BIO_free);
    return {PEM_read_bio_X509(bytes.get(), nullptr, nullptr, nullptr), X509_free};
}

// That of the signature; in the place of the weak ones SHA-256. Null for a signature without one, such as Ed25519.
const EVP_MD* hash_of(X509* certificate) {
    int hash = NID_undef;
    if (X509_get_signature_info(certificate, &hash, nullptr, nullptr, nullptr) != 1 || hash == NID_undef)
        return nullptr;
    return hash == NID_md5 || hash == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(hash);
}

} // namespace

std::string tls_server_end_point(std::string_view certificate_pem) {
    const Certificate certificate = read_certificate(certificate_pem);
    const EVP_MD* hash = certificate ? hash_of(certificate.get()) : nullptr;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (hash == nullptr || X509_digest(certificate.get(), hash, digest.data(), &size) != 1)
        return {};
    return "tls-server-end-point:" + std::string(reinterpret_cast<const char*>(digest.data()), size);
}

} // namespace awsfed
