#include "base/aead.h"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace awsfed {

namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); } // wipes the key
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, Free>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(char* text) { return reinterpret_cast<unsigned char*>(text); }

// Without it nothing here works, TLS neither: a defect of the installation, not an outcome.
void require(bool worked) {
    if (!worked)
        throw std::runtime_error("OpenSSL does not provide AES-256-GCM.");
}

} // namespace

std::string seal(std::string_view key, std::string_view plain, std::string_view context, const Random& random) {
    require(key.size() == aead_key_bytes);
    std::string sealed(nonce_bytes + plain.size() + tag_bytes, '\0');
    random.fill({bytes(sealed.data()), nonce_bytes});
    unsigned char* text = bytes(sealed.data()) + nonce_bytes;
    const Cipher cipher(EVP_CIPHER_CTX_new());
    int size = 0;
    require(cipher != nullptr &&
            EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key), bytes(sealed.data())) == 1 &&
            EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes(context), static_cast<int>(context.size())) == 1 &&
            EVP_EncryptUpdate(cipher.get(), text, &size, bytes(plain), static_cast<int>(plain.size())) == 1 &&
            EVP_EncryptFinal_ex(cipher.get(), text + size, &size) == 1 &&
            EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, tag_bytes, text + plain.size()) == 1);
    return sealed;
}

std::optional<Secret> unseal(std::string_view key, std::string_view sealed, std::string_view context) {
    require(key.size() == aead_key_bytes);
    if (sealed.size() < nonce_bytes + tag_bytes)
        return std::nullopt;
    const std::string_view nonce = sealed.substr(0, nonce_bytes);
    const std::string_view text = sealed.substr(nonce_bytes, sealed.size() - nonce_bytes - tag_bytes);
    std::array<unsigned char, tag_bytes> tag{};
    const std::string_view given = sealed.substr(sealed.size() - tag_bytes);
    std::copy(given.begin(), given.end(), tag.begin());
    const Cipher cipher(EVP_CIPHER_CTX_new());
    Secret plain;
    unsigned char* place = bytes(plain.grow(text.size()));
    int size = 0;
    require(cipher != nullptr &&
            EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key), bytes(nonce)) == 1 &&
            EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes(context), static_cast<int>(context.size())) == 1 &&
            EVP_DecryptUpdate(cipher.get(), place, &size, bytes(text), static_cast<int>(text.size())) == 1 &&
            EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()) == 1);
    if (EVP_DecryptFinal_ex(cipher.get(), place + size, &size) != 1)
        return std::nullopt; // the Secret wipes what nobody vouches for
    return plain;
}

} // namespace awsfed
