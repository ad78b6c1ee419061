#include "saml/signature_engine.h"

#include "base/limits.h"
#include "saml/openssl_errors.h"
#include "saml/tree.h"

#include <libxml/c14n.h>
#include <libxml/tree.h>
#include <libxml/xmlIO.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>
#include <new>

namespace awsfed::saml {

namespace {

// ---- canonical forms ------------------------------------------------------------------------

// An element with all in it, but for one element in it.
struct Part {
    const xmlNode* root;
    const xmlNode* left_out; // may be null
};

struct Work {
    Part part;
    xmlOutputBuffer* out;
};

// libxml2 asks for each node. Attributes and namespaces are where their element is. A namespace is written again for
// each sibling that uses it: from 70 KB some 200 MB can be made, so nothing is visible any more where it is too much.
int is_visible(void* user, xmlNode* node, xmlNode* parent) {
    const auto* work = static_cast<const Work*>(user);
    if (xmlOutputBufferGetSize(work->out) > canonical_bytes_max)
        return 0;
    const Part* part = &work->part;
    const bool attached = node->type == XML_NAMESPACE_DECL || node->type == XML_ATTRIBUTE_NODE;
    for (const xmlNode* at = attached ? parent : node; at != nullptr; at = at->parent) {
        if (at == part->left_out)
            return 0;
        if (at == part->root)
            return 1;
    }
    return 0;
}

struct CloseBuffer {
    void operator()(xmlOutputBuffer* buffer) const { xmlOutputBufferClose(buffer); }
};

// libxml2 canonicalises whole documents, and looks at each node that is not wanted, too. So it is shown a document that
// begins at the part, which stays where it is: in its own document, with all that it inherits there.
class Window {
public:
    explicit Window(const xmlNode* part) : document_(xmlNewDoc(nullptr)) {
        if (document_ == nullptr)
            throw std::bad_alloc();
        document_->children = const_cast<xmlNode*>(part); // NOLINT: it is read only
    }
    ~Window() {
        document_->children = nullptr;
        xmlFreeDoc(document_);
    }
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    xmlDoc* get() const { return document_; }

private:
    xmlDoc* document_;
};

// Never empty: code that took a failure for an empty text has accepted forgeries (CVE-2025-66568).
Result<std::string> canonical(Part part, const std::vector<std::string>& prefixes, std::string_view what) {
    std::vector<xmlChar*> list;
    for (const std::string& prefix : prefixes)
        list.push_back(reinterpret_cast<xmlChar*>(const_cast<char*>(prefix.c_str()))); // NOLINT: it takes no const
    list.push_back(nullptr);
    const std::unique_ptr<xmlOutputBuffer, CloseBuffer> out(xmlAllocOutputBuffer(nullptr));
    if (!out)
        throw std::bad_alloc();
    const Window window(part.root);
    Work work{part, out.get()};
    const int done = xmlC14NExecute(window.get(), is_visible, &work, XML_C14N_EXCLUSIVE_1_0, list.data(), 0, out.get());
    const auto* text = reinterpret_cast<const char*>(xmlOutputBufferGetContent(out.get())); // NOLINT
    const std::size_t size = xmlOutputBufferGetSize(out.get());
    if (size > canonical_bytes_max)
        return malformed("limits", "The canonical form of the {} has more than {} bytes.", what, canonical_bytes_max);
    if (done < 0 || text == nullptr || size == 0)
        return malformed("c14n", "The {} has no canonical form.", what);
    return std::string(text, size);
}

// ---- hashes and signatures ------------------------------------------------------------------

struct FreeHash {
    void operator()(EVP_MD* hash) const { EVP_MD_free(hash); }
};
using Hash = std::unique_ptr<EVP_MD, FreeHash>;

// Fetched once: a fetch for each message costs as much as hashing it.
const EVP_MD* hash_of(DigestAlgorithm algorithm) {
    static const Hash sha1(EVP_MD_fetch(nullptr, "SHA1", nullptr));
    static const Hash sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr));
    static const Hash sha384(EVP_MD_fetch(nullptr, "SHA384", nullptr));
    static const Hash sha512(EVP_MD_fetch(nullptr, "SHA512", nullptr));
    switch (algorithm) {
    case DigestAlgorithm::sha1: return sha1.get();
    case DigestAlgorithm::sha256: return sha256.get();
    case DigestAlgorithm::sha384: return sha384.get();
    case DigestAlgorithm::sha512: break;
    }
    return sha512.get();
}

const unsigned char* bytes(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data()); // NOLINT
}

// ECDSA values are r and s, each as long as the field (RFC 9231, 2.3.6); OpenSSL wants them in DER. Empty when the
// length is another.
std::string der_of(const std::string& value, int field_bits) {
    const auto size = static_cast<std::size_t>(field_bits + 7) / 8;
    if (value.size() != 2 * size)
        return {};
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
    BIGNUM* r = BN_bin2bn(bytes(value), static_cast<int>(size), nullptr);
    BIGNUM* s = BN_bin2bn(bytes(value) + size, static_cast<int>(size), nullptr);
    if (!pair || r == nullptr || s == nullptr || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        throw std::bad_alloc();
    }
    unsigned char* out = nullptr;
    const int length = i2d_ECDSA_SIG(pair.get(), &out);
    std::string der(reinterpret_cast<char*>(out), length < 0 ? 0 : static_cast<std::size_t>(length)); // NOLINT
    OPENSSL_free(out);
    return der;
}

// RSASSA-PKCS1-v1_5 unless asked for PSS: with MGF1 of the same hash, and a salt as long as it (RFC 9231, 2.3.10).
bool set_padding(EVP_PKEY_CTX* context, const SignatureForm& form) {
    if (!form.is_rsa())
        return true;
    if (!form.is_pss())
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

bool verifies(const std::string& text, const SignatureForm& form, const PublicKey& key) {
    const std::string value = form.is_rsa() ? form.signature_value : der_of(form.signature_value, key.bits());
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* settings = nullptr; // belongs to the context
    return !value.empty() && context &&
           EVP_DigestVerifyInit(context.get(), &settings, hash_of(form.signature_hash()), nullptr, key.get()) == 1 &&
           set_padding(settings, form) &&
           EVP_DigestVerify(context.get(), bytes(value), value.size(), bytes(text), text.size()) == 1;
}

bool digest_fits(const std::string& octets, const SignatureForm& form) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    return EVP_Digest(octets.data(), octets.size(), digest.data(), &size, hash_of(form.digest), nullptr) == 1 &&
           size == form.digest_value.size() && CRYPTO_memcmp(digest.data(), form.digest_value.data(), size) == 0;
}

} // namespace

Result<std::string> SignatureEngine::octets_signed_by(const PublicKey& key) {
    const OpensslErrors quiet;
    if (!info_)
        info_ = canonical({form_.signed_info, nullptr}, form_.info_prefixes, "SignedInfo of the signature");
    AWSFED_CHECK(*info_);
    if (!verifies(**info_, form_, key))
        return malformed("signature", "The signature does not verify with the key that is trusted.");
    AWSFED_TRY(std::string octets,
               canonical({form_.signed_element, form_.signature}, form_.element_prefixes, "signed element"));
    if (!digest_fits(octets, form_))
        return malformed("digest", "The signed element has been changed since it was signed.");
    return octets;
}

} // namespace awsfed::saml
