#include "flow/build_names.h"

#include <doctest/doctest.h>

using namespace awsfed;

namespace {

std::string name_of(std::string_view text, const BuildData& data) {
    const auto made = made_name(text, data, session_name_rule);
    return made ? *made : "refused: " + made.error().message;
}

} // namespace

TEST_CASE("a name is made of build data, and legal") {
    const BuildData data{{"plan", "WEB-MAIN"}, {"build", "17"}, {"branch", "feature/#42 \xC3\xA4ther"}, {"empty", ""}};
    CHECK(name_of("{plan}-{build}", data) == "WEB-MAIN-17");
    CHECK(name_of("ci@{branch}", data) == "ci@feature-42-ther-abd60366");
    CHECK(name_of("{empty}{build}", data) == "17");
    CHECK(name_of("{plan}-{build}", {{"plan", "\xC3\x9C"
                                              "bung / Plan #12"},
                                     {"build", "7"}}) == "-bung-Plan-12-8aa072a0-7");
    CHECK(name_of("no braces: as it is", data) == "no braces: as it is");
}

TEST_CASE("no job has the name of another whose letters AWS does not take") {
    const auto name = [](std::string plan) { return name_of("{plan}-{build}", {{"plan", plan}, {"build", "17"}}); };
    CHECK(name("web-main") == "web-main-17");
    const std::string changed = name("web/main");
    CHECK(changed == "web-main-06850eb5-17"); // of all of "web/main-17"
    CHECK(name("web//main") != changed);
    CHECK(name("web main") != changed);
    // Nor has one that is called as the name was made.
    const std::string taken = changed.substr(0, changed.size() - 3);
    CHECK(name(taken) != changed);
    CHECK(name(taken).starts_with(taken + "-"));
    CHECK(name("web-main-fedcba98").size() > name("web-main-fedcba9g").size());
    // As long as it may be, with the hash.
    const std::string longest = name("web/" + std::string(80, 'x'));
    CHECK(longest.size() == 64);
    CHECK(longest.ends_with("-17"));
}

TEST_CASE("a name that is too long keeps its build number, and differs where the data did") {
    BuildData data{{"branch", std::string(80, 'b') + "1"}, {"build", "12345"}};
    const std::string one = name_of("{branch}-{build}", data);
    CHECK(one.size() == 64);
    CHECK(one.ends_with("-12345"));
    data["branch"].back() = '2';
    const std::string other = name_of("{branch}-{build}", data);
    CHECK(other.size() == 64);
    CHECK(one != other);
    CHECK(name_of("{branch}-{build}", data) == other);
}

TEST_CASE("of several long values each is cut, the short one stays") {
    const BuildData data{{"a", std::string(50, 'a')}, {"b", std::string(50, 'b')}, {"build", "9"}};
    const std::string made = name_of("{a}.{b}.{build}", data);
    CHECK(made.size() <= 64);
    CHECK(made.ends_with(".9"));
    CHECK(made.find("bbbbbbbbbb") != std::string::npos);
}

TEST_CASE("long data in many places costs neither time nor memory") {
    BuildData data;
    std::string text;
    for (int i = 0; i < 32; ++i) {
        const std::string name = std::to_string(i);
        data[name] = std::string(60'000, 'x');
        text += "{" + name + "}";
    }
    CHECK(name_of(text, data).size() == 64);
    CHECK(name_of(text + "{1}", data) == "refused: There is build data in more than 32 places.");
    CHECK_FALSE(made_tag_value(text + "{1}", data));
}

TEST_CASE("what the data does not have, and braces without a partner, are refused") {
    CHECK(name_of("{plam}", {{"plan", "x"}}).find("no \"plam\"") != std::string::npos);
    for (const char* text : {"{", "}", "a{b", "a}b", "{{a}}", "{a"})
        CHECK(name_of(text, {{"a", "x"}}).starts_with("refused: A brace"));
}

TEST_CASE("a tag's value takes letters of all scripts, and nothing else of a value") {
    const BuildData data{{"branch", "\xC3\xA4*\xE2\x82\xAC/b,c"}};
    CHECK(made_tag_value("x {branch}", data).value() == "x \xC3\xA4  /b c");
    CHECK(made_tag_value("*", data).value() == "*"); // as written: STS's rule is checked later
}
