#include "saml/xmlsec_engine.h"

#include "saml/openssl_errors.h"
#include "saml/tree.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/valid.h>
#include <openssl/evp.h>
#include <xmlsec/buffer.h>
#include <xmlsec/errors.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>

#include <memory>
#include <mutex>
#include <new>

namespace awsfed {

using namespace saml;

namespace {

void initialise() {
    xmlSecErrorsDefaultCallbackEnableOutput(0);
    if (xmlSecPtrListGetSize(xmlSecTransformIdsGet()) == 0) {
        xmlSecInit();
        xmlSecOpenSSLInit();
    }
}

// ---- one verification ----------------------------------------------------------------------

struct DestroyKey {
    void operator()(xmlSecKey* key) const { xmlSecKeyDestroy(key); }
};
using Key = std::unique_ptr<xmlSecKey, DestroyKey>;

// The public key alone: with a certificate attached xmlsec would copy that for each signature.
Key key_of(const PublicKey& key) {
    Key made(xmlSecKeyCreate());
    EVP_PKEY_up_ref(key.get());
    xmlSecKeyDataPtr data = xmlSecOpenSSLEvpKeyAdopt(key.get());
    if (!made || data == nullptr || xmlSecKeySetValue(made.get(), data) < 0)
        throw std::bad_alloc();
    return made;
}

xmlSecTransformId transform_of(SignatureAlgorithm algorithm) {
    switch (algorithm) {
    case SignatureAlgorithm::rsa_sha1: return xmlSecOpenSSLTransformRsaSha1GetKlass();
    case SignatureAlgorithm::rsa_sha256: return xmlSecOpenSSLTransformRsaSha256GetKlass();
    case SignatureAlgorithm::rsa_sha384: return xmlSecOpenSSLTransformRsaSha384GetKlass();
    case SignatureAlgorithm::rsa_sha512: return xmlSecOpenSSLTransformRsaSha512GetKlass();
    case SignatureAlgorithm::ecdsa_sha256: return xmlSecOpenSSLTransformEcdsaSha256GetKlass();
    case SignatureAlgorithm::ecdsa_sha384: return xmlSecOpenSSLTransformEcdsaSha384GetKlass();
    case SignatureAlgorithm::ecdsa_sha512: return xmlSecOpenSSLTransformEcdsaSha512GetKlass();
    default: break; // 1.2 has no RSA-PSS
    }
    return xmlSecTransformIdUnknown;
}

xmlSecTransformId transform_of(DigestAlgorithm algorithm) {
    switch (algorithm) {
    case DigestAlgorithm::sha1: return xmlSecOpenSSLTransformSha1GetKlass();
    case DigestAlgorithm::sha256: return xmlSecOpenSSLTransformSha256GetKlass();
    case DigestAlgorithm::sha384: return xmlSecOpenSSLTransformSha384GetKlass();
    case DigestAlgorithm::sha512: return xmlSecOpenSSLTransformSha512GetKlass();
    }
    return xmlSecTransformIdUnknown;
}

// xmlsec's context for one signature with everything closed that is not needed.
class Verification {
public:
    Verification(const SignatureForm& form, xmlSecKey* key) {
        if (xmlSecDSigCtxInitialize(&context_, nullptr) < 0) // no keys manager: KeyInfo leads nowhere
            throw std::bad_alloc();
        context_.signKey = key; // borrowed
        context_.flags = XMLSEC_DSIG_FLAGS_IGNORE_MANIFESTS | XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES |
                         XMLSEC_DSIG_FLAGS_USE_VISA3D_HACK; // the ID is looked up, not put into an XPointer
        context_.enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
        // An empty list would allow everything.
        const bool ready = enable_for_reference(xmlSecTransformEnvelopedGetKlass()) &&
                           enable_for_reference(xmlSecTransformExclC14NGetKlass()) &&
                           enable_for_reference(transform_of(form.digest)) &&
                           xmlSecDSigCtxEnableSignatureTransform(&context_, xmlSecTransformExclC14NGetKlass()) == 0 &&
                           xmlSecDSigCtxEnableSignatureTransform(&context_, transform_of(form.algorithm)) == 0;
        if (!ready) {
            close();
            throw std::bad_alloc();
        }
    }
    ~Verification() { close(); }
    Verification(const Verification&) = delete;
    Verification& operator=(const Verification&) = delete;

    // True only when xmlsec says so in both of its ways: it returns 0 for a bad signature as well.
    bool run(const _xmlNode* signature) {
        return xmlSecDSigCtxVerify(&context_, const_cast<xmlNode*>(signature)) == 0 && // NOLINT: it takes no const
               context_.status == xmlSecDSigStatusSucceeded;
    }

    // The one reference that was processed; null where none or several were.
    const xmlSecDSigReferenceCtx* reference() {
        if (xmlSecPtrListGetSize(&context_.signedInfoReferences) != 1 ||
            xmlSecPtrListGetSize(&context_.manifestReferences) != 0)
            return nullptr;
        return static_cast<xmlSecDSigReferenceCtx*>(xmlSecPtrListGetItem(&context_.signedInfoReferences, 0));
    }

private:
    bool enable_for_reference(xmlSecTransformId id) {
        return xmlSecDSigCtxEnableReferenceTransform(&context_, id) == 0;
    }
    void close() {
        context_.signKey = nullptr;
        xmlSecDSigCtxFinalize(&context_);
    }

    xmlSecDSigCtx context_;
};

std::string octets_of(const xmlSecDSigReferenceCtx* reference) {
    xmlSecBuffer* buffer =
        xmlSecDSigReferenceCtxGetPreDigestBuffer(const_cast<xmlSecDSigReferenceCtx*>(reference)); // NOLINT
    if (buffer == nullptr || xmlSecBufferGetData(buffer) == nullptr)
        return {};
    return {reinterpret_cast<const char*>(xmlSecBufferGetData(buffer)), xmlSecBufferGetSize(buffer)}; // NOLINT
}

// So that the reference leads to the element, and to no other one.
bool register_id(xmlDoc* document, const SignatureForm& form) {
    const auto* id = reinterpret_cast<const xmlChar*>(form.id.c_str()); // NOLINT
    auto* element = const_cast<xmlNode*>(form.signed_element);         // NOLINT: xmlAddID takes no const
    xmlAttr* attr = xmlHasNsProp(element, reinterpret_cast<const xmlChar*>("ID"), nullptr);
    if (attr == nullptr)
        return false;
    return xmlGetID(document, id) == attr ||
           (xmlAddID(nullptr, document, id, attr) != nullptr && xmlGetID(document, id) == attr);
}

} // namespace

std::optional<std::string> verify_by_xmlsec(xmlDoc* document, const SignatureForm& form, const PublicKey& key) {
    const OpensslErrors quiet;
    static std::once_flag once;
    std::call_once(once, initialise);
    if (!register_id(document, form))
        return std::nullopt;
    const Key pinned = key_of(key);
    Verification verification(form, pinned.get());
    const bool verified = verification.run(form.signature);
    const xmlSecDSigReferenceCtx* reference = verification.reference();
    if (!verified || reference == nullptr || view(reference->uri) != "#" + form.id)
        return std::nullopt;
    return octets_of(reference);
}

} // namespace awsfed
