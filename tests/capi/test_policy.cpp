// Policies through the interface, as a C++ program sees them.
#include "awsfed.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

namespace {

std::string statement(const std::string& effect, const std::string& action, const std::string& resource) {
    return R"({"Version":"2012-10-17","Statement":{"Effect":")" + effect + R"(","Action":")" + action +
           R"(","Resource":")" + resource + R"("}})";
}

awsfed::Policies role_and_session(const std::string& role, const std::string& session) {
    awsfed::Policies policies;
    policies.add(AWSFED_LAYER_IDENTITY, awsfed::Policy(role, "identity"));
    policies.add(AWSFED_LAYER_SESSION, awsfed::Policy(session, "session"));
    return policies;
}

} // namespace

TEST_CASE("a policy says what is wrong with it, and where") {
    const awsfed::Policy policy("{\n \"Version\": \"2012-10-17\",\n \"Statement\": {\"Effekt\": 1}\n}", "session");
    CHECK_FALSE(policy.is_accepted());
    CHECK(policy.text().empty());
    const std::vector<awsfed::Finding> findings = policy.findings();
    REQUIRE_FALSE(findings.empty());
    CHECK(findings[0].code == "unknown-element");
    CHECK(findings[0].severity == "refused");
    CHECK(findings[0].pointer == "/Statement/Effekt");
    CHECK(findings[0].line == 3);
    CHECK(findings[0].column == 16);
    CHECK(findings[0].length == 8);
    CHECK_FALSE(findings[0].advice.empty());
}

TEST_CASE("a policy that AWS accepts is written as it would be sent") {
    const awsfed::Policy policy(" {\"Version\" : \"2012-10-17\", \"Statement\": [{\"Resource\": [\"*\"], \"Action\": "
                                "[\"s3:ListAllMyBuckets\"], \"Effect\": \"Allow\"}]}",
                                "session");
    CHECK(policy.is_accepted());
    CHECK(policy.findings().empty());
    CHECK(policy.text() == statement("Allow", "s3:ListAllMyBuckets", "*"));
}

TEST_CASE("a request is decided with the statement that decides, by many threads at once") {
    const awsfed::Policies policies =
        role_and_session(statement("Allow", "s3:*", "*"), statement("Allow", "s3:GetObject", "arn:aws:s3:::b/*"));
    awsfed::Access read("s3:GetObject", "arn:aws:s3:::b/k");
    read.set("principal", "arn:aws:sts::123456789012:assumed-role/build/1").add_context("aws:SourceIp", "10.0.0.1");
    awsfed::Access write("s3:PutObject", "arn:aws:s3:::b/k");
    write.set("principal", "arn:aws:sts::123456789012:assumed-role/build/1");
    std::vector<std::thread> threads;
    std::vector<int> wrong(4);
    for (int& count : wrong)
        threads.emplace_back([&] {
            for (int i = 0; i < 2000; ++i) {
                const awsfed::Decision allowed = policies.evaluate(read);
                const awsfed::Decision denied = policies.evaluate(write);
                count += !allowed.allows() || allowed.layer != AWSFED_LAYER_IDENTITY || allowed.statement != 0;
                count += denied.decision != AWSFED_DECISION_IMPLICIT_DENY ||
                         denied.missing != 1U << AWSFED_LAYER_SESSION || denied.statement != -1;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(wrong == std::vector<int>(4));
}

TEST_CASE("what cannot be asked is refused") {
    awsfed::Policies policies;
    const auto fails = [](auto&& call) {
        try {
            call();
        } catch (const awsfed::Error& error) {
            return std::string(error.code());
        }
        return std::string();
    };
    CHECK(fails([&] { policies.add(AWSFED_LAYER_IDENTITY, awsfed::Policy("{}", "identity")); }) == "policy-malformed");
    CHECK(fails([&] { awsfed::Policy("{}", "other"); }) == "usage");
    CHECK(fails([&] { awsfed::Access("s3:*", "*"); }) == "usage");
    CHECK(fails([&] { awsfed::Access("s3:GetObject", "*").set("who", "x"); }) == "usage");
    CHECK(fails([&] {
              policies.add(AWSFED_LAYER_SERVICE, awsfed::Policy(statement("Allow", "*", "*"), "identity"));
          }) == "usage");
    const std::string open = R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}})";
    CHECK(fails([&] { policies.add(AWSFED_LAYER_IDENTITY, awsfed::Policy(open, "resource")); }) == "usage");
    CHECK(fails([&] {
              policies.add(AWSFED_LAYER_RESOURCE, awsfed::Policy(statement("Deny", "*", "*"), "identity"));
          }) == "usage");
    CHECK(fails([&] { awsfed::Policies().session_report(); }) == "usage");
    CHECK(fails([&] { policies.add(AWSFED_LAYER_SCP, awsfed::Policy(statement("Allow", "*", "*"), "scp"), 1); }) ==
          "usage");
    CHECK(awsfed_policies_evaluate(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr) ==
          AWSFED_DECISION_NONE);
    CHECK(fails([&] { awsfed::Policy(std::string(1'048'577, ' '), "session"); }) == "policy-too-long");
}

TEST_CASE("build data in a policy stands for itself") {
    const std::string text = statement("Allow", "s3:GetObject", "arn:aws:s3:::b/{{branch}}/*");
    CHECK(awsfed::Policy::fill(text, R"({"branch":"*"})", "session").text() ==
          statement("Allow", "s3:GetObject", "arn:aws:s3:::b/${*}/*"));
    CHECK_THROWS_AS(awsfed::Policy::fill(text, R"({"plan":"x"})", "session"), awsfed::Error);
}

TEST_CASE("two policies are compared, with a request that shows the difference") {
    awsfed::Policies narrow;
    narrow.add(AWSFED_LAYER_IDENTITY, awsfed::Policy(statement("Allow", "s3:Get*", "arn:aws:s3:::b/*"), "identity"));
    awsfed::Policies wide;
    wide.add(AWSFED_LAYER_IDENTITY, awsfed::Policy(statement("Allow", "s3:*", "*"), "identity"));
    CHECK(narrow.compare(wide).answer() == "within");
    CHECK(wide.compare(narrow).answer() == "contains");
    CHECK(wide.compare(wide).answer() == "equal");
    CHECK(wide.compare(narrow).json().find("\"witness\":{\"action\":\"s3:") != std::string_view::npos);
}

TEST_CASE("what is left of role and session is written as a policy, and what has no effect is named") {
    const awsfed::Policies policies = role_and_session(
        statement("Allow", "s3:Get*", "arn:aws:s3:::b/*"),
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"*"}})");
    const awsfed::Analysis left = policies.intersect();
    CHECK(left.answer() == "exact");
    REQUIRE(left.documents().size() == 1);
    CHECK(left.documents()[0] == statement("Allow", "s3:GetObject", "arn:aws:s3:::b/*"));
    const awsfed::Analysis report = policies.session_report();
    CHECK(report.answer() == "partly-dead");
    CHECK(report.json().find(R"({"action":"s3:PutObject","resource":"*","state":"no_role_allow"})") !=
          std::string_view::npos);
}

TEST_CASE("without session policies all of the role is left") {
    awsfed::Policies policies;
    policies.add(AWSFED_LAYER_IDENTITY, awsfed::Policy(statement("Allow", "s3:Get*", "arn:aws:s3:::b/*"), "identity"));
    REQUIRE(policies.intersect().documents().size() == 1);
    CHECK(policies.intersect().documents()[0] == statement("Allow", "s3:Get*", "arn:aws:s3:::b/*"));
}

TEST_CASE("a policy is written in fewer characters") {
    const awsfed::Policy policy(
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::b/*"]},)"
        R"({"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"}]})",
        "session");
    const awsfed::Analysis smaller = awsfed::shrink(policy);
    CHECK(smaller.answer() == "fits");
    REQUIRE(smaller.documents().size() == 1);
    CHECK(
        smaller.documents()[0] ==
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*"}})");
}
