// The files beside the tests of this room.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

// AWSFED_TESTS is the folder tests/; without it the path of this file tells.
inline std::filesystem::path saml_data() {
#ifdef AWSFED_TESTS
    return std::filesystem::path(AWSFED_TESTS) / "saml/data";
#else
    return std::filesystem::path(__FILE__).parent_path() / "data";
#endif
}

inline std::string read_saml_data(const std::string& name) {
    std::ifstream file(saml_data() / name, std::ios::binary);
    REQUIRE_MESSAGE(file, "cannot open " << name);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(separator, at), text.size());
        parts.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

// The rows of a table, without the one that names the columns.
inline std::vector<std::vector<std::string>> read_saml_table(const std::string& name) {
    std::vector<std::vector<std::string>> rows;
    for (const std::string& line : split(read_saml_data(name), '\n')) {
        if (!line.empty())
            rows.push_back(split(line, '\t'));
    }
    rows.erase(rows.begin());
    REQUIRE(rows.size() > 20);
    return rows;
}

} // namespace awsfed
