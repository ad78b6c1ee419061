// The parts that names have in common: beginnings, ends, or what stands anywhere in them.
#pragma once

#include "policy/name_set.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::policy {

enum class PartKind : std::uint8_t { beginning, end, middle };

// A part in its shortest form: one character fewer, and more names would have it.
struct NamePart {
    NameSet names;           // that have it
    std::size_t name = 0;    // one of them,
    std::size_t at = 0;      // and where the part stands in it
    std::size_t length = 0;
};

// An appearance of a part in a name. The same part may appear in it again.
struct Appearance {
    std::size_t part = 0;
    std::size_t at = 0;
};

struct NameParts {
    std::vector<NamePart> parts;
    std::vector<std::vector<Appearance>> of_name; // by place of the name
};

// All parts of one kind, of names in one case. Parts that the same names have in the same way come once, so that
// there are not many more of them than the names have characters.
NameParts parts_of(std::span<const std::string> names, PartKind kind);

} // namespace awsfed::policy
