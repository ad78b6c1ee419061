#include "policy/read.h"
#include "policy/write.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace awsfed::policy;

namespace {

Document read(std::string_view text, PolicyType type = PolicyType::identity) {
    Reading reading = read_policy(text, type);
    REQUIRE(reading.document);
    return std::move(*reading.document);
}

// "unknown-element at /Statement/Effekt": the first thing that is said.
std::string first(std::string_view text, PolicyType type = PolicyType::identity) {
    const Reading reading = read_policy(text, type);
    if (reading.findings.empty())
        return "nothing";
    return std::string(reading.findings.front().name()) + " at " + places_of(text, reading.findings).front().pointer;
}

bool says(const Reading& reading, FindingCode code, Severity severity) {
    return std::ranges::any_of(reading.findings,
                               [&](const Finding& one) { return one.code == code && one.severity == severity; });
}

} // namespace

TEST_CASE("a document is read with every word and its place") {
    constexpr std::string_view text =
        R"({"Version": "2012-10-17", "Id": "x", "Statement": {"Sid": "A", "Effect": "Deny", "NotAction": ["s3:Get*", "*"],)"
        R"( "NotResource": "arn:aws:s3:::b/*", "Condition": {"ForAnyValue:StringLikeIfExists": {"aws:TagKeys": ["a", "b"]}}}})";
    const Document document = read(text);
    CHECK(document.version == Version::v2012);
    REQUIRE(document.statements.size() == 1);
    const Statement& one = document.statements.front();
    CHECK(one.sid->text == "A");
    CHECK(one.effect == Effect::deny);
    CHECK(one.not_action);
    CHECK(one.actions.at(1).text == "*");
    CHECK(text.substr(one.actions.at(1).offset).starts_with("\"*\""));
    CHECK(one.not_resource);
    REQUIRE(one.conditions.size() == 1);
    CHECK(one.conditions.front().op.name() == "ForAnyValue:StringLikeIfExists");
    CHECK(one.conditions.front().values.size() == 2);
    CHECK(
        policy_text(document) ==
        R"({"Version":"2012-10-17","Id":"x","Statement":{"Sid":"A","Effect":"Deny","NotAction":["s3:Get*","*"],)"
        R"("NotResource":"arn:aws:s3:::b/*","Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":["a","b"]}}}})");
}

TEST_CASE("what is written is read again as the same") {
    constexpr std::string_view text =
        R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":["123456789012","*"],"Service":"ec2.amazonaws.com"},"Action":"s3:*",)"
        R"("Resource":"arn:aws:s3:::b","Condition":{"NumericLessThan":{"s3:max-keys":"10"},"Bool":{"aws:SecureTransport":"true"}}},)"
        R"({"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::1:root"},"Action":["a:b","c:d"],"NotResource":"*"}]})";
    CHECK(policy_text(read(text, PolicyType::resource)) == text);
}

TEST_CASE("faults are found at their place, and all of them") {
    CHECK(first(R"({"Statement": [{"Effekt": "Allow"}]})") == "unknown-element at /Statement/0/Effekt");
    CHECK(first(R"({"Statement": [{"Effect": "Allow", "Action": ["s3:a", 1], "Resource": "*"}]})") ==
          "wrong-type at /Statement/0/Action/1");
    CHECK(
        first(R"({"Statement": {"Effect": "Allow", "Action": "s3:a", "Resource": "*", "Condition": {"a/b~": {}}}})") ==
        "bad-operator at /Statement/Condition/a~1b~0");
    CHECK(first("") == "json-syntax at ");
    const Reading reading = read_policy(R"({"Version": 1, "Statement": [{}, {"Effect": "no"}]})", PolicyType::identity);
    CHECK_FALSE(reading.document);
    CHECK(reading.findings.size() == 7);
}

TEST_CASE("what AWS accepts though it never matches does not refuse the document") {
    const Reading blanks = read_policy(
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam: x","Resource":"arn:aws:x"}})",
        PolicyType::identity);
    CHECK(blanks.document);
    CHECK(says(blanks, FindingCode::bad_action, Severity::dead));
    CHECK(says(blanks, FindingCode::bad_resource_arn, Severity::dead));
}

TEST_CASE("one key under one operator is there once, however both are spelt") {
    CHECK(first(R"({"Statement": {"Effect": "Allow", "Action": "s3:a", "Resource": "*", "Condition":)"
                R"( {"StringEquals": {"aws:x": "1"}, "stringequals": {"AWS:X": "2"}}}})") ==
          "duplicate-key at /Statement/Condition/stringequals/AWS:X");
    CHECK(read(R"({"Statement": {"Effect": "Allow", "Action": "s3:a", "Resource": "*", "Condition":)"
               R"( {"StringEquals": {"aws:x": "1"}, "stringequals": {"aws:y": "2"}}}})")
              .statements.front()
              .conditions.size() == 2);
}

TEST_CASE("a session policy is measured in characters, as it is sent") {
    const std::string head =
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/)";
    const std::string tail = "\"}}";
    std::string middle; // two bytes each
    for (std::size_t i = head.size() + tail.size(); i < 2048; ++i)
        middle += "\xC3\xBC";
    CHECK(read_policy(head + middle + tail, PolicyType::session).document);
    const Reading long_one = read_policy(head + middle + "x" + tail, PolicyType::session);
    CHECK(says(long_one, FindingCode::too_long, Severity::refused));
    CHECK(says(read_policy(head + "\xE2\x82\xAC" + tail, PolicyType::session), FindingCode::bad_character,
               Severity::refused));
    CHECK(read_policy(head + "\xE2\x82\xAC" + tail, PolicyType::identity).document);
}

TEST_CASE("what is written can be sent: characters beyond U+00FF are escaped") {
    const Document document =
        read(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":)"
             R"("arn:aws:s3:::b/\u00fc\u20ac\ud83d\ude00\u009b"}})");
    const std::string text = policy_text(document);
    CHECK(text.contains("b/\xC3\xBC\\u20ac\\ud83d\\ude00\\u009b\""));
    CHECK(read_policy(text, PolicyType::session).findings.empty());
    CHECK(policy_text(read(text)) == text);
}
