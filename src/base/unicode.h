// What kind of character a code point is (https://www.unicode.org/reports/tr44/#General_Category_Values).
#pragma once

#include <string_view>

namespace awsfed {

// A letter, a number or a separator: \p{L}, \p{N} or \p{Z} of AWS's patterns.
bool is_word_character(char32_t point);

// Takes the first character off well-formed UTF-8 that is not empty.
char32_t take_character(std::string_view& utf8);

} // namespace awsfed
