// Small questions about text that several rooms ask.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

std::string_view trimmed(std::string_view text); // without white space (space, tab, CR, LF) at both ends
constexpr char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string lower_ascii(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b); // ASCII

bool is_visible_ascii(std::string_view text); // no blank and no control character; true of an empty text

// Well-formed UTF-8 as Unicode's table 3-7 has it: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes);
std::size_t code_points(std::string_view utf8);

// For messages: control characters and broken UTF-8 become '?', and a long text is cut.
std::string printable(std::string_view text, std::size_t chars_max = 200);

// The items of a list that a person wrote with commas or white space between them.
std::vector<std::string> items_of(std::string_view list);

// The candidate that differs least from the text; empty when none is near.
std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates);

} // namespace awsfed
