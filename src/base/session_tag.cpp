#include "base/session_tag.h"

#include "base/text.h"
#include "base/unicode.h"

#include <fmt/format.h>

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::size_t key_chars_max = 128;
constexpr std::size_t value_chars_max = 256;
constexpr std::size_t key_chars_shown = 140;

} // namespace

bool is_tag_text(std::string_view text) {
    while (!text.empty()) {
        const char32_t point = take_character(text);
        const bool sign =
            point < 0x80 && std::string_view("_.:/=+-@").find(static_cast<char>(point)) != std::string_view::npos;
        if (!sign && !is_word_character(point))
            return false;
    }
    return true;
}

std::string fault_of_tag_key(std::string_view key) {
    if (key.empty() || code_points(key) > key_chars_max || !is_tag_text(key))
        return fmt::format("The session tag \"{}\" has a key that AWS does not take.", printable(key, key_chars_shown));
    if (lower_ascii(key).starts_with("aws:"))
        return fmt::format("The session tag \"{}\" has the prefix that AWS keeps for itself.",
                           printable(key, key_chars_shown));
    return {};
}

std::string fault_of_tag(std::string_view key, std::string_view value) {
    if (std::string fault = fault_of_tag_key(key); !fault.empty())
        return fault;
    if (code_points(value) > value_chars_max || !is_tag_text(value))
        return fmt::format("The session tag \"{}\" has a value that AWS does not take.",
                           printable(key, key_chars_shown));
    return {};
}

std::string fault_of_tags(const SessionTags& tags) {
    std::vector<std::string> keys; // in lower case
    for (const auto& [key, value] : tags) {
        if (std::string fault = fault_of_tag(key, value); !fault.empty())
            return fault;
        std::string lower = lower_ascii(key);
        if (std::ranges::find(keys, lower) != keys.end())
            return fmt::format("The session tag \"{}\" is there twice.", printable(key, key_chars_shown));
        keys.push_back(std::move(lower));
    }
    if (tags.size() > session_tags_max)
        return fmt::format("There are {} session tags; AWS takes {}.", tags.size(), session_tags_max);
    return {};
}

} // namespace awsfed
