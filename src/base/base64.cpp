#include "base/base64.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace awsfed {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool in_alphabet(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

unsigned char* bytes(char* text) { return reinterpret_cast<unsigned char*>(text); }
const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// The text without its white space, written to `out`, which has room for all of it. The number of bytes.
std::size_t pack(std::string_view text, char* out) {
    const char* begin = out;
    while (!text.empty()) {
        const auto run = static_cast<std::size_t>(std::ranges::find_if(text, is_space) - text.begin());
        std::memcpy(out, text.data(), run);
        out += run;
        text.remove_prefix(std::min(run + 1, text.size()));
    }
    return static_cast<std::size_t>(out - begin);
}

// Number of '=' at the end; empty when it is no base64.
std::optional<std::size_t> padding_of(std::string_view packed) {
    const std::size_t padding = packed.size() - std::min(packed.find_last_not_of('=') + 1, packed.size());
    const std::string_view letters = packed.substr(0, packed.size() - padding);
    if (packed.empty() || packed.size() % 4 != 0 || padding > 2 || !std::ranges::all_of(letters, in_alphabet))
        return std::nullopt;
    return padding;
}

// Decodes what padding_of() has passed to `out`, which has room for three bytes a group. The spare bits of the last
// letter must be zero: one value has one text. The number of bytes, empty when they are not.
std::optional<std::size_t> decode(std::string_view packed, std::size_t padding, char* out) {
    const int size = EVP_DecodeBlock(bytes(out), bytes(packed), static_cast<int>(packed.size()));
    if (size < 0)
        return std::nullopt;
    const std::size_t used = static_cast<std::size_t>(size) - padding;
    char last[5]; // the last group once more, and a NUL
    const std::size_t tail = 3 - padding;
    EVP_EncodeBlock(bytes(last), bytes(std::string_view(out + used - tail, tail)), static_cast<int>(tail));
    if (std::string_view(last, 4) != packed.substr(packed.size() - 4))
        return std::nullopt;
    return used;
}

} // namespace

Secret base64_encode(std::string_view in) {
    Secret out;
    if (in.empty())
        return out;
    const std::size_t size = (in.size() + 2) / 3 * 4;
    // EVP_EncodeBlock writes a NUL behind the text, for which Secret always has room.
    EVP_EncodeBlock(bytes(out.grow(size)), bytes(in), static_cast<int>(in.size()));
    return out;
}

std::optional<Secret> base64_decode(std::string_view text) {
    Secret packed;
    packed.truncate(pack(text, packed.grow(text.size())));
    const auto padding = padding_of(packed.reveal());
    if (!padding)
        return std::nullopt;
    Secret out;
    const auto size = decode(packed.reveal(), *padding, out.grow(packed.size() / 4 * 3));
    if (!size)
        return std::nullopt;
    out.truncate(*size);
    return out;
}

std::optional<std::string> base64_decode_public(std::string_view text) {
    std::string packed(text.size(), '\0');
    packed.resize(pack(text, packed.data()));
    const auto padding = padding_of(packed);
    if (!padding)
        return std::nullopt;
    std::string out(packed.size() / 4 * 3, '\0');
    const auto size = decode(packed, *padding, out.data());
    if (!size)
        return std::nullopt;
    out.resize(*size);
    return out;
}

} // namespace awsfed
