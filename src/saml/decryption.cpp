#include "saml/decryption.h"

#include "base/base64.h"
#include "base/random.h"
#include "base/text.h"
#include "saml/openssl_errors.h"
#include "saml/tree.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>

namespace awsfed::saml {

namespace {

constexpr std::string_view encryption_ns = "http://www.w3.org/2001/04/xmlenc#";
constexpr std::string_view encryption11_ns = "http://www.w3.org/2009/xmlenc11#";

// ---- algorithms ---------------------------------------------------------------------------

constexpr std::size_t gcm_iv_bytes = 12;  // xmlenc-core1 5.2.4, both
constexpr std::size_t gcm_tag_bytes = 16; // OpenSSL would take a shorter one
constexpr std::size_t cbc_block_bytes = 16;

struct Cipher {
    std::string_view uri;
    const EVP_CIPHER* (*algorithm)();
    std::size_t key_bytes;
    bool cbc;
};

constexpr std::array ciphers{
    Cipher{"http://www.w3.org/2009/xmlenc11#aes128-gcm", EVP_aes_128_gcm, 16, false},
    Cipher{"http://www.w3.org/2009/xmlenc11#aes192-gcm", EVP_aes_192_gcm, 24, false},
    Cipher{"http://www.w3.org/2009/xmlenc11#aes256-gcm", EVP_aes_256_gcm, 32, false},
    Cipher{"http://www.w3.org/2001/04/xmlenc#aes128-cbc", EVP_aes_128_cbc, 16, true},
    Cipher{"http://www.w3.org/2001/04/xmlenc#aes256-cbc", EVP_aes_256_cbc, 32, true},
};

struct Named {
    std::string_view uri;
    const char* name; // OpenSSL's
};

constexpr std::string_view oaep_mgf1p = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
constexpr std::string_view oaep11 = "http://www.w3.org/2009/xmlenc11#rsa-oaep";

constexpr std::array digests{
    Named{"http://www.w3.org/2000/09/xmldsig#sha1", "SHA1"},
    Named{"http://www.w3.org/2001/04/xmlenc#sha256", "SHA256"},
    Named{"http://www.w3.org/2001/04/xmldsig-more#sha384", "SHA384"},
    Named{"http://www.w3.org/2001/04/xmlenc#sha384", "SHA384"},
    Named{"http://www.w3.org/2001/04/xmlenc#sha512", "SHA512"},
};

constexpr std::array masks{
    Named{"http://www.w3.org/2009/xmlenc11#mgf1sha1", "SHA1"},
    Named{"http://www.w3.org/2009/xmlenc11#mgf1sha256", "SHA256"},
    Named{"http://www.w3.org/2009/xmlenc11#mgf1sha384", "SHA384"},
    Named{"http://www.w3.org/2009/xmlenc11#mgf1sha512", "SHA512"},
};

Failure not_taken(std::string_view uri) {
    return malformed("algorithm", "The assertion is encrypted with \"{}\", which is not taken.", printable(uri, 80))
        .advice("Have the identity provider encrypt with AES-GCM and RSA-OAEP.");
}

// ---- the form -----------------------------------------------------------------------------

// All that the message says, once its form is known to be right.
struct Sealed {
    const Cipher* cipher = nullptr;
    const char* oaep_digest = "SHA1"; // the default of both algorithms
    const char* mask_digest = "SHA1";
    Secret wrapped_key;
    Secret text; // the IV, the cipher text and the tag
};

Failure bad_form(std::string_view what) {
    return malformed("encryption-form", "The encrypted assertion is not of the form that is taken: {}.", what);
}

// The children of an element, taken one after another as the schema orders them.
class Children {
public:
    explicit Children(const xmlNode* parent) : next_(first_element(parent)) {}

    const xmlNode* take(std::string_view ns, std::string_view name) {
        if (next_ == nullptr || !is(next_, ns, name))
            return nullptr;
        return std::exchange(next_, next_element(next_));
    }
    bool done() const { return next_ == nullptr; }

private:
    const xmlNode* next_;
};

std::string algorithm_of(const xmlNode* node) { return attribute(node, "Algorithm").value_or(""); }

Result<const Cipher*> read_cipher(const xmlNode* method, const DecryptionRules& rules) {
    const std::string uri = algorithm_of(method);
    const auto* const cipher = std::ranges::find(ciphers, uri, &Cipher::uri);
    if (cipher == ciphers.end() || (cipher->cbc && !rules.allow_cbc))
        return not_taken(uri);
    if (holds_element(method))
        return bad_form("its cipher has parameters");
    return cipher;
}

Result<const char*> read_named(const xmlNode* node, std::span<const Named> table) {
    const std::string uri = algorithm_of(node);
    const auto found = std::ranges::find(table, uri, &Named::uri);
    if (found == table.end())
        return not_taken(uri);
    return found->name;
}

// OAEPparams are refused: no provider writes them, they are an input of the sender's to a step whose outcome must stay
// hidden, and without them there is one label, the empty one.
Result<void> read_transport(const xmlNode* method, Sealed& sealed) {
    const std::string uri = algorithm_of(method);
    if (uri != oaep_mgf1p && uri != oaep11)
        return not_taken(uri);
    Children parts(method);
    if (const xmlNode* digest = parts.take(signature_ns, "DigestMethod")) {
        AWSFED_TRY(sealed.oaep_digest, read_named(digest, digests));
    }
    // The older algorithm has MGF1 with SHA-1 in its name, whatever DigestMethod says.
    if (const xmlNode* mask = parts.take(encryption11_ns, "MGF")) {
        AWSFED_TRY(sealed.mask_digest, read_named(mask, masks));
        if (uri == oaep_mgf1p && std::string_view(sealed.mask_digest) != "SHA1")
            return bad_form("rsa-oaep-mgf1p with another mask than SHA-1's");
    }
    if (!parts.done())
        return bad_form("the key's encryption has parameters");
    return {};
}

// CipherReference, which stands in the same place, would have us fetch something.
Result<Secret> read_cipher_value(const xmlNode* data) {
    Children parts(data);
    const xmlNode* value = parts.take(encryption_ns, "CipherValue");
    if (value == nullptr || !parts.done())
        return bad_form("no CipherValue");
    const auto text = text_of(value);
    std::optional<Secret> bytes = text ? base64_decode(*text) : std::nullopt;
    if (!bytes)
        return bad_form("a CipherValue that is not base64");
    return *std::move(bytes);
}

bool refers_to(const xmlNode* reference, const xmlNode* target) {
    const std::optional<std::string> id = attribute(target, "Id");
    return id && !id->empty() && attribute(reference, "URI") == "#" + *id;
}

// The KeyInfo in it says whose key it is. Keys are tried, so it is not read.
Result<void> read_key(const xmlNode* key, const xmlNode* data, Sealed& sealed) {
    Children parts(key);
    const xmlNode* method = parts.take(encryption_ns, "EncryptionMethod");
    if (method == nullptr)
        return bad_form("a key without EncryptionMethod");
    AWSFED_CHECK(read_transport(method, sealed));
    parts.take(signature_ns, "KeyInfo");
    const xmlNode* value = parts.take(encryption_ns, "CipherData");
    if (value == nullptr)
        return bad_form("a key without CipherData");
    AWSFED_TRY(sealed.wrapped_key, read_cipher_value(value));
    if (const xmlNode* list = parts.take(encryption_ns, "ReferenceList")) {
        for (const xmlNode* reference = first_element(list); reference != nullptr;
             reference = next_element(reference)) {
            if (!is(reference, encryption_ns, "DataReference") || !refers_to(reference, data))
                return bad_form("a key for something else");
        }
    }
    if (!parts.done())
        return bad_form("a key with more than EncryptionMethod, KeyInfo, CipherData and ReferenceList");
    return {};
}

// The key in the KeyInfo, or the one beside the data to which the KeyInfo, if there is one, must lead.
Result<const xmlNode*> find_key(const xmlNode* info, const xmlNode* beside) {
    if (info == nullptr)
        return beside != nullptr ? Result<const xmlNode*>(beside) : bad_form("no EncryptedKey");
    Children parts(info);
    const xmlNode* inside = parts.take(encryption_ns, "EncryptedKey");
    const xmlNode* retrieval = inside != nullptr ? nullptr : parts.take(signature_ns, "RetrievalMethod");
    if (!parts.done() || (inside == nullptr) == (retrieval == nullptr) || (inside == nullptr) == (beside == nullptr))
        return bad_form("not one EncryptedKey, in KeyInfo or beside EncryptedData");
    if (inside != nullptr)
        return inside;
    const std::string type = attribute(retrieval, "Type").value_or("http://www.w3.org/2001/04/xmlenc#EncryptedKey");
    if (type != "http://www.w3.org/2001/04/xmlenc#EncryptedKey" || holds_element(retrieval) ||
        !refers_to(retrieval, beside))
        return bad_form("a RetrievalMethod that leads elsewhere");
    return beside;
}

std::size_t count_in(const xmlNode* node, std::string_view name) {
    std::size_t count = is(node, encryption_ns, name) ? 1 : 0;
    for (const xmlNode* child = first_element(node); child != nullptr; child = next_element(child))
        count += count_in(child, name);
    return count;
}

Result<Sealed> read_form(const xmlNode* assertion, const DecryptionRules& rules) {
    Children around(assertion);
    const xmlNode* data = around.take(encryption_ns, "EncryptedData");
    const xmlNode* beside = around.take(encryption_ns, "EncryptedKey");
    if (data == nullptr || !around.done())
        return bad_form("not one EncryptedData, with at most one EncryptedKey behind it");
    // One hidden in some KeyInfo would be somebody else's to find.
    if (count_in(assertion, "EncryptedData") != 1 || count_in(assertion, "EncryptedKey") > 1)
        return bad_form("more than one EncryptedData or EncryptedKey");
    const std::string type = attribute(data, "Type").value_or("http://www.w3.org/2001/04/xmlenc#Element");
    if (type != "http://www.w3.org/2001/04/xmlenc#Element")
        return bad_form("something else than an element is encrypted");

    Sealed sealed;
    Children parts(data);
    const xmlNode* method = parts.take(encryption_ns, "EncryptionMethod");
    const xmlNode* info = parts.take(signature_ns, "KeyInfo");
    const xmlNode* value = parts.take(encryption_ns, "CipherData");
    if (method == nullptr || value == nullptr || !parts.done())
        return bad_form("not EncryptionMethod, KeyInfo and CipherData");
    AWSFED_TRY(sealed.cipher, read_cipher(method, rules));
    AWSFED_TRY(const xmlNode* key, find_key(info, beside));
    AWSFED_CHECK(read_key(key, data, sealed));
    AWSFED_TRY(sealed.text, read_cipher_value(value));
    return sealed;
}

// ---- opening ------------------------------------------------------------------------------

struct Free {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

unsigned char* bytes(char* text) { return reinterpret_cast<unsigned char*>(text); }
const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// Both digests are set: OpenSSL would change that of the mask along with the other one.
bool unwrap(const PrivateKey& key, const Sealed& sealed, Secret& out) {
    const std::unique_ptr<EVP_PKEY_CTX, Free> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    if (!context)
        throw std::bad_alloc();
    const std::string_view in = sealed.wrapped_key.reveal();
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key.get()));
    unsigned char* place = bytes(out.grow(size));
    const bool opened = EVP_PKEY_decrypt_init(context.get()) == 1 &&
                        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
                        EVP_PKEY_CTX_set_rsa_oaep_md_name(context.get(), sealed.oaep_digest, nullptr) == 1 &&
                        EVP_PKEY_CTX_set_rsa_mgf1_md_name(context.get(), sealed.mask_digest, nullptr) == 1 &&
                        EVP_PKEY_decrypt(context.get(), place, &size, bytes(in), in.size()) == 1;
    return opened && size == sealed.cipher->key_bytes;
}

bool open_gcm(const Cipher& cipher, std::string_view key, std::string_view text, Secret& out) {
    const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
    if (!context)
        throw std::bad_alloc();
    if (text.size() < gcm_iv_bytes + gcm_tag_bytes)
        return false;
    const std::string_view iv = text.substr(0, gcm_iv_bytes);
    std::array<unsigned char, gcm_tag_bytes> tag{};
    std::memcpy(tag.data(), text.data() + text.size() - tag.size(), tag.size());
    text = text.substr(iv.size(), text.size() - iv.size() - tag.size());

    int size = 0;
    int rest = 0;
    unsigned char* place = bytes(out.grow(text.size() + cbc_block_bytes)); // as OpenSSL asks of every cipher
    const bool opened =
        EVP_DecryptInit_ex(context.get(), cipher.algorithm(), nullptr, nullptr, nullptr) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(iv.size()), nullptr) == 1 &&
        EVP_DecryptInit_ex(context.get(), nullptr, nullptr, bytes(key), bytes(iv)) == 1 &&
        EVP_DecryptUpdate(context.get(), place, &size, bytes(text), static_cast<int>(text.size())) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), tag.data()) == 1 &&
        EVP_DecryptFinal_ex(context.get(), place + size, &rest) == 1;
    out.truncate(opened ? static_cast<std::size_t>(size + rest) : 0);
    return opened;
}

// The last byte says how many bytes of padding there are; the others may be anything (xmlenc-core1 5.2), so OpenSSL's
// own padding, which wants them alike, is off.
bool open_cbc(const Cipher& cipher, std::string_view key, std::string_view text, Secret& out) {
    const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
    if (!context)
        throw std::bad_alloc();
    if (text.size() < 2 * cbc_block_bytes || text.size() % cbc_block_bytes != 0)
        return false;
    const std::string_view iv = text.substr(0, cbc_block_bytes);
    text.remove_prefix(iv.size());

    int size = 0;
    int rest = 0;
    unsigned char* place = bytes(out.grow(text.size() + cbc_block_bytes));
    const bool opened =
        EVP_DecryptInit_ex(context.get(), cipher.algorithm(), nullptr, bytes(key), bytes(iv)) == 1 &&
        EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
        EVP_DecryptUpdate(context.get(), place, &size, bytes(text), static_cast<int>(text.size())) == 1 &&
        EVP_DecryptFinal_ex(context.get(), place + size, &rest) == 1;
    const auto padding = static_cast<unsigned char>(out.reveal()[text.size() - 1]);
    const bool padded = padding >= 1 && padding <= cbc_block_bytes;
    out.truncate(opened && padded ? text.size() - padding : 0);
    return opened && padded;
}

// With a random key where there is none, so that what follows takes its time in any case.
bool open_with(const PrivateKey& key, const Sealed& sealed, Secret& out) {
    const Cipher& cipher = *sealed.cipher;
    Secret found;
    Secret used;
    char* place = used.grow(cipher.key_bytes);
    SystemRandom().fill({bytes(place), cipher.key_bytes});
    const bool unwrapped = unwrap(key, sealed, found);
    if (unwrapped)
        std::memcpy(place, found.reveal().data(), cipher.key_bytes);
    const auto open = cipher.cbc ? open_cbc : open_gcm;
    const bool opened = open(cipher, used.reveal(), sealed.text.reveal(), out);
    return opened && unwrapped;
}

} // namespace

Result<Secret> decrypt_assertion(const _xmlNode* encrypted_assertion, std::span<const PrivateKey> keys,
                                 const DecryptionRules& rules) {
    AWSFED_TRY(const Sealed sealed, read_form(encrypted_assertion, rules));
    if (keys.empty())
        return malformed("decrypt", "The assertion is encrypted, and there is no key to open it.")
            .advice("Give the private key whose certificate the identity provider encrypts for.");
    const OpensslErrors errors;
    Secret plain;
    bool opened = false;
    for (const PrivateKey& key : keys) {
        Secret out;
        if (open_with(key, sealed, out)) {
            plain = std::move(out);
            opened = true;
        }
    }
    if (!opened)
        return malformed("decrypt", "The assertion cannot be decrypted.")
            .advice(
                "The key may not be the one that the identity provider encrypts for: compare the certificate in its "
                "settings for this application with the private key given here.");
    return plain;
}

} // namespace awsfed::saml
