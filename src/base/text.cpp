#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>

namespace awsfed {

namespace {

constexpr bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Length of the well-formed sequence at the front, 0 when there is none.
std::size_t utf8_sequence(std::string_view bytes) {
    const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
    const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return at(i) >= low && at(i) <= high;
    };
    const unsigned lead = at(0);
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return tail(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = lead == 0xED ? 0x9F : 0xBF;
        return tail(1, low, high) && tail(2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
        return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

// What is ASCII and no control character, at the front.
std::string_view printable_ascii(std::string_view text) {
    const auto end = std::ranges::find_if(text, [](char c) { return static_cast<signed char>(c) < 0x20 || c == 0x7F; });
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// Levenshtein's distance, with one row of the table at a time.
std::size_t edits_between(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t above = row[j + 1];
            row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row.back();
}

} // namespace

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_white(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_white(text.back()))
        text.remove_suffix(1);
    return text;
}

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = lower_ascii(c);
    return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower_ascii(x) == lower_ascii(y); });
}

// Without a branch, and many at a time: their number is fixed, so the compiler looks at them all at once.
template <std::size_t count>
static unsigned char not_visible(const char* bytes) {
    unsigned char found = 0;
    for (std::size_t i = 0; i < count; ++i)
        found |= static_cast<unsigned char>(static_cast<signed char>(bytes[i]) <= ' ') |
                 static_cast<unsigned char>(bytes[i] == 0x7F);
    return found;
}

bool is_visible_ascii(std::string_view text) {
    constexpr std::size_t block = 32;
    unsigned char found = 0;
    for (; text.size() >= block; text.remove_prefix(block))
        found |= not_visible<block>(text.data());
    for (const char c : text)
        found |= not_visible<1>(&c);
    return found == 0;
}

// How many bytes at the beginning are ASCII, in steps of eight.
static std::size_t ascii_prefix(std::string_view bytes) {
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    std::size_t at = 0;
    for (std::uint64_t eight = 0; at + sizeof eight <= bytes.size(); at += sizeof eight) {
        std::memcpy(&eight, bytes.data() + at, sizeof eight);
        if ((eight & high_bits) != 0)
            break;
    }
    return at;
}

bool is_utf8(std::string_view bytes) {
    while (!bytes.empty()) {
        bytes.remove_prefix(ascii_prefix(bytes)); // most of it, as a rule
        if (bytes.empty())
            break;
        const std::size_t length = utf8_sequence(bytes);
        if (length == 0)
            return false;
        bytes.remove_prefix(length);
    }
    return true;
}

std::size_t code_points(std::string_view utf8) {
    const auto leads =
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    return static_cast<std::size_t>(leads);
}

std::string printable(std::string_view text, std::size_t chars_max) {
    std::string out;
    std::size_t chars = 0;
    while (!text.empty()) {
        const std::string_view plain = printable_ascii(text.substr(0, chars_max - chars));
        out += plain;
        chars += plain.size();
        text.remove_prefix(plain.size());
        if (text.empty())
            break;
        if (chars++ == chars_max)
            return out + "...";
        const std::size_t length = utf8_sequence(text);
        const auto lead = static_cast<unsigned char>(text.front());
        // C1 controls (U+0080..U+009F) steer terminals too.
        const bool c1 = length == 2 && lead == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
        if (length < 2 || c1)
            out += '?';
        else
            out += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out;
}

std::vector<std::string> items_of(std::string_view list) {
    std::vector<std::string> items;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find_first_of(", \t\r\n"), list.size());
        if (end != 0)
            items.emplace_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return items;
}

std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates) {
    std::string_view best;
    std::size_t fewest = std::max<std::size_t>(text.size() / 2, 2) + 1;
    for (const std::string_view candidate : candidates) {
        const std::size_t edits = edits_between(text.substr(0, 64), candidate);
        if (edits < fewest) {
            fewest = edits;
            best = candidate;
        }
    }
    return best;
}

} // namespace awsfed
