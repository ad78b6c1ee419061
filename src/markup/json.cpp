#include "markup/json.h"

#include "base/limits.h"
#include "base/text.h"

#include <stdexcept>

// A defect must not end the host's process.
#define RAPIDJSON_ASSERT(expression) ((expression) ? void() : throw std::logic_error("RapidJSON: " #expression))
// RapidJSON 1.1 adds to the null pointer of its empty stack, which is harmless, but not to a sanitizer.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/error/error.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#if defined(__clang__)
#pragma clang attribute pop
#endif

#include <algorithm>
#include <set>
#include <vector>

namespace awsfed {

namespace {

constexpr unsigned parse_flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
// Finds where broken UTF-8 stands, but takes twice as long.
constexpr unsigned careful_flags = parse_flags | rapidjson::kParseValidateEncodingFlag;

std::string_view words_of(rapidjson::ParseErrorCode code) {
    switch (code) {
    case rapidjson::kParseErrorDocumentEmpty: return "there is no JSON value";
    case rapidjson::kParseErrorDocumentRootNotSingular: return "something follows after the end";
    case rapidjson::kParseErrorObjectMissName: return "a key in double quotes is missing";
    case rapidjson::kParseErrorObjectMissColon: return "a colon is missing after the key";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket: return "a comma or } is missing";
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket: return "a comma or ] is missing";
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex: return "a \\u escape needs four hexadecimal digits";
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid: return "a \\u escape is half a character";
    case rapidjson::kParseErrorStringEscapeInvalid: return "there is no such escape";
    case rapidjson::kParseErrorStringMissQuotationMark: return "a string has no closing quote";
    case rapidjson::kParseErrorStringInvalidEncoding: return "a string holds broken UTF-8";
    case rapidjson::kParseErrorNumberTooBig:
    case rapidjson::kParseErrorNumberMissFraction:
    case rapidjson::kParseErrorNumberMissExponent: return "a number is malformed";
    default: return "this is not a JSON value";
    }
}

// RapidJSON has one code for a false escape and for a control character.
std::string words_at(std::string_view text, const rapidjson::ParseResult& outcome) {
    const bool control = outcome.Offset() < text.size() && static_cast<unsigned char>(text[outcome.Offset()]) < 0x20;
    if (outcome.Code() == rapidjson::kParseErrorStringEscapeInvalid && control)
        return "a control character in a string must be escaped";
    return std::string(words_of(outcome.Code()));
}

// The keys of each open object, or array, which has none: a level of its own.
class OpenKeys {
public:
    void begin() { levels_.push_back({names_.size(), bytes_.size(), {}}); }
    void end() {
        bytes_.resize(levels_.back().bytes);
        names_.resize(levels_.back().names);
        levels_.pop_back();
    }
    std::size_t depth() const { return levels_.size(); }

    // False when the innermost object has it already.
    bool add(std::string_view name) {
        Level& level = levels_.back();
        if (names_.size() - level.names >= few) {
            if (level.many.empty())
                for (std::size_t i = level.names; i < names_.size(); ++i)
                    level.many.emplace(name_at(i));
            return level.many.emplace(name).second;
        }
        for (std::size_t i = level.names; i < names_.size(); ++i)
            if (name_at(i) == name)
                return false;
        names_.push_back({bytes_.size(), name.size()});
        bytes_ += name;
        return true;
    }

private:
    static constexpr std::size_t few = 16; // so many are looked through faster than a tree is made

    struct Name {
        std::size_t begin, size;
    };
    struct Level {
        std::size_t names, bytes; // where they begin
        std::set<std::string, std::less<>> many;
    };
    std::string_view name_at(std::size_t i) const {
        return std::string_view(bytes_).substr(names_[i].begin, names_[i].size);
    }

    std::string bytes_;
    std::vector<Name> names_;
    std::vector<Level> levels_;
};

// Between RapidJSON and the visitor: finds where tokens begin, and refuses what RapidJSON lets pass.
class Events {
public:
    using Ch = char;

    Events(std::string_view text, const rapidjson::MemoryStream& stream, JsonVisitor& visitor)
        : text_(text), stream_(stream), visitor_(visitor), has_escapes_(text.contains('\\')) {}

    bool Null() { return visitor_.null(begin()); }
    bool Bool(bool value) { return visitor_.boolean(value, begin()); }
    bool RawNumber(const char* digits, rapidjson::SizeType size, bool) {
        return visitor_.number({digits, size}, begin());
    }
    bool String(const char* bytes, rapidjson::SizeType size, bool) {
        const std::size_t offset = begin();
        return is_text({bytes, size}, offset) && visitor_.string({bytes, size}, offset);
    }
    bool Key(const char* bytes, rapidjson::SizeType size, bool) {
        const std::size_t offset = begin();
        const std::string_view name(bytes, size);
        if (!is_text(name, offset))
            return false;
        if (!keys_.add(name))
            return refuse(offset, fmt::format("the key \"{}\" is there twice", printable(name, 64)),
                          JsonFaultKind::duplicate_key);
        return visitor_.key(name, offset);
    }
    bool StartObject() {
        const std::size_t offset = begin_of_bracket();
        keys_.begin();
        return is_shallow(offset) && visitor_.object_begins(offset);
    }
    bool EndObject(rapidjson::SizeType) {
        keys_.end();
        return visitor_.object_ends(begin_of_bracket());
    }
    bool StartArray() {
        const std::size_t offset = begin_of_bracket();
        keys_.begin(); // counts as a level
        return is_shallow(offset) && visitor_.array_begins(offset);
    }
    bool EndArray(rapidjson::SizeType) {
        keys_.end();
        return visitor_.array_ends(begin_of_bracket());
    }
    // RapidJSON asks for these by name, but gives every number as text.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }

    std::optional<JsonFault> refusal;

private:
    // A token begins behind the last one and what may stand between.
    std::size_t next_begin() const { return std::min(text_.find_first_not_of(" \t\r\n,:", last_end_), text_.size()); }
    // RapidJSON calls when it has read a string, number or word ...
    std::size_t begin() {
        const std::size_t from = next_begin();
        last_end_ = stream_.Tell();
        return from;
    }
    // ... but before it has taken a bracket.
    std::size_t begin_of_bracket() {
        const std::size_t from = next_begin();
        last_end_ = from + 1;
        return from;
    }

    bool refuse(std::size_t offset, std::string what, JsonFaultKind kind = JsonFaultKind::syntax) {
        refusal = JsonFault{place_in(text_, offset), std::move(what), kind};
        return false;
    }
    // A lone low surrogate, written as an escape, comes out as bytes that are not UTF-8.
    bool is_text(std::string_view decoded, std::size_t offset) {
        return !has_escapes_ || is_utf8(decoded) ||
               refuse(offset, std::string(words_of(rapidjson::kParseErrorStringUnicodeSurrogateInvalid)));
    }
    bool is_shallow(std::size_t offset) {
        return keys_.depth() - 1 <= json_depth_max || // the whole text is no level
               refuse(offset, "it is nested too deep", JsonFaultKind::depth);
    }

    std::string_view text_;
    const rapidjson::MemoryStream& stream_;
    JsonVisitor& visitor_;
    bool has_escapes_;
    OpenKeys keys_;
    std::size_t last_end_ = 0;
};

class ObjectOnly : public JsonVisitor {
public:
    bool object_begins(std::size_t) override { return ++depth_ > 0; }
    bool object_ends(std::size_t) override { return --depth_ >= 0; }
    bool array_begins(std::size_t) override { return depth_ > 0; }
    bool string(std::string_view, std::size_t) override { return depth_ > 0; }
    bool number(std::string_view, std::size_t) override { return depth_ > 0; }
    bool boolean(bool, std::size_t) override { return depth_ > 0; }
    bool null(std::size_t) override { return depth_ > 0; }

private:
    int depth_ = 0;
};

// Members of arrays have no name; what is inside of one is not collected.
class Strings : public JsonVisitor {
public:
    bool object_begins(std::size_t) override {
        levels_.push_back(key_);
        return true;
    }
    bool key(std::string_view name, std::size_t) override {
        key_ = levels_.back().empty() ? std::string() : levels_.back() + '/';
        key_ += name.substr(0, json_path_chars_max + 1);
        if (key_.size() > json_path_chars_max) // what is below is longer still
            key_.resize(json_path_chars_max + 1);
        return true;
    }
    bool object_ends(std::size_t) override {
        levels_.pop_back();
        return true;
    }
    bool array_begins(std::size_t) override { return ++arrays_ > 0; }
    bool array_ends(std::size_t) override { return --arrays_ >= 0; }
    bool string(std::string_view value, std::size_t) override {
        if (arrays_ == 0 && !levels_.empty() && key_.size() <= json_path_chars_max)
            found.emplace(key_, value);
        return true;
    }

    std::map<std::string, std::string, std::less<>> found;

private:
    std::vector<std::string> levels_; // the path of each open object
    std::string key_;
    int arrays_ = 0;
};

} // namespace

JsonPlace place_in(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    JsonPlace place;
    place.offset = before.size();
    place.line = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
    const std::size_t line_begin = before.rfind('\n') + 1; // npos + 1 is 0
    place.column = 1 + code_points(before.substr(line_begin));
    return place;
}

std::optional<JsonFault> read_json(std::string_view text, JsonVisitor& visitor) {
    // RapidJSON takes a NUL for the end.
    if (const std::size_t nul = text.find('\0'); nul != text.npos)
        return JsonFault{place_in(text, nul), "there is a NUL"};

    rapidjson::MemoryStream stream(text.data(), text.size());
    rapidjson::Reader reader;
    Events events(text, stream, visitor);
    const rapidjson::ParseResult outcome =
        is_utf8(text) ? reader.Parse<parse_flags>(stream, events) : reader.Parse<careful_flags>(stream, events);
    if (!outcome.IsError())
        return std::nullopt;
    if (events.refusal)
        return events.refusal;
    if (outcome.Code() == rapidjson::kParseErrorTermination)
        return JsonFault{place_in(text, outcome.Offset()), "this kind of value is not expected here"};
    return JsonFault{place_in(text, outcome.Offset()), words_at(text, outcome)};
}

Result<void> check_json_object(std::string_view text, Code code) {
    ObjectOnly visitor;
    const std::optional<JsonFault> fault = read_json(text, visitor);
    if (fault)
        return fail(code, "Line {}, column {}: {}.", fault->place.line, fault->place.column, fault->what);
    return {};
}

std::map<std::string, std::string, std::less<>> json_strings(std::string_view text) {
    if (!check_json_object(text, Code::internal))
        return {};
    Strings visitor;
    (void)read_json(text, visitor);
    return std::move(visitor.found);
}

namespace {

class Texts : public JsonVisitor {
public:
    bool object_begins(std::size_t at) override { return ++depth_ == 1 || wrong(at); }
    bool key(std::string_view name, std::size_t) override {
        found.emplace_back(name, "");
        return true;
    }
    bool array_begins(std::size_t at) override { return wrong(at); }
    bool string(std::string_view text, std::size_t at) override {
        if (found.empty())
            return wrong(at);
        found.back().second = text;
        return true;
    }
    bool number(std::string_view, std::size_t at) override { return wrong(at); }
    bool boolean(bool, std::size_t at) override { return wrong(at); }
    bool null(std::size_t at) override { return wrong(at); }

    std::vector<std::pair<std::string, std::string>> found;
    std::optional<std::size_t> stray; // where something else stands

private:
    bool wrong(std::size_t at) {
        stray = at;
        return false;
    }
    int depth_ = 0;
};

} // namespace

Result<std::vector<std::pair<std::string, std::string>>> json_texts(std::string_view text, Code code) {
    AWSFED_CHECK(check_json_object(text, code));
    Texts visitor;
    (void)read_json(text, visitor);
    if (!visitor.stray)
        return std::move(visitor.found);
    const JsonPlace place = place_in(text, *visitor.stray);
    return fail(code, "Something else than a text stands at line {}, column {}.", place.line, place.column);
}

} // namespace awsfed
