#include "base/random.h"

#include <openssl/rand.h>

#include <stdexcept>
#include <vector>

namespace awsfed {

std::string Random::hex(std::size_t bytes) const {
    std::vector<unsigned char> drawn(bytes);
    fill(drawn);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes * 2);
    for (const unsigned char byte : drawn) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

void SystemRandom::fill(std::span<unsigned char> bytes) const {
    // Without randomness nothing here is safe; it is a defect of the machine, not an answer.
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("OpenSSL has no randomness.");
}

} // namespace awsfed
