#include "base/unicode.h"

#include <algorithm>
#include <iterator>

namespace awsfed {

namespace {

struct Range {
    char32_t first, last;
};
constexpr Range words[] = {
#include "base/unicode_words.def"
};

} // namespace

bool is_word_character(char32_t point) {
    const auto after = std::ranges::upper_bound(words, point, {}, &Range::first);
    return after != std::begin(words) && point <= std::prev(after)->last;
}

char32_t take_character(std::string_view& utf8) {
    const auto lead = static_cast<unsigned char>(utf8.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t point = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length && i < utf8.size(); ++i)
        point = (point << 6) | (static_cast<unsigned char>(utf8[i]) & 0x3FU);
    utf8.remove_prefix(std::min(length, utf8.size()));
    return point;
}

} // namespace awsfed
