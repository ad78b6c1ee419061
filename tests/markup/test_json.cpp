#include "markup/json.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace awsfed;

namespace {

std::string refusal_of(std::string_view text) {
    JsonVisitor visitor;
    const auto fault = read_json(text, visitor);
    if (!fault)
        return "accepted";
    return fmt::format("{}:{} {}", fault->place.line, fault->place.column, fault->what);
}

class Places : public JsonVisitor {
public:
    std::vector<std::pair<std::size_t, std::string>> seen;
    bool object_begins(std::size_t at) override { return add(at, "{"); }
    bool object_ends(std::size_t at) override { return add(at, "}"); }
    bool array_begins(std::size_t at) override { return add(at, "["); }
    bool array_ends(std::size_t at) override { return add(at, "]"); }
    bool key(std::string_view name, std::size_t at) override { return add(at, name); }
    bool string(std::string_view value, std::size_t at) override { return add(at, value); }
    bool number(std::string_view digits, std::size_t at) override { return add(at, digits); }
    bool boolean(bool value, std::size_t at) override { return add(at, value ? "true" : "false"); }
    bool null(std::size_t at) override { return add(at, "null"); }

private:
    bool add(std::size_t at, std::string_view what) {
        seen.emplace_back(at, what);
        return true;
    }
};

} // namespace

TEST_CASE("a JSON object is accepted, with white space around it") {
    CHECK(check_json_object("{}", Code::policy_malformed));
    CHECK(check_json_object(" \r\n\t{\"a\": [1, {\"b\": null}, true, \"\\u00e9\"]}\n", Code::policy_malformed));
}

TEST_CASE("what is no JSON object is refused with the code of the caller") {
    for (const std::string_view text : {"[]", "\"text\"", "1", "null", "true"}) {
        const auto checked = check_json_object(text, Code::policy_malformed);
        REQUIRE_FALSE(checked);
        CHECK(checked.error().code == Code::policy_malformed);
        CHECK(checked.error().message.starts_with("Line 1, column "));
    }
}

TEST_CASE("the first error of a JSON text is named with line and column") {
    CHECK(refusal_of("") == "1:1 there is no JSON value");
    CHECK(refusal_of("{\n  \"a\": 1\n  \"b\": 2\n}") == "3:3 a comma or } is missing");
    CHECK(refusal_of("{\"a\" 1}") == "1:6 a colon is missing after the key");
    CHECK(refusal_of("{\"a\": 1,}") == "1:9 a key in double quotes is missing");
    CHECK(refusal_of("{'a': 1}") == "1:2 a key in double quotes is missing");
    CHECK(refusal_of("{\"a\": [1 2]}") == "1:10 a comma or ] is missing");
    CHECK(refusal_of("{\"a\": \"x}") == "1:10 a string has no closing quote");
    CHECK(refusal_of("{} {}") == "1:4 something follows after the end");
    CHECK(refusal_of("{\"\xC3\xA9\": nul}").starts_with("1:"));
}

TEST_CASE("columns are characters, not bytes") {
    CHECK(refusal_of("{\"\xC3\xA9\xC3\xA9\" 1}") == "1:7 a colon is missing after the key");
}

TEST_CASE("a key that is twice in one object is refused, and named") {
    CHECK(refusal_of("{\"Effect\": 1,\n \"Effect\": 2}") == "2:2 the key \"Effect\" is there twice");
    CHECK(refusal_of("{\"a\": 1, \"\\u0061\": 2}") == "1:10 the key \"a\" is there twice");
}

TEST_CASE("the same key in different objects is accepted") {
    CHECK(refusal_of("{\"a\": {\"a\": 1}, \"b\": [{\"a\": 1}, {\"a\": 2}]}") == "accepted");
}

TEST_CASE("what some JSON readers let pass is refused") {
    CHECK(refusal_of(std::string_view("{}\0x", 4)) == "1:3 there is a NUL");
    CHECK(refusal_of("{\"a\": \"\\udc00\"}") == "1:7 a \\u escape is half a character");
    CHECK(refusal_of("{\"a\": \"\\ud800x\"}").ends_with("a \\u escape is half a character"));
    CHECK(refusal_of("{\"a\": \"\xFF\"}").ends_with("a string holds broken UTF-8"));
    CHECK(refusal_of("{\"a\": \"\n\"}") == "1:8 a control character in a string must be escaped");
    CHECK(refusal_of("{\"a\": NaN}") != "accepted");
    CHECK(refusal_of("{\"a\": 01}") != "accepted");
    CHECK(refusal_of("{\"a\": +1}") != "accepted");
    CHECK(refusal_of("{\"a\": 1.}") != "accepted");
    CHECK(refusal_of("{/* c */}") != "accepted");
    CHECK(refusal_of("\xEF\xBB\xBF{}") != "accepted");
}

TEST_CASE("nesting is refused beyond the limit, however deep it goes") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK(refusal_of(nested(64)) == "accepted");
    CHECK(refusal_of(nested(66)) == "1:66 it is nested too deep");
    CHECK(refusal_of(std::string(1'000'000, '[')) == "1:66 it is nested too deep");
}

TEST_CASE("a visitor gets each token with the place where it begins") {
    const std::string_view text = "{ \"a\" : [1.50, \"x\\n\"] ,\"b\":{}, \"c\":null,\"d\": true}";
    Places visitor;
    REQUIRE_FALSE(read_json(text, visitor));
    const std::vector<std::pair<std::size_t, std::string>> expected{
        {0, "{"},  {2, "a"},  {8, "["},  {9, "1.50"},  {15, "x\n"}, {20, "]"},    {23, "b"},
        {27, "{"}, {28, "}"}, {31, "c"}, {35, "null"}, {40, "d"},   {45, "true"}, {49, "}"}};
    CHECK(visitor.seen == expected);
}

TEST_CASE("the strings of an object are found by their path, others are left out") {
    const auto strings =
        json_strings(R"({"Error":{"Code":"Throttling","Retry":1},"RequestId":"7","List":[{"Code":"no"}]})");
    CHECK(strings.size() == 2);
    CHECK(strings.at("Error/Code") == "Throttling");
    CHECK(strings.at("RequestId") == "7");
}

TEST_CASE("strings far below long keys are left out: each would repeat all of them") {
    const std::string key(200, 'k');
    const auto strings = json_strings(fmt::format(R"({{"{0}":{{"a":"1","{0}":{{"b":"2"}},"c":"3"}},"d":"4"}})", key));
    CHECK(strings.size() == 3);
    CHECK(strings.at(key + "/a") == "1");
    CHECK(strings.at(key + "/c") == "3");
    CHECK(strings.at("d") == "4");
}

TEST_CASE("a text that is not a JSON object has no strings") {
    CHECK(json_strings("[\"a\"]").empty());
    CHECK(json_strings("{\"a\":\"b\"").empty());
    CHECK(json_strings("").empty());
}

TEST_CASE("a key that is there twice is found among few and among many") {
    const auto keys = [](int count, const std::string& last) {
        std::string text = "{";
        for (int i = 0; i < count; ++i)
            text += "\"k" + std::to_string(i) + "\": {\"k0\": 1}, ";
        return text + "\"" + last + "\": 0}";
    };
    for (const int count : {1, 15, 16, 17, 40}) {
        CHECK(refusal_of(keys(count, "other")) == "accepted");
        CHECK(refusal_of(keys(count, "k0")).ends_with("the key \"k0\" is there twice"));
        CHECK(refusal_of(keys(count, "k" + std::to_string(count - 1))).ends_with("is there twice"));
    }
}
