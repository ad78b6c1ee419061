#include "policy/template.h"

#include "policy/glob.h"
#include "policy/read.h"
#include "policy/request.h"

#include "base/text.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <random>

using namespace awsfed;
using namespace awsfed::policy;

namespace {

const TemplateData data{
    {"plan", "WEB-MAIN"},          {"build", "17"},      {"branch", "feature/x"}, {"star", "*"},
    {"odd", "a?${aws:username}$"}, {"empty", ""},        {"line", "a\nb"},        {"host", "10.0.0.7"},
    {"net", "0.0.0.0/0"},          {"c1", "a\xC2\x85z"}, {"broken", "a\xFF"}};

std::string of(std::string_view version, std::string_view resource, std::string_view condition = "") {
    return fmt::format(R"({{"Version":"{}","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":"{}"{}{}}}}})",
                       version, resource, condition.empty() ? "" : R"(,"Condition":)", condition);
}
std::string with_resource(std::string_view resource) { return of("2012-10-17", resource); }
std::string with_condition(std::string_view condition, std::string_view version = "2012-10-17") {
    return of(version, "*", condition);
}

Result<std::string> made(std::string_view text) { return policy_for(text, PolicyType::session, data); }

std::string done(std::string_view text) {
    const auto result = made(text);
    REQUIRE_MESSAGE(result, (result ? "" : result.error().message));
    return *result;
}

std::string message(std::string_view text) {
    const auto result = made(text);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::policy_malformed);
    CHECK(result.error().setting == "policy");
    return result.error().message;
}

} // namespace

TEST_CASE("build data stands where its name stood") {
    CHECK(done(with_resource("arn:aws:s3:::b/{{plan}}/{{ build }}/*")) ==
          with_resource("arn:aws:s3:::b/WEB-MAIN/17/*"));
    CHECK(done(with_condition(R"({"StringEquals":{"aws:PrincipalTag/plan":["{{plan}}","{{branch}}"]}})")) ==
          with_condition(R"({"StringEquals":{"aws:PrincipalTag/plan":["WEB-MAIN","feature/x"]}})"));
    CHECK(done(with_condition(R"({"NumericLessThan":{"k":"{{build}}"},"IpAddress":{"aws:SourceIp":"{{host}}"}})")) ==
          with_condition(R"({"NumericLessThan":{"k":"17"},"IpAddress":{"aws:SourceIp":"10.0.0.7"}})"));
}

TEST_CASE("a policy without places for build data comes back to the letter") {
    for (const char* text : {R"({ "Version" : "2012-10-17", "Statement": [] })", "no JSON", "", R"({"a":"\u0041"})"})
        CHECK(done(text) == text);
    const std::string loose = R"({"Statement" : {"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::\u0062"}} )";
    CHECK(done(loose) == loose);
}

TEST_CASE("a branch named * widens nothing") {
    CHECK(done(with_resource("arn:aws:s3:::b/{{star}}/*")) == with_resource("arn:aws:s3:::b/${*}/*"));
    CHECK(done(with_resource("arn:aws:s3:::b/{{+odd}}")) ==
          with_resource("arn:aws:s3:::b/a${?}${$}{aws:username}${$}"));
    CHECK(done(with_condition(R"({"StringLike":{"k":"{{star}}"},"StringEquals":{"k":"{{odd}}"}})")) ==
          with_condition(R"({"StringLike":{"k":"${*}"},"StringEquals":{"k":"a?${$}{aws:username}${$}"}})"));
}

TEST_CASE("where a wildcard cannot be written as a character, it is refused") {
    CHECK(message(of("2008-10-17", "arn:aws:s3:::b/{{star}}")).contains("Version 2012-10-17"));
    CHECK(message(with_condition(R"({"StringLike":{"k":"{{star}}"}})", "2008-10-17")).contains("wildcard"));
    CHECK(done(with_condition(R"({"StringEquals":{"k":"{{odd}}"}})", "2008-10-17")) ==
          with_condition(R"({"StringEquals":{"k":"a?${aws:username}$"}})", "2008-10-17"));
}

TEST_CASE("a name that the data does not have is an error that says which there are") {
    const std::string text = with_resource("arn:aws:s3:::b/{{plann}}");
    const auto result = made(text);
    REQUIRE_FALSE(result);
    CHECK(result.error().message.contains("no \"plann\""));
    CHECK(result.error().message.contains(fmt::format("line 1, column {} ", text.find("\"arn:") + 1)));
    CHECK(result.error().advice.contains("branch, broken, build"));
    CHECK(message(with_resource("arn:aws:s3:::b/{{}}")).contains("no \"\""));
    CHECK(message(with_resource("arn:aws:s3:::b/{{plan}")).contains("no }}"));
}

TEST_CASE("a value does not shift the parts of an ARN or a path") {
    CHECK(message(with_resource("arn:aws:s3:::b/{{branch}}/*")).contains("{{+NAME}}"));
    CHECK(done(with_resource("arn:aws:s3:::b/{{+branch}}/*")) == with_resource("arn:aws:s3:::b/feature/x/*"));
    CHECK(message(with_resource("arn:aws:sqs:{{+branch}}:1:q")).contains("parts of the ARN"));
    CHECK(
        message(with_condition(R"({"ArnLike":{"k":"arn:aws:iam::1:role/{{branch}}"}})")).contains("parts of the path"));
    CHECK(message(with_condition(R"({"StringLike":{"s3:prefix":"home/{{branch}}/*"}})")).contains("parts of the path"));
    CHECK(made(with_condition(R"({"StringLike":{"s3:prefix":"home/{{+branch}}/*"}})")));
}

TEST_CASE("a character that STS takes as an escape alone is written as one") {
    const std::string text = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject",)"
                             R"("Resource":"arn:aws:s3:::b/\u20AC/{{v}}"}})";
    const auto filled = policy_for(text, PolicyType::session, {{"v", "\u00fc\U0001D11E\u202e"}});
    REQUIRE(filled);
    CHECK(filled->contains("b/\\u20ac/\u00fc\\ud834\\udd1e\\u202e\""));
    CHECK(read_policy(*filled, PolicyType::session).document);
}

TEST_CASE("a colon in a name is none of the ARN's") {
    const std::string text = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject",)"
                             R"("Resource":"arn:aws:{{a:b:c:d}}:{{+v}}::b"}})";
    CHECK(policy_for(text, PolicyType::identity, {{"a:b:c:d", "s3"}, {"v", "eu"}}));
    CHECK_FALSE(policy_for(text, PolicyType::identity, {{"a:b:c:d", "s3"}, {"v", ":::secret/"}}));
}

TEST_CASE("empty values and control characters stand nowhere") {
    for (const char* name : {"empty", "line", "c1", "broken"})
        for (const char* condition : {R"({"StringLike":{"k":"x{{NAME}}"}})", R"({"StringEquals":{"k":"{{NAME}}"}})"}) {
            std::string text = with_condition(condition);
            text.replace(text.find("NAME"), 4, name);
            CHECK(message(text).contains("cannot stand"));
        }
}

TEST_CASE("actions, principals and names of other things take no data") {
    const auto statement = [](std::string_view parts) {
        return fmt::format(R"({{"Version":"2012-10-17","Statement":{{"Effect":"Allow",{}}}}})", parts);
    };
    CHECK(message(statement(R"("Action":"s3:{{plan}}","Resource":"*")")).contains("in an action"));
    CHECK(message(statement(R"("NotAction":["s3:*","{{star}}"],"Resource":"*")")).contains("no build data"));
    CHECK(message(statement(R"("Sid":"{{plan}}","Action":"s3:*","Resource":"*")")).contains("Sid"));
    const auto principal = policy_for(statement(R"("Principal":{"AWS":"{{plan}}"},"Action":"s3:*","Resource":"*")"),
                                      PolicyType::resource, data);
    REQUIRE_FALSE(principal);
    CHECK(principal.error().message.contains("a principal"));
    CHECK(message(with_condition(R"({"StringEquals":{"aws:PrincipalTag/{{plan}}":"x"}})"))
              .contains("key of a condition"));
    CHECK(message(with_condition(R"({"Null":{"k":"{{plan}}"}})")).contains("Null"));
    CHECK(message(with_resource("arn:aws:s3:::b/${aws:PrincipalTag/{{plan}}}")).contains("policy variable"));
    CHECK(message(with_resource("arn:aws:s3:::b/${{plan}}")).contains("directly behind a $"));
}

TEST_CASE("where numbers, times and addresses are compared, a value is one, and alone") {
    CHECK(message(with_condition(R"({"IpAddress":{"aws:SourceIp":"{{net}}"}})")).contains("stands alone"));
    CHECK(message(with_condition(R"({"IpAddress":{"aws:SourceIp":"10.0.0.0/{{build}}"}})")).contains("stands alone"));
    CHECK(message(with_condition(R"({"NumericEquals":{"k":"{{plan}}"}})")).contains("stands alone"));
    CHECK(message(with_condition(R"({"NumericEquals":{"k":"{{build}}{{build}}"}})")).contains("stands alone"));
    CHECK(message(with_condition(R"({"DateLessThan":{"k":"{{build}}-01-01"}})")).contains("stands alone"));
}

TEST_CASE("a brace that JSON spells otherwise is a brace") {
    CHECK(done(with_resource(R"(arn:aws:s3:::b/\u007b\u007bplan}})")) == with_resource("arn:aws:s3:::b/WEB-MAIN"));
}

TEST_CASE("a text with places for build data that is no policy is refused as one") {
    CHECK(
        message(
            R"({"Version":"2012-10-17","Statement":{"Effect":"Alow","Action":"s3:*","Resource":"arn:aws:s3:::{{plan}}"}})")
            .contains("Effect"));
    CHECK(message(R"({"{{plan}}")").contains("line 1"));
}

TEST_CASE("whatever the value, the place matches the value and nothing else") {
    std::mt19937 random(3);
    const std::vector<std::string> bits{"*",  "?",      "$",      "{",        "}",       "${",      "${*}", "'",
                                        "\"", "\\",     ",",      " ",        "a",       "B",       "9",    "-",
                                        ".",  "\u00e9", "\u20ac", "{{plan}}", "\"},{\"", "\\u002a", "<",    "&"};
    for (int round = 0; round < 3000; ++round) {
        std::string value;
        for (auto left = 1 + random() % 6; left > 0; --left)
            value += bits[random() % bits.size()];
        const std::string text = of(
            "2012-10-17", "arn:aws:s3:::b/{{v}}/*{{v}}",
            R"({"StringLike":{"k":["{{v}}","x*{{v}}"]},"StringEquals":{"k":"{{v}}"},"ArnLike":{"k":"arn:aws:s3:::{{v}}"}})");
        const auto result = policy_for(text, PolicyType::identity, {{"v", value}});
        REQUIRE(result);
        const Reading reading = read_policy(*result, PolicyType::identity);
        REQUIRE(reading.document);
        REQUIRE(reading.document->statements.size() == 1);
        const Statement& one = reading.document->statements.front();
        GlobVariables variables;
        const Symbols it = symbols_of(value);
        const auto is = [&](const std::vector<Word>& words, std::size_t at, const Symbols& wanted) {
            CHECK(Glob::of(words[at].text, &variables).symbols() == wanted);
        };
        REQUIRE(one.resources.size() == 1);
        is(one.resources, 0, symbols_of("arn:aws:s3:::b/") + it + symbols_of("/") + any_run + it);
        REQUIRE(one.conditions.size() == 3);
        REQUIRE(one.conditions[0].values.size() == 2);
        is(one.conditions[0].values, 0, it);
        is(one.conditions[0].values, 1, symbols_of("x") + any_run + it);
        CHECK(Glob::literal(one.conditions[1].values[0].text, &variables).symbols() == it);
        is(one.conditions[2].values, 0, symbols_of("arn:aws:s3:::") + it);
        CHECK(variables.all().empty());
    }
}
