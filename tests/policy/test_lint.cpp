#include "policy/lint.h"
#include "policy/read.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace awsfed::policy;

namespace {

// The codes that lint gives to one statement of a policy of 2012, in order.
std::string codes(const std::string& statement, PolicyType type = PolicyType::session) {
    const Reading reading = read_policy(R"({"Version":"2012-10-17","Statement":)" + statement + "}", type);
    REQUIRE(reading.document);
    std::string out;
    for (const Finding& one : lint_policy(*reading.document, type))
        out += (out.empty() ? "" : " ") + std::string(one.name());
    return out;
}
std::string with_condition(const std::string& condition) {
    return R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":)" + condition + "}";
}

} // namespace

TEST_CASE("a policy that says what it means is left in peace") {
    CHECK(
        codes(
            R"({"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/${aws:username}/*"})") ==
        "");
    CHECK(codes(with_condition(
              R"({"IpAddress":{"aws:SourceIp":["10.0.0.0/8","::1"]},"Bool":{"aws:SecureTransport":"true"}})")) == "");
}

TEST_CASE("names that do not exist are told, with the nearest that does") {
    CHECK(codes(R"({"Effect":"Allow","Action":"s3:GetObjct","Resource":"arn:aws:s3:::b/*"})") == "unknown-action");
    CHECK(codes(R"({"Effect":"Allow","Action":"s4:GetObject","Resource":"arn:aws:s3:::b/*"})") == "unknown-service");
    const Reading reading =
        read_policy(R"({"Statement":{"Effect":"Deny","Action":"s3:GetObjct","Resource":"*"}})", PolicyType::session);
    const std::vector<Finding> findings = lint_policy(*reading.document, PolicyType::session);
    const auto found = std::ranges::find(findings, FindingCode::unknown_action, &Finding::code);
    REQUIRE(found != findings.end());
    CHECK(found->severity == Severity::warning); // it denies nothing
    CHECK(found->what.contains("s3:GetObject"));
    CHECK(codes(with_condition(R"({"StringEquals":{"s3:prefx":"a"}})")) == "unknown-key");
}

TEST_CASE("resources that no action of the statement works on are dead") {
    CHECK(codes(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:sqs:eu-west-1:123456789012:q"})") ==
          "other-service");
    CHECK(codes(R"({"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::b"})") == "needs-star");
    CHECK(codes(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::b/*","arn:aws:s3:::b/a*"]})") ==
          "repeated-word");
}

TEST_CASE("what AWS refuses only when it looks closer") {
    CHECK(codes(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:eu-west-1::b/*"})") ==
          "arn-region");
    CHECK(codes(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:awz:s3:::b/*"})") == "unknown-partition");
    CHECK(codes(R"({"Effect":"Allow","Action":"iam:GetRole","Resource":"arn:aws:iam::123456789012:build"})") ==
          "iam-path");
    CHECK(codes(with_condition(R"({"DateLessThan":{"aws:CurrentTime":"tomorrow"}})")) == "bad-value");
    CHECK(codes(with_condition(R"({"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}})")) == "bad-value");
}

TEST_CASE("statements that allow more than they seem to") {
    CHECK(codes(R"({"Effect":"Allow","Action":"*","Resource":"*"})") == "allow-everything");
    CHECK(codes(R"({"Effect":"Allow","NotAction":"iam:*","Resource":"*"})") == "allow-not-action");
    CHECK(codes(R"({"Effect":"Deny","NotAction":"iam:*","Resource":"*"})") == "");
    CHECK(codes(R"({"Effect":"Allow","Action":"iam:PassRole","Resource":"*"})") == "pass-any-role");
    CHECK(codes(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Principal":"*"})",
                PolicyType::resource) == "open-principal");
    CHECK(codes(with_condition(R"({"ForAllValues:StringEquals":{"aws:TagKeys":"a"}})")) == "vacuous-for-all");
    CHECK(codes(with_condition(
              R"({"ForAllValues:StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:TagKeys":"false"}})")) == "");
    CHECK(codes(with_condition(R"({"StringNotEquals":{"aws:SourceVpc":"vpc-1"}})")) == "absent-key-allows");
}

TEST_CASE("conditions that never hold") {
    CHECK(codes(with_condition(R"({"StringEquals":{"aws:userid":"AIDA*"}})")) == "literal-wildcard");
    CHECK(codes(with_condition(R"({"ArnLike":{"aws:SourceArn":"*"}})")) == "not-an-arn");
    CHECK(codes(with_condition(R"({"Null":{"aws:userid":"yes"}})")) == "null-value");
    CHECK(codes(with_condition(R"({"StringEquals":{"aws:userid":[]}})")) == "no-values");
    CHECK(codes(with_condition(R"({"StringEquals":{"aws:userid":"${aws:username"}})")) == "broken-variable");
}

TEST_CASE("a document of nothing but unknown names is told of all, with the nearest of the first") {
    std::string actions = "\"s3:GetObjct\"";
    for (int i = 0; i < 900; ++i)
        actions += ",\"s3:GetObjct" + std::to_string(i) + '"';
    const Reading reading = read_policy(R"({"Statement":{"Effect":"Allow","Resource":"*","Action":[)" + actions + "]}}",
                                        PolicyType::resource);
    std::size_t with_nearest = 0;
    std::size_t unknown = 0;
    for (const Finding& one :
         lint_policy(reading.document ? *reading.document : reading.legible, PolicyType::session)) {
        unknown += one.name() == "unknown-action" ? 1 : 0;
        with_nearest += one.what.contains(" is near") ? 1 : 0;
    }
    CHECK(unknown == 901);
    CHECK(with_nearest > 0);
    CHECK(with_nearest <= 100);
}
