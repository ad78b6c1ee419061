// The XML documents of idp/data.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace awsfed {

inline std::string document(const std::string& name) {
    std::ifstream file(AWSFED_TESTS "/idp/data/" + name, std::ios::binary);
    REQUIRE_MESSAGE(file, "cannot open " << name);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

} // namespace awsfed
