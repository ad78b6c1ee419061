#include "base/base64.h"

#include <openssl/evp.h>

#include <algorithm>

namespace awsfed {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool in_alphabet(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

unsigned char* bytes(char* text) { return reinterpret_cast<unsigned char*>(text); }
const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

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
    packed.reserve(text.size());
    for (const char c : text) {
        if (!is_space(c))
            packed.append(c);
    }
    const std::string_view in = packed.reveal();
    const std::size_t padding = in.size() - std::min(in.find_last_not_of('=') + 1, in.size());
    const std::string_view letters = in.substr(0, in.size() - padding);
    if (in.empty() || in.size() % 4 != 0 || padding > 2 || !std::ranges::all_of(letters, in_alphabet))
        return std::nullopt;

    Secret out;
    const int size = EVP_DecodeBlock(bytes(out.grow(in.size() / 4 * 3)), bytes(in), static_cast<int>(in.size()));
    if (size < 0)
        return std::nullopt;
    out.truncate(static_cast<std::size_t>(size) - padding);
    // The spare bits of the last letter must be zero: one value has one text.
    if (padding != 0 && !base64_encode(out.reveal()).equals(in))
        return std::nullopt;
    return out;
}

} // namespace awsfed
