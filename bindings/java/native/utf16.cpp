#include "utf16.h"

namespace awsfed::java {
namespace {

bool is_high(std::uint32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low(std::uint32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

char* put(std::uint32_t point, char* out) {
    const auto tail = [point](int shift) { return static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
    if (point < 0x80) {
        *out++ = static_cast<char>(point);
        return out;
    }
    if (point < 0x800) {
        *out++ = static_cast<char>(0xC0 | (point >> 6));
    } else if (point < 0x10000) {
        *out++ = static_cast<char>(0xE0 | (point >> 12));
        *out++ = tail(6);
    } else {
        *out++ = static_cast<char>(0xF0 | (point >> 18));
        *out++ = tail(12);
        *out++ = tail(6);
    }
    *out++ = tail(0);
    return out;
}

} // namespace

std::optional<std::size_t> utf16_to_utf8(const std::uint16_t* text, std::size_t count, char* out) {
    char* end = out;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint32_t point = text[i];
        if (is_low(point) || (is_high(point) && (i + 1 == count || !is_low(text[i + 1]))))
            return std::nullopt;
        if (is_high(point))
            point = 0x10000 + ((point - 0xD800) << 10) + (text[++i] - 0xDC00U);
        end = put(point, end);
    }
    return static_cast<std::size_t>(end - out);
}

} // namespace awsfed::java
