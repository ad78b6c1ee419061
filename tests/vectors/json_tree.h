// A JSON document as a tree, for the files that describe cases. Read by the library's own reader.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vectors {

class Json {
public:
    enum class Kind { null, boolean, number, string, array, object };

    // Empty when the text is no JSON.
    static std::optional<Json> parse(std::string_view text);
    static std::optional<Json> read(const std::filesystem::path& file);

    bool is_null() const { return kind_ == Kind::null; }
    bool is_object() const { return kind_ == Kind::object; }
    bool is_array() const { return kind_ == Kind::array; }
    bool is_string() const { return kind_ == Kind::string; }
    bool is_number() const { return kind_ == Kind::number; }
    bool is_true() const { return kind_ == Kind::boolean && text_ == "true"; }
    // Of a string what it says, of a number its digits, of anything else nothing.
    std::string text() const { return kind_ == Kind::string || kind_ == Kind::number ? text_ : std::string(); }
    int number() const; // 0 when it is none
    // Of a boolean true or false, too.
    std::string plain() const { return kind_ == Kind::boolean ? text_ : text(); }
    std::string json() const; // as a text again, without blanks

    // Of an array; empty for anything else.
    const std::vector<Json>& items() const { return items_; }
    // Of an object, in their order.
    const std::vector<std::pair<std::string, Json>>& members() const { return members_; }
    const Json* find(std::string_view name) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }
    // null where there is no such member or item.
    const Json& operator[](std::string_view name) const;
    const Json& operator[](std::size_t index) const;

private:
    friend class JsonBuilder;
    Kind kind_ = Kind::null;
    std::string text_;
    std::vector<Json> items_;
    std::vector<std::pair<std::string, Json>> members_;
};

} // namespace vectors
