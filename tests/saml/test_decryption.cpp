#include "saml/decryption.h"

#include "base/base64.h"
#include "base/random.h"
#include "data_file.h"
#include "saml/response_door.h"

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>

using namespace awsfed;
using namespace awsfed::saml;

namespace {

std::string file(const std::string& name) { return read_saml_data("keys/" + name); }

std::vector<PrivateKey> keys(const std::vector<std::string>& names) {
    std::vector<PrivateKey> out;
    for (const std::string& name : names) {
        auto key = PrivateKey::read_pem(Secret(file(name)));
        REQUIRE(key);
        out.push_back(*std::move(key));
    }
    return out;
}

const std::vector<PrivateKey>& our_key() {
    static const std::vector<PrivateKey> ours = keys({"sp.key"});
    return ours;
}

Result<Secret> decrypt(const std::string& response, std::span<const PrivateKey> with, DecryptionRules rules = {}) {
    auto document = open_response_xml(response);
    REQUIRE_MESSAGE(document, (document ? "" : document.error().message));
    REQUIRE(document->encrypted());
    return decrypt_assertion(document->assertion(), with, rules);
}

// "opened", or the reason in one word.
std::string verdict(const Result<Secret>& text) {
    if (text)
        return "opened";
    CHECK(text.error().code == Code::response_malformed);
    return text.error().peer;
}

std::string verdict(const std::string& response, DecryptionRules rules = {}) {
    return verdict(decrypt(response, our_key(), rules));
}

// ---- the sender's side --------------------------------------------------------------------

const std::string plain_text = "<s:Assertion xmlns:s=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>";
const std::string xenc = "http://www.w3.org/2001/04/xmlenc#";
const std::string xenc11 = "http://www.w3.org/2009/xmlenc11#";
const std::string dsig = "http://www.w3.org/2000/09/xmldsig#";
const std::string more = "http://www.w3.org/2001/04/xmldsig-more#";

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string base64(const std::string& text) { return std::string(base64_encode(text).reveal()); }

struct Free {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// RSA-OAEP for the key in a certificate.
std::string wrapped(const std::string& key, const char* digest, const char* mask, const std::string& label = "") {
    static const auto certificates = read_certificates_pem(file("sp.crt"));
    const std::unique_ptr<EVP_PKEY_CTX, Free> context(
        EVP_PKEY_CTX_new_from_pkey(nullptr, certificates->front().key.get(), nullptr));
    std::size_t size = 512;
    std::string out(size, '\0');
    REQUIRE(EVP_PKEY_encrypt_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_oaep_md_name(context.get(), digest, nullptr) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md_name(context.get(), mask, nullptr) == 1);
    if (!label.empty()) {
        void* copy = OPENSSL_memdup(label.data(), label.size());
        REQUIRE(EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), copy, static_cast<int>(label.size())) == 1);
    }
    REQUIRE(EVP_PKEY_encrypt(context.get(), bytes(out), &size, bytes(key), key.size()) == 1);
    out.resize(size);
    return out;
}

std::string gcm(const EVP_CIPHER* cipher, const std::string& key, const std::string& text) {
    const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
    const std::string iv = "twelve bytes";
    std::string out(text.size(), '\0');
    std::string tag(16, '\0');
    int size = 0;
    REQUIRE(EVP_EncryptInit_ex(context.get(), cipher, nullptr, bytes(key), bytes(iv)) == 1);
    REQUIRE(EVP_EncryptUpdate(context.get(), bytes(out), &size, bytes(text), static_cast<int>(text.size())) == 1);
    REQUIRE(EVP_EncryptFinal_ex(context.get(), bytes(out) + size, &size) == 1);
    REQUIRE(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, 16, tag.data()) == 1);
    return iv + out + tag;
}

// Whole blocks, padded by the caller.
std::string cbc(const EVP_CIPHER* cipher, const std::string& key, const std::string& text) {
    const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
    const std::string iv = "sixteen bytes iv";
    std::string out(text.size() + 16, '\0');
    int size = 0;
    REQUIRE(EVP_EncryptInit_ex(context.get(), cipher, nullptr, bytes(key), bytes(iv)) == 1);
    EVP_CIPHER_CTX_set_padding(context.get(), 0);
    REQUIRE(EVP_EncryptUpdate(context.get(), bytes(out), &size, bytes(text), static_cast<int>(text.size())) == 1);
    out.resize(static_cast<std::size_t>(size));
    return iv + out;
}

const std::string key32 = "thirty-two bytes of a secret key";

// A message in its parts, each of which a test may change.
struct Message {
    std::string type = " Type=\"" + xenc + "Element\"";
    std::string cipher = "<e:EncryptionMethod Algorithm=\"" + xenc11 + "aes256-gcm\"/>";
    std::string transport = "<e:EncryptionMethod Algorithm=\"" + xenc +
                            "rsa-oaep-mgf1p\"><d:DigestMethod Algorithm=\"" + dsig + "sha1\"/></e:EncryptionMethod>";
    std::string key_info;
    std::string key = wrapped(key32, "SHA1", "SHA1");
    std::string key_behind;
    std::string text = gcm(EVP_aes_256_gcm(), key32, plain_text);
    std::string text_behind;
    bool beside = false;
    std::string info; // instead of the KeyInfo

    std::string encrypted_key() const {
        return "<e:EncryptedKey Id=\"_k\">" + transport + key_info + "<e:CipherData><e:CipherValue>" + base64(key) +
               "</e:CipherValue></e:CipherData>" + key_behind + "</e:EncryptedKey>";
    }
    std::string response() const {
        const std::string inside = beside ? "" : "<d:KeyInfo>" + encrypted_key() + "</d:KeyInfo>";
        return "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" "
               "xmlns:s=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns:e=\"" +
               xenc + "\" xmlns:e11=\"" + xenc11 + "\" xmlns:d=\"" + dsig +
               "\" ID=\"_r\" Version=\"2.0\"><p:Status><p:StatusCode "
               "Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></p:Status><s:EncryptedAssertion>"
               "<e:EncryptedData Id=\"_d\"" +
               type + ">" + cipher + (info.empty() ? inside : info) + "<e:CipherData><e:CipherValue>" + base64(text) +
               "</e:CipherValue></e:CipherData>" + text_behind + "</e:EncryptedData>" +
               (beside ? encrypted_key() : "") + "</s:EncryptedAssertion></p:Response>";
    }
};

std::string method(const std::string& uri, const std::string& inside = "") {
    return "<e:EncryptionMethod Algorithm=\"" + uri + "\">" + inside + "</e:EncryptionMethod>";
}

std::string digest(const std::string& uri) { return "<d:DigestMethod Algorithm=\"" + uri + "\"/>"; }
std::string mask(const std::string& name) { return "<e11:MGF Algorithm=\"" + xenc11 + name + "\"/>"; }

template <class Change>
std::string changed(Change change) {
    Message message;
    change(message);
    return verdict(message.response());
}

} // namespace

// ---- what is opened -----------------------------------------------------------------------

TEST_CASE("every encrypted response of the corpus is opened or refused for its reason") {
    for (const auto& row : read_saml_table("encrypted.tsv")) {
        CAPTURE(row[0]);
        const auto with = keys(row[1].empty() ? std::vector<std::string>{} : std::vector{row[1]});
        auto text = decrypt(read_saml_data(row[0]), with, {.allow_cbc = row[2] == "cbc"});
        CHECK(verdict(text) == row[3]);
        if (text)
            CHECK(text->reveal().find(row[4]) != std::string_view::npos);
    }
}

TEST_CASE("every cipher that is taken gives back the text, to the byte") {
    const std::vector<std::tuple<std::string, const EVP_CIPHER*, std::size_t>> ciphers{
        {"aes128-gcm", EVP_aes_128_gcm(), 16},
        {"aes192-gcm", EVP_aes_192_gcm(), 24},
        {"aes256-gcm", EVP_aes_256_gcm(), 32}};
    for (const auto& [name, cipher, size] : ciphers) {
        for (const std::string& text : {plain_text, std::string(), std::string("x"), std::string(16, '\0')}) {
            CAPTURE(name);
            Message message;
            message.cipher = method(xenc11 + name);
            message.key = wrapped(key32.substr(0, size), "SHA1", "SHA1");
            message.text = gcm(cipher, key32.substr(0, size), text);
            auto opened = decrypt(message.response(), our_key());
            REQUIRE(opened);
            CHECK(opened->reveal() == text);
        }
    }
}

TEST_CASE("OAEP is read as it is written: both digests of the newer algorithm, one of the older") {
    const std::vector<std::pair<std::string, const char*>> digests{{dsig + "sha1", "SHA1"},
                                                                   {xenc + "sha256", "SHA256"},
                                                                   {more + "sha384", "SHA384"},
                                                                   {xenc + "sha384", "SHA384"},
                                                                   {xenc + "sha512", "SHA512"}};
    const std::vector<std::pair<std::string, const char*>> masks{
        {"mgf1sha1", "SHA1"}, {"mgf1sha256", "SHA256"}, {"mgf1sha384", "SHA384"}, {"mgf1sha512", "SHA512"}};
    for (const auto& [digest_uri, digest_name] : digests) {
        CAPTURE(digest_uri);
        Message older;
        older.transport = method(xenc + "rsa-oaep-mgf1p", digest(digest_uri));
        older.key = wrapped(key32, digest_name, "SHA1");
        CHECK(verdict(older.response()) == "opened");
        for (const auto& [mask_uri, mask_name] : masks) {
            CAPTURE(mask_uri);
            Message newer;
            newer.transport = method(xenc11 + "rsa-oaep", digest(digest_uri) + mask(mask_uri));
            newer.key = wrapped(key32, digest_name, mask_name);
            CHECK(verdict(newer.response()) == "opened");
            newer.key = wrapped(key32, digest_name, std::string_view(mask_name) == "SHA1" ? "SHA256" : "SHA1");
            CHECK(verdict(newer.response()) == "decrypt");
        }
    }
    Message defaults;
    defaults.transport = method(xenc11 + "rsa-oaep");
    CHECK(verdict(defaults.response()) == "opened");
    defaults.transport = method(xenc + "rsa-oaep-mgf1p", digest(dsig + "sha1") + mask("mgf1sha1"));
    CHECK(verdict(defaults.response()) == "opened");
}

TEST_CASE("the key may stand beside the data, with a RetrievalMethod to it or without") {
    Message message;
    message.beside = true;
    CHECK(verdict(message.response()) == "opened");
    message.info = "<d:KeyInfo><d:RetrievalMethod Type=\"" + xenc + "EncryptedKey\" URI=\"#_k\"/></d:KeyInfo>";
    CHECK(verdict(message.response()) == "opened");
    message.key_info = "<d:KeyInfo><d:X509Data><d:X509Certificate>AAAA</d:X509Certificate></d:X509Data></d:KeyInfo>";
    message.key_behind = "<e:ReferenceList><e:DataReference URI=\"#_d\"/></e:ReferenceList>";
    CHECK(verdict(message.response()) == "opened");
}

TEST_CASE("every key is tried, in any order") {
    const std::string response = Message().response();
    CHECK(verdict(decrypt(response, keys({"sp-old.key", "sp.key"}))) == "opened");
    CHECK(verdict(decrypt(response, keys({"sp.key", "sp-old.key"}))) == "opened");
    CHECK(verdict(decrypt(response, keys({"sp-old.key"}))) == "decrypt");
}

// ---- the form -----------------------------------------------------------------------------

TEST_CASE("a form that departs from the one that is taken is refused before a key is used") {
    const std::string form = "encryption-form";
    CHECK(changed([](Message& m) { m.type = " Type=\"" + xenc + "Content\""; }) == form);
    CHECK(changed([](Message& m) { m.cipher = ""; }) == form);
    CHECK(changed([](Message& m) { m.transport = ""; }) == form);
    CHECK(changed([](Message& m) { m.cipher = method(xenc11 + "aes256-gcm", "<e:KeySize>256</e:KeySize>"); }) == form);
    CHECK(changed([](Message& m) { m.text_behind = "<e:EncryptionProperties/>"; }) == form);
    CHECK(changed([](Message& m) { m.key_behind = "<e:CarriedKeyName>k</e:CarriedKeyName>"; }) == form);
    CHECK(changed([](Message& m) {
              m.key_behind = "<e:ReferenceList><e:DataReference URI=\"#_x\"/></e:ReferenceList>";
          }) == form);
    CHECK(changed([](Message& m) {
              m.transport = method(xenc + "rsa-oaep-mgf1p", "<e:OAEPparams>AAAA</e:OAEPparams>");
              m.key = wrapped(key32, "SHA1", "SHA1", std::string(3, '\0'));
          }) == form);
    CHECK(changed([](Message& m) { m.transport = method(xenc + "rsa-oaep-mgf1p", mask("mgf1sha256")); }) == form);
    CHECK(changed([](Message& m) { m.transport = method(xenc11 + "rsa-oaep", mask("mgf1sha1") + mask("mgf1sha1")); }) ==
          form);
}

TEST_CASE("one EncryptedKey is taken: none, two, and one hidden in a KeyInfo are refused") {
    const std::string form = "encryption-form";
    const std::string key = Message().encrypted_key();
    std::string twin = key;
    twin.replace(twin.find("_k"), 2, "_l");
    CHECK(changed([](Message& m) { m.info = "<d:KeyInfo/>"; }) == form);
    CHECK(changed([](Message& m) { m.info = "<d:KeyInfo><d:KeyName>k</d:KeyName></d:KeyInfo>"; }) == form);
    CHECK(changed([&](Message& m) { m.info = "<d:KeyInfo>" + key + twin + "</d:KeyInfo>"; }) == form);
    CHECK(changed([&](Message& m) {
              m.beside = true;
              m.info = "<d:KeyInfo>" + twin + "</d:KeyInfo>";
          }) == form);
    CHECK(changed([&](Message& m) { m.key_info = "<d:KeyInfo>" + twin + "</d:KeyInfo>"; }) == form);
    CHECK(changed([](Message& m) { m.key_info = "<d:KeyInfo><e:EncryptedData/></d:KeyInfo>"; }) == form);
}

TEST_CASE("nothing is fetched: references that lead elsewhere are refused") {
    const auto retrieval = [](const std::string& reference) {
        return changed([&](Message& m) {
            m.beside = true;
            m.info = "<d:KeyInfo>" + reference + "</d:KeyInfo>";
        });
    };
    const std::string form = "encryption-form";
    CHECK(retrieval("<d:RetrievalMethod URI=\"#_k\"/>") == "opened");
    CHECK(retrieval("<d:RetrievalMethod/>") == form);
    CHECK(retrieval("<d:RetrievalMethod URI=\"\"/>") == form);
    CHECK(retrieval("<d:RetrievalMethod URI=\"#_d\"/>") == form);
    CHECK(retrieval("<d:RetrievalMethod URI=\"#xpointer(id('_k'))\"/>") == form);
    CHECK(retrieval("<d:RetrievalMethod URI=\"file:///etc/passwd\"/>") == form);
    CHECK(retrieval("<d:RetrievalMethod URI=\"http://127.0.0.1/k\"/>") == form);
    CHECK(retrieval("<d:RetrievalMethod URI=\"#_k\" Type=\"" + dsig + "X509Data\"/>") == form);
    CHECK(retrieval("<d:RetrievalMethod URI=\"#_k\"><d:Transforms/></d:RetrievalMethod>") == form);
    CHECK(retrieval("<d:RetrievalMethod URI=\"#_k\"/><d:RetrievalMethod URI=\"#_k\"/>") == form);
    // With the key inside there is nothing to lead to.
    CHECK(changed([](Message& m) { m.info = "<d:KeyInfo><d:RetrievalMethod URI=\"#_k\"/></d:KeyInfo>"; }) == form);
}

TEST_CASE("an assertion whose cipher text is missing, no base64 or no text is refused") {
    const std::string response = Message().response();
    const std::size_t value = response.rfind("<e:CipherValue>");
    const std::size_t end = response.rfind("</e:CipherValue>");
    const auto with = [&](const std::string& instead) {
        return verdict(response.substr(0, value) + instead + response.substr(end + 16));
    };
    CHECK(with(response.substr(value, end + 16 - value)) == "opened");
    for (const std::string instead :
         {"", "<e:CipherValue/>", "<e:CipherValue>AAA</e:CipherValue>", "<e:CipherValue>AA_-</e:CipherValue>",
          "<e:CipherValue>AAAA<b/></e:CipherValue>", "<e:CipherReference URI=\"file:///etc/passwd\"/>",
          "<e:CipherValue>AAAA</e:CipherValue><e:CipherValue>AAAA</e:CipherValue>",
          "<CipherValue>AAAA</CipherValue>"}) {
        CAPTURE(instead);
        CHECK(with(instead) == "encryption-form");
    }
}

TEST_CASE("an algorithm that is not taken is refused by its name") {
    const std::string reason = "algorithm";
    for (const std::string& uri : {xenc + "aes128-cbc", xenc + "aes256-cbc", xenc + "tripledes-cbc",
                                   xenc + "aes192-cbc", xenc11 + "aes256-GCM", xenc + "aes256-gcm", std::string()}) {
        CAPTURE(uri);
        CHECK(changed([&](Message& m) { m.cipher = method(uri); }) == reason);
    }
    CHECK(changed([](Message& m) { m.cipher = "<e:EncryptionMethod/>"; }) == reason);
    for (const std::string& uri :
         {xenc + "rsa-1_5", xenc + "kw-aes256", xenc11 + "ECDH-ES", xenc11 + "rsa-oaep-mgf1p"}) {
        CAPTURE(uri);
        CHECK(changed([&](Message& m) { m.transport = method(uri); }) == reason);
    }
    CHECK(changed([](Message& m) {
              m.transport = method(xenc + "rsa-oaep-mgf1p", digest("http://www.w3.org/2001/04/xmldsig-more#md5"));
          }) == reason);
    CHECK(changed([](Message& m) { m.transport = method(xenc11 + "rsa-oaep", mask("mgf1sha224")); }) == reason);

    Message message;
    message.transport = method(xenc + "rsa-1_5");
    auto refused = decrypt(message.response(), our_key());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find(xenc + "rsa-1_5") != std::string::npos);
    // CBC is a matter of the rules, and only with the two lengths.
    message = Message();
    message.cipher = method(xenc + "aes192-cbc");
    CHECK(verdict(message.response(), {.allow_cbc = true}) == reason);
}

// ---- one error for all that fails behind the form ------------------------------------------

TEST_CASE("whatever byte of the IV, the cipher text, the tag or the wrapped key is changed, the error is the same") {
    Message message;
    message.text = gcm(EVP_aes_256_gcm(), key32, "short");
    const Message good = message;
    REQUIRE(verdict(good.response()) == "opened");
    auto first = decrypt(Message(good).response(), keys({"sp-old.key"}));
    REQUIRE_FALSE(first);
    const auto same = [&](const Message& each) {
        auto refused = decrypt(each.response(), our_key());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().peer == "decrypt");
        CHECK(refused.error().message == first.error().message);
        CHECK(refused.error().advice == first.error().advice);
    };
    for (std::size_t i = 0; i < good.text.size(); ++i) {
        message = good;
        message.text[i] = static_cast<char>(message.text[i] ^ 1);
        same(message);
    }
    for (std::size_t i = 0; i < good.key.size(); i += 5) {
        message = good;
        message.key[i] = static_cast<char>(message.key[i] ^ 1);
        same(message);
    }
    // Lengths are no form either.
    for (std::size_t size = 1; size < good.text.size(); ++size) {
        message = good;
        message.text.resize(size);
        same(message);
    }
    message = good;
    message.text += 'x';
    same(message);
    for (const std::size_t size : {1, 16, 255, 257, 512}) {
        message = good;
        message.key.resize(size);
        same(message);
    }
    message = good;
    message.key = std::string(256, '\xff'); // more than the modulus
    same(message);
    for (const std::size_t size : {1, 16, 31}) { // well wrapped, of the wrong length
        message = good;
        message.key = wrapped(key32.substr(0, size), "SHA1", "SHA1");
        same(message);
    }
    message = good;
    message.key = wrapped(key32 + "x", "SHA1", "SHA1");
    same(message);
    message = good;
    message.key = wrapped(key32, "SHA1", "SHA1", "label");
    same(message);
}

TEST_CASE("a tag is sixteen bytes: a shorter one that OpenSSL would take is refused") {
    for (std::size_t size = 4; size < 16; ++size) {
        CHECK(changed([&](Message& m) { m.text.resize(m.text.size() - 16 + size); }) == "decrypt");
    }
}

TEST_CASE("without a key the error says that there is none") {
    auto refused = decrypt(Message().response(), {});
    CHECK(verdict(refused) == "decrypt");
    CHECK(refused.error().message.find("no key") != std::string::npos);
}

// ---- CBC ----------------------------------------------------------------------------------

TEST_CASE("CBC is opened where the rules allow it, with any padding bytes before the last one") {
    const std::vector<std::tuple<std::string, const EVP_CIPHER*, std::size_t>> ciphers{
        {"aes128-cbc", EVP_aes_128_cbc(), 16}, {"aes256-cbc", EVP_aes_256_cbc(), 32}};
    for (const auto& [name, cipher, size] : ciphers) {
        for (std::size_t padding = 1; padding <= 16; ++padding) {
            CAPTURE(padding);
            Message message;
            message.cipher = method(xenc + name);
            message.key = wrapped(key32.substr(0, size), "SHA1", "SHA1");
            const std::string text(48 - padding, 'a');
            std::string padded = text + "any padding bytes";
            padded.resize(47);
            padded += static_cast<char>(padding);
            message.text = cbc(cipher, key32.substr(0, size), padded);
            CHECK(verdict(message.response()) == "algorithm");
            auto opened = decrypt(message.response(), our_key(), {.allow_cbc = true});
            REQUIRE(opened);
            CHECK(opened->reveal() == text);
        }
    }
}

TEST_CASE("CBC with a wrong padding, length or key has the one error") {
    const DecryptionRules rules{.allow_cbc = true};
    Message message;
    message.cipher = method(xenc + "aes256-cbc");
    for (const int padding : {0, 17, 32, 128, 255}) {
        CAPTURE(padding);
        message.text = cbc(EVP_aes_256_cbc(), key32, std::string(31, 'a') + static_cast<char>(padding));
        CHECK(verdict(message.response(), rules) == "decrypt");
    }
    const std::string good = cbc(EVP_aes_256_cbc(), key32, std::string(31, 'a') + '\1');
    for (std::size_t size = 1; size < good.size(); ++size) {
        message.text = good.substr(0, size);
        if (size % 16 != 0 || size < 32)
            CHECK(verdict(message.response(), rules) == "decrypt");
    }
    // A random key stands in for one that was not found. What it makes of the text is never handed out, though every
    // sixteenth has a right padding by chance.
    message.text = good;
    message.key[0] = static_cast<char>(message.key[0] ^ 1);
    for (int i = 0; i < 100; ++i)
        CHECK(verdict(message.response(), rules) == "decrypt");
}

// ---- the host -----------------------------------------------------------------------------

TEST_CASE("nothing of a failed decryption is left in OpenSSL's queue of errors") {
    ERR_clear_error();
    Message message;
    message.key[7] = static_cast<char>(message.key[7] ^ 1);
    CHECK(verdict(message.response()) == "decrypt");
    CHECK(ERR_peek_error() == 0);
}
