// A JSON text as a tree, for what the tool shows to people.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

class JsonValue {
public:
    // Empty when the text is no JSON, or not UTF-8.
    static std::optional<JsonValue> parse(const std::string& text);

    bool is_null() const { return kind_ == Kind::null || is_absent(); }
    bool is_object() const { return kind_ == Kind::object; }
    bool is_array() const { return kind_ == Kind::array; }
    // Of a string what it says, of a number its digits, of a boolean its name; of anything else nothing.
    const std::string& text() const { return text_; }

    const std::vector<JsonValue>& items() const { return items_; } // of an array
    const std::vector<std::pair<std::string, JsonValue>>& members() const { return members_; } // of an object
    bool has(std::string_view name) const { return !(*this)[name].is_absent(); }
    const JsonValue& operator[](std::string_view name) const; // null where there is none

private:
    friend class JsonBuilder;
    enum class Kind { absent, null, text, array, object };
    bool is_absent() const { return kind_ == Kind::absent; }

    Kind kind_ = Kind::absent;
    std::string text_;
    std::vector<JsonValue> items_;
    std::vector<std::pair<std::string, JsonValue>> members_;
};

} // namespace cli
