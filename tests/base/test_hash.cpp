#include "base/hash.h"

#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <array>
#include <string>

using namespace awsfed;

namespace {

std::string hmac(std::string_view key, std::string_view text) { return hex(Sha256().hmac(key, text)); }

std::string openssl_hmac(std::string_view key, std::string_view text) {
    Digest digest{};
    std::size_t size = 0;
    EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data(), key.size(),
              reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), digest.size(), &size);
    return hex(digest);
}

} // namespace

TEST_CASE("SHA-256 gives the published values") { // FIPS 180-4
    CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(text_of(hex_digits(sha256("abc"))) == hex(sha256("abc")));
}

TEST_CASE("two texts are hashed as one, and one hash leaves nothing for the next") {
    Sha256 hash;
    CHECK(hash.digest("a", "bc") == sha256("abc"));
    CHECK(hash.digest("abc", "") == sha256("abc"));
    CHECK(hash.digest("", "abc") == sha256("abc"));
    CHECK(hash.hmac("k", "abc") == Sha256().hmac("k", "abc"));
    CHECK(hash.digest("abc") == sha256("abc"));
}

TEST_CASE("HMAC gives the values of RFC 4231, section 4") {
    const std::string long_key(131, '\xaa');
    std::string counting;
    for (char byte = 1; byte <= 25; ++byte)
        counting += byte;
    CHECK(hmac(std::string(20, '\x0b'), "Hi There") ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hmac("Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hmac(std::string(20, '\xaa'), std::string(50, '\xdd')) ==
          "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    CHECK(hmac(counting, std::string(50, '\xcd')) ==
          "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    CHECK(hmac(std::string(20, '\x0c'), "Test With Truncation").starts_with("a3b6167473100ee06e0c796c2955552b"));
    CHECK(hmac(long_key, "Test Using Larger Than Block-Size Key - Hash Key First") ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(hmac(long_key, "This is a test using a larger than block-size key and a larger than block-size data. The "
                         "key needs to be hashed before being used by the HMAC algorithm.") ==
          "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST_CASE("HMAC is OpenSSL's for keys and texts around the size of a block") {
    for (const std::size_t key : {0, 1, 31, 32, 63, 64, 65, 127, 128, 129, 200}) {
        for (const std::size_t text : {0, 1, 55, 56, 63, 64, 65, 119, 128, 1000}) {
            CAPTURE(key);
            CAPTURE(text);
            CHECK(hmac(std::string(key, 'k'), std::string(text, 't')) ==
                  openssl_hmac(std::string(key, 'k'), std::string(text, 't')));
        }
    }
}
