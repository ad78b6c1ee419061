#include "sandbox/policy.h"

#include <doctest/doctest.h>

using namespace awsfed;
using namespace awsfed::sandbox;

namespace {

Policy policy(std::string_view statement) {
    auto parsed = Policy::parse(fmt::format(R"({{"Version":"2012-10-17","Statement":{}}})", statement));
    if (!parsed)
        FAIL(parsed.error().message);
    return *std::move(parsed);
}

void check_malformed(std::string_view text, std::string_view words) {
    const auto parsed = Policy::parse(text);
    INFO(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Code::policy_malformed);
    INFO(parsed.error().message);
    CHECK(parsed.error().message.find(words) != std::string::npos);
}

} // namespace

TEST_CASE("wildcards of a policy match as IAM's do") {
    CHECK(matches("*", ""));
    CHECK(matches("arn:aws:iam::*:role/b?ild", "arn:aws:iam::123456789012:role/build"));
    CHECK(matches("a*b*c", "aXbYbZc"));
    CHECK_FALSE(matches("a?", "a"));
    CHECK_FALSE(matches("a*b", "ac"));
    CHECK_FALSE(matches("", "a"));
}

TEST_CASE("a pattern made to take long is matched at once") {
    const std::string text(20'000, 'a');
    CHECK_FALSE(matches("*a*a*a*a*a*a*a*a*a*b", text));
}

TEST_CASE("an action is compared without regard to case, a resource with it") {
    const Policy allowing =
        policy(R"({"Effect":"Allow","Action":"STS:assume*","Resource":"arn:aws:iam::1:role/Build"})");
    CHECK(allowing.judge("sts:AssumeRole", "arn:aws:iam::1:role/Build") == Verdict::allows);
    CHECK(allowing.judge("sts:AssumeRole", "arn:aws:iam::1:role/build") == Verdict::silent);
    CHECK(allowing.judge("s3:GetObject", "arn:aws:iam::1:role/Build") == Verdict::silent);
}

TEST_CASE("an explicit deny wins, wherever it stands") {
    const Policy mixed = policy(R"([{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/secret"},
                                    {"Effect":"Allow","Action":"*","Resource":"*"}])");
    CHECK(mixed.judge("sts:AssumeRole", "arn:aws:iam::1:role/build") == Verdict::allows);
    CHECK(mixed.judge("sts:AssumeRole", "arn:aws:iam::1:role/secret") == Verdict::denies);
}

TEST_CASE("NotAction and NotResource take what they do not name") {
    const Policy inverse = policy(R"({"Effect":"Allow","NotAction":"s3:*","NotResource":["arn:aws:iam::1:role/a"]})");
    CHECK(inverse.judge("sts:AssumeRole", "arn:aws:iam::1:role/b") == Verdict::allows);
    CHECK(inverse.judge("sts:AssumeRole", "arn:aws:iam::1:role/a") == Verdict::silent);
    CHECK(inverse.judge("s3:GetObject", "arn:aws:iam::1:role/b") == Verdict::silent);
}

TEST_CASE("what the sandbox does not judge is refused by name") {
    check_malformed(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*",
                       "Condition":{"Bool":{"aws:SecureTransport":"true"}}}})",
                    "does not judge a Condition");
    check_malformed(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}})",
                    "does not judge a Principal");
    check_malformed(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${aws:username}"}})",
                    "does not judge policy variables");
}

TEST_CASE("a policy that is not one is refused, and the line is named") {
    check_malformed(R"({"Statement":)", "not JSON: line 1");
    check_malformed("[]", "it must be an object");
    check_malformed("{}", "it has no Statement");
    check_malformed(R"({"Statement":[]})", "it has no Statement");
    check_malformed("{\"Statement\":\n{\"Effect\":\"allow\",\"Action\":\"*\",\"Resource\":\"*\"}}", "at line 2");
    check_malformed(R"({"Statement":{"Effect":"Allow","Resource":"*"}})", "either Action or NotAction");
    check_malformed(R"({"Statement":{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}})",
                    "either Action or NotAction");
    check_malformed(R"({"Statement":{"Effect":"Allow","Action":[],"Resource":"*"}})", "empty list");
    check_malformed(R"({"Statement":{"Effect":"Allow","Action":"s*:Get","Resource":"*"}})", "name of a service");
    check_malformed(R"({"Statement":{"Effect":"Allow","Action":7,"Resource":"*"}})", "must be a string");
    check_malformed(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Efect":1}})", "no element");
    check_malformed(R"({"Version":"2020-01-01","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
                    "Version");
}
