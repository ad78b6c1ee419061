#include "base/encode.h"

namespace awsfed {

namespace {

constexpr std::string_view upper_digits = "0123456789ABCDEF";

bool is_alphanumeric(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool stays(char c, Percent rule) {
    const std::string_view marks = rule == Percent::strict ? "-._~" : "-._*";
    return is_alphanumeric(c) || marks.find(c) != std::string_view::npos;
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
