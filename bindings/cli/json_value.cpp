#include "json_value.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>

namespace cli {

// What the reader calls, in the order of the text. Its names are the reader's.
class JsonBuilder {
public:
    bool Null() { return put(JsonValue::Kind::null, ""); }
    bool Bool(bool value) { return put(JsonValue::Kind::text, value ? "true" : "false"); }
    bool RawNumber(const char* digits, rapidjson::SizeType size, bool) {
        return put(JsonValue::Kind::text, {digits, size});
    }
    bool String(const char* text, rapidjson::SizeType size, bool) { return put(JsonValue::Kind::text, {text, size}); }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        keys_.back().assign(text, size);
        return true;
    }
    bool StartObject() { return open(JsonValue::Kind::object); }
    bool StartArray() { return open(JsonValue::Kind::array); }
    bool EndObject(rapidjson::SizeType) { return close(); }
    bool EndArray(rapidjson::SizeType) { return close(); }
    // With numbers as texts these are never called.
    static bool Int(int) { return false; }
    static bool Uint(unsigned) { return false; }
    static bool Int64(std::int64_t) { return false; }
    static bool Uint64(std::uint64_t) { return false; }
    static bool Double(double) { return false; }

    JsonValue take() { return std::move(root_); }

private:
    static constexpr std::size_t depth_max = 64; // deeper than any policy; a tree is taken apart by recursion

    bool put(JsonValue::Kind kind, std::string_view text) {
        JsonValue value;
        value.kind_ = kind;
        value.text_ = text;
        return place(std::move(value));
    }
    bool open(JsonValue::Kind kind) {
        JsonValue value;
        value.kind_ = kind;
        open_.push_back(std::move(value));
        keys_.emplace_back();
        return open_.size() <= depth_max;
    }
    bool close() {
        JsonValue value = std::move(open_.back());
        open_.pop_back();
        keys_.pop_back();
        return place(std::move(value));
    }
    bool place(JsonValue value) {
        if (open_.empty())
            root_ = std::move(value);
        else if (open_.back().is_array())
            open_.back().items_.push_back(std::move(value));
        else
            open_.back().members_.emplace_back(keys_.back(), std::move(value));
        return true;
    }

    std::vector<JsonValue> open_;
    std::vector<std::string> keys_; // of each open object, the one that was read last
    JsonValue root_;
};

std::optional<JsonValue> JsonValue::parse(const std::string& text) {
    constexpr unsigned flags =
        rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
    rapidjson::MemoryStream bytes(text.data(), text.size());
    rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> in(bytes);
    rapidjson::Reader reader;
    JsonBuilder builder;
    if (reader.Parse<flags>(in, builder).IsError())
        return std::nullopt;
    return builder.take();
}

const JsonValue& JsonValue::operator[](std::string_view name) const {
    static const JsonValue absent;
    const auto found =
        std::ranges::find(members_, name, [](const auto& member) -> const std::string& { return member.first; });
    return found == members_.end() ? absent : found->second;
}

} // namespace cli
