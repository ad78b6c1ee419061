#include "base/unicode.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

TEST_CASE("letters, numbers and separators of any script are words") {
    for (const char32_t point : {U'a', U'Z', U'7', U' ', U'\u00A0', U'\u00C9', U'\u0416', U'\u4E00', U'\u90E8',
                                 U'\uAC00', U'\U00020BB7', U'\u0966', U'\u2160', U'\u3000'})
        CHECK(is_word_character(point));
}

TEST_CASE("signs, marks and controls are none") {
    for (const char32_t point :
         {U'\0', U'\n', U'!', U'@', U'\u0301', U'\u20AC', U'\U0001F511', U'\uE000', U'\U0010FFFF'})
        CHECK_FALSE(is_word_character(point));
}

TEST_CASE("characters of one to four bytes are taken off in turn") {
    std::string_view text = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x94\x91";
    for (const char32_t expected : {U'a', U'\u00E4', U'\u20AC', U'\U0001F511'})
        CHECK(take_character(text) == expected);
    CHECK(text.empty());
}
