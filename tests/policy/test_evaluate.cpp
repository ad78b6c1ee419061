#include "policy/evaluate.h"
#include "policy/read.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace awsfed::policy;

namespace {

CompiledPolicy compiled(const std::string& statements, PolicyType type = PolicyType::identity) {
    const Reading reading = read_policy(R"({"Version":"2012-10-17","Statement":[)" + statements + "]}", type);
    REQUIRE(reading.document);
    return CompiledPolicy(*reading.document);
}
std::string allow(const std::string& action, const std::string& resource, const std::string& more = "") {
    return R"({"Effect":"Allow","Action":")" + action + R"(","Resource":")" + resource + "\"" + more + "}";
}

Request session_request(std::string_view action, std::string_view resource) {
    Request request(action, resource);
    request.principal = "arn:aws:sts::123456789012:assumed-role/build/job-1";
    return request;
}

} // namespace

TEST_CASE("a session policy narrows, and the layer that says nothing is named") {
    Policies policies;
    policies.identity.push_back(compiled(allow("s3:*", "*")));
    policies.session.emplace().push_back(compiled(allow("s3:GetObject", "arn:aws:s3:::b/*")));
    const Decision read = evaluate(policies, session_request("s3:getobject", "arn:aws:s3:::b/k"));
    CHECK(read.verdict == Verdict::allow);
    CHECK(read.layer == Layer::identity);
    const Decision write = evaluate(policies, session_request("s3:PutObject", "arn:aws:s3:::b/k"));
    CHECK(write.verdict == Verdict::implicit_deny);
    CHECK(write.lacks(Layer::session));
    CHECK_FALSE(write.lacks(Layer::identity));
}

TEST_CASE("session policies are united with each other before they narrow") {
    Policies policies;
    policies.identity.push_back(compiled(allow("s3:*", "*")));
    policies.session.emplace().push_back(compiled(allow("s3:GetObject", "*")));
    policies.session->push_back(compiled(allow("s3:PutObject", "*")));
    CHECK(evaluate(policies, session_request("s3:PutObject", "arn:aws:s3:::b/k")).verdict == Verdict::allow);
    CHECK(evaluate(policies, session_request("s3:DeleteObject", "arn:aws:s3:::b/k")).verdict == Verdict::implicit_deny);
}

TEST_CASE("what a resource policy grants to the role, the session policy limits; what it grants to the session, it "
          "does not") {
    const auto grants = [](const std::string& principal) {
        return compiled(R"({"Effect":"Allow","Principal":{"AWS":")" + principal +
                            R"("},"Action":"s3:GetObject","Resource":"*"})",
                        PolicyType::resource);
    };
    Policies policies;
    policies.session.emplace().push_back(compiled(allow("ec2:*", "*")));
    const Request request = session_request("s3:GetObject", "arn:aws:s3:::b/k");
    policies.resource = grants("arn:aws:iam::123456789012:role/build");
    CHECK(evaluate(policies, request).verdict == Verdict::implicit_deny);
    policies.resource = grants("arn:aws:sts::123456789012:assumed-role/build/job-1");
    CHECK(evaluate(policies, request).verdict == Verdict::allow);
    CHECK(evaluate(policies, request).layer == Layer::resource);
    policies.resource = grants("arn:aws:sts::123456789012:assumed-role/build/job-2");
    CHECK(evaluate(policies, request).verdict == Verdict::implicit_deny);
}

TEST_CASE("a federated user without a session policy may do nothing of its own") {
    Policies policies;
    policies.identity.push_back(compiled(allow("*", "*")));
    Request request("s3:GetObject", "arn:aws:s3:::b/k");
    request.principal = "arn:aws:sts::123456789012:federated-user/ci";
    const Decision decision = evaluate(policies, request);
    CHECK(decision.verdict == Verdict::implicit_deny);
    CHECK(decision.lacks(Layer::session));
}

TEST_CASE("a wildcard that comes out of a variable is a character") {
    Policies policies;
    policies.identity.push_back(compiled(allow("s3:GetObject", "arn:aws:s3:::b/${aws:PrincipalTag/team}/*")));
    Request request = session_request("s3:GetObject", "arn:aws:s3:::b/secret/k");
    request.context.set("aws:principaltag/TEAM", {"*"});
    CHECK(evaluate(policies, request).verdict == Verdict::implicit_deny);
    request.resource = "arn:aws:s3:::b/*/k";
    CHECK(evaluate(policies, request).verdict == Verdict::allow);
    request.context.clear();
    CHECK(evaluate(policies, request).verdict == Verdict::implicit_deny);
}

TEST_CASE("stars that other matchers take minutes for cost their product") {
    std::string pattern = "arn:aws:s3:::b/";
    for (int i = 0; i < 200; ++i)
        pattern += "*a";
    Policies policies;
    policies.identity.push_back(compiled(allow("s3:GetObject", pattern + "*b")));
    Request request = session_request("s3:GetObject", "arn:aws:s3:::b/" + std::string(20'000, 'a'));
    CHECK(evaluate(policies, request).verdict == Verdict::implicit_deny); // ends at all
    request.resource += "b";
    CHECK(evaluate(policies, request).verdict == Verdict::allow);
}

TEST_CASE("a resource list of which nothing is left matches nothing") {
    const Reading only_null = read_policy(
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":[null]}})",
        PolicyType::identity);
    CHECK_FALSE(only_null.document);
    Policies policies;
    policies.identity.emplace_back(only_null.legible);
    CHECK(evaluate(policies, session_request("s3:GetObject", "arn:aws:s3:::b/k")).verdict == Verdict::implicit_deny);
}

TEST_CASE("a session that is called like a service is none") {
    Policies policies;
    policies.resource = compiled(
        R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/build"},"Action":"s3:*","Resource":"*"})",
        PolicyType::resource);
    policies.session.emplace().push_back(compiled(R"({"Effect":"Deny","Action":"s3:*","Resource":"*"})"));
    Request request("s3:GetObject", "arn:aws:s3:::b/k");
    request.principal = "arn:aws:sts::123456789012:assumed-role/build/s3.amazonaws.com";
    CHECK(evaluate(policies, request).verdict == Verdict::explicit_deny);
}

TEST_CASE("a Deny for all but some spares those who are named themselves") {
    Policies policies;
    policies.identity.push_back(compiled(allow("s3:*", "*")));
    policies.resource = compiled(R"({"Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::123456789012:user/bob",)"
                                 R"("arn:aws:iam::123456789012:root"]},"Action":"s3:*","Resource":"*"})",
                                 PolicyType::resource);
    Request request("s3:GetObject", "arn:aws:s3:::b/k");
    request.principal = "arn:aws:iam::123456789012:user/bob";
    CHECK(evaluate(policies, request).verdict == Verdict::allow);
    request.principal = "arn:aws:iam::123456789012:user/alice";
    CHECK(evaluate(policies, request).verdict == Verdict::explicit_deny);
}
