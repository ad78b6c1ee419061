// A JSON text as a tree, for the little that the sandbox reads of policies.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed::sandbox {

struct JsonValue {
    enum class Kind { null, boolean, number, string, array, object };

    Kind kind = Kind::null;
    std::string text{}; // of a string, or a number as written
    std::vector<JsonValue> items{};
    std::vector<std::pair<std::string, JsonValue>> members{};
    std::size_t offset = 0; // where it begins

    const JsonValue* member(std::string_view name) const;
};

// As strict as markup/json.h. Code::policy_malformed has line and column in its message.
Result<JsonValue> read_json_value(std::string_view text);

} // namespace awsfed::sandbox
