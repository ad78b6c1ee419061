#include "base/encode.h"

#include <array>

namespace awsfed {

namespace {

constexpr std::string_view upper_digits = "0123456789ABCDEF";

// The bytes that stay as they are.
using Bytes = std::array<bool, 256>;

constexpr Bytes letters_digits_and(std::string_view marks) {
    Bytes stay{};
    for (const std::string_view group :
         {std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"), marks}) {
        for (const char c : group)
            stay[static_cast<unsigned char>(c)] = true;
    }
    return stay;
}

constexpr Bytes stay_strictly = letters_digits_and("-._~");
constexpr Bytes stay_in_forms = letters_digits_and("-._*");

bool stays(char c, Percent rule) {
    return (rule == Percent::strict ? stay_strictly : stay_in_forms)[static_cast<unsigned char>(c)];
}

std::size_t encoded_size(std::string_view bytes, Percent rule) {
    std::size_t size = 0;
    for (const char c : bytes)
        size += stays(c, rule) || (rule == Percent::form && c == ' ') ? 1 : 3;
    return size;
}

} // namespace

void append_percent_encoded(Secret& out, std::string_view bytes, Percent rule) {
    char* place = out.grow(encoded_size(bytes, rule));
    for (const char c : bytes) {
        if (stays(c, rule)) {
            *place++ = c;
        } else if (rule == Percent::form && c == ' ') {
            *place++ = '+';
        } else {
            const auto byte = static_cast<unsigned char>(c);
            *place++ = '%';
            *place++ = upper_digits[byte >> 4U];
            *place++ = upper_digits[byte & 15U];
        }
    }
}

Secret percent_encoded(std::string_view bytes, Percent rule) {
    Secret out;
    append_percent_encoded(out, bytes, rule);
    return out;
}

Secret json_escaped(std::string_view utf8) {
    Secret out;
    out.reserve(utf8.size() + 16);
    for (const char c : utf8) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.append('\\');
            out.append(c);
        } else if (byte < 0x20) {
            out.append("\\u00");
            out.append(upper_digits[byte >> 4U]);
            out.append(upper_digits[byte & 15U]);
        } else {
            out.append(c);
        }
    }
    return out;
}

void FormBody::add(std::string_view name, std::string_view value) {
    if (!body_.empty())
        body_.append('&');
    append_percent_encoded(body_, name, Percent::form);
    body_.append('=');
    append_percent_encoded(body_, value, Percent::form);
}

} // namespace awsfed
