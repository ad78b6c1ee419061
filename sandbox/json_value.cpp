#include "sandbox/json_value.h"

#include "markup/json.h"

#include <algorithm>

namespace awsfed::sandbox {

namespace {

// Values that are open stand on a stack, each with the key that waits for its value.
class Builder : public JsonVisitor {
public:
    bool object_begins(std::size_t at) override { return opens(JsonValue::Kind::object, at); }
    bool array_begins(std::size_t at) override { return opens(JsonValue::Kind::array, at); }
    bool object_ends(std::size_t) override { return closes(); }
    bool array_ends(std::size_t) override { return closes(); }
    bool key(std::string_view name, std::size_t) override {
        open_.back().key = name;
        return true;
    }
    bool string(std::string_view text, std::size_t at) override { return takes(JsonValue::Kind::string, text, at); }
    bool number(std::string_view text, std::size_t at) override { return takes(JsonValue::Kind::number, text, at); }
    bool boolean(bool value, std::size_t at) override {
        return takes(JsonValue::Kind::boolean, value ? "true" : "false", at);
    }
    bool null(std::size_t at) override { return takes(JsonValue::Kind::null, "", at); }

    JsonValue take() && { return std::move(root_); }

private:
    struct Open {
        JsonValue value;
        std::string key{};
    };

    bool opens(JsonValue::Kind kind, std::size_t at) {
        open_.push_back({.value = {.kind = kind, .offset = at}});
        return true;
    }
    bool takes(JsonValue::Kind kind, std::string_view text, std::size_t at) {
        put({.kind = kind, .text = std::string(text), .offset = at});
        return true;
    }
    bool closes() {
        JsonValue value = std::move(open_.back().value);
        open_.pop_back();
        put(std::move(value));
        return true;
    }
    void put(JsonValue value) {
        if (open_.empty())
            root_ = std::move(value);
        else if (open_.back().value.kind == JsonValue::Kind::array)
            open_.back().value.items.push_back(std::move(value));
        else
            open_.back().value.members.emplace_back(open_.back().key, std::move(value));
    }

    std::vector<Open> open_;
    JsonValue root_;
};

} // namespace

const JsonValue* JsonValue::member(std::string_view name) const {
    const auto found = std::ranges::find_if(members, [&](const auto& one) { return one.first == name; });
    return found == members.end() ? nullptr : &found->second;
}

Result<JsonValue> read_json_value(std::string_view text) {
    Builder builder;
    if (const auto fault = read_json(text, builder))
        return fail(Code::policy_malformed, "The policy is not JSON: line {}, column {}: {}.", fault->place.line,
                    fault->place.column, fault->what);
    return std::move(builder).take();
}

} // namespace awsfed::sandbox
