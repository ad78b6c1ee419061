// A keytab with one key, as ktutil would write it (version 2 of the format).
#pragma once

#include <string>
#include <string_view>

namespace awsfed {

inline std::string keytab_of(std::string_view user, std::string_view realm) {
    const auto number = [](std::size_t value, int bytes) {
        std::string text;
        for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
            text += static_cast<char>(value >> shift & 0xff);
        return text;
    };
    const auto counted = [&](std::string_view text) { return number(text.size(), 2) + std::string(text); };
    constexpr std::size_t aes256 = 18;
    const std::string entry = number(1, 2) + counted(realm) + counted(user) + number(1, 4) + number(0, 4) +
                              number(1, 1) + number(aes256, 2) + counted(std::string(32, 'k'));
    return "\x05\x02" + number(entry.size(), 4) + entry;
}

} // namespace awsfed
