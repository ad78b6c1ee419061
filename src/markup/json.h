// JSON texts (RFC 8259), read strictly and with places, so that an error names line and column.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed {

struct JsonPlace {
    std::size_t offset = 0; // in bytes, from 0
    std::size_t line = 1;   // from 1
    std::size_t column = 1; // in characters, from 1
};

// The place of a byte of a text.
JsonPlace place_in(std::string_view text, std::size_t offset);

enum class JsonFaultKind { syntax, duplicate_key, depth };

struct JsonFault {
    JsonPlace place;
    std::string what; // "a comma or } is missing": says nothing of the text's own content, but keys
    JsonFaultKind kind = JsonFaultKind::syntax;
};

// What a text holds, in its order. Each call has the offset where the token begins. False from any
// of them ends the reading; the reader then says so itself.
class JsonVisitor {
public:
    virtual ~JsonVisitor() = default;
    virtual bool object_begins(std::size_t) { return true; }
    virtual bool key(std::string_view, std::size_t) { return true; }
    virtual bool object_ends(std::size_t) { return true; }
    virtual bool array_begins(std::size_t) { return true; }
    virtual bool array_ends(std::size_t) { return true; }
    virtual bool string(std::string_view, std::size_t) { return true; }
    virtual bool number(std::string_view, std::size_t) { return true; } // as written: no rounding
    virtual bool boolean(bool, std::size_t) { return true; }
    virtual bool null(std::size_t) { return true; }
};

// Reads a whole text. The fault is the first one: not well-formed, not UTF-8, a NUL, a half surrogate,
// a key twice in one object (readers disagree which of the two counts), or nesting beyond json_depth_max.
// Needs no stack for depth.
std::optional<JsonFault> read_json(std::string_view text, JsonVisitor& visitor);

// Is it one JSON object, and nothing else? The error has line and column in its message.
Result<void> check_json_object(std::string_view text, Code code);

// The string members of an object and of the objects in it, by their path: "Error/Code". Other kinds
// of members are left out, and those with a path beyond json_path_chars_max; empty when the text is not a JSON object.
std::map<std::string, std::string, std::less<>> json_strings(std::string_view text);

// The members of an object that holds texts only, in its order: {"a": "b"}. The error has line and column.
Result<std::vector<std::pair<std::string, std::string>>> json_texts(std::string_view text, Code code);

} // namespace awsfed
