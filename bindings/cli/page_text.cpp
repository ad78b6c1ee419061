#include "page_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

namespace cli {

namespace {

struct Range {
    char32_t first, last;
};
constexpr Range unseen[] = {{0x00, 0x1F},     {0x7F, 0x9F},      {0xAD, 0xAD},     {0x034F, 0x034F}, {0x061C, 0x061C},
                            {0x115F, 0x1160}, {0x17B4, 0x17B5},  {0x180B, 0x180F}, {0x200B, 0x200F}, {0x2028, 0x202E},
                            {0x2060, 0x206F}, {0x3164, 0x3164},  {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0},
                            {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF}};

bool is_unseen(char32_t c) {
    return c != '\n' &&
           std::ranges::any_of(unseen, [c](const Range& range) { return c >= range.first && c <= range.last; });
}

// The text is well-formed: it came out of a JSON reader that checks.
std::size_t length_of(unsigned char lead) { return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

char32_t code_point(std::string_view sequence) {
    const auto lead = static_cast<unsigned char>(sequence.front());
    char32_t value = sequence.size() == 1 ? lead : lead & (0xFFU >> (sequence.size() + 1));
    for (const char next : sequence.substr(1))
        value = value << 6U | (static_cast<unsigned char>(next) & 0x3FU);
    return value;
}

} // namespace

std::string page_text(std::string_view utf8) {
    std::string out;
    while (!utf8.empty()) {
        const std::string_view one = utf8.substr(0, length_of(static_cast<unsigned char>(utf8.front())));
        const char32_t c = code_point(one);
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default:
            if (is_unseen(c))
                fmt::format_to(std::back_inserter(out), "<mark>U+{:04X}</mark>", static_cast<std::uint32_t>(c));
            else
                out += one;
        }
        utf8.remove_prefix(one.size());
    }
    return out;
}

} // namespace cli
