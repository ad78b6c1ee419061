#include "aws/sts_request.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

namespace {

constexpr std::string_view policy = R"({"Version":"2012-10-17","Statement":[]})";

Arn arn(std::string_view text) { return *Arn::parse(text); }
Arn role() { return arn("arn:aws:iam::123456789012:role/build/deploy"); }
Arn provider() { return arn("arn:aws:iam::123456789012:saml-provider/ADFS"); }

std::string text_of(const Result<Secret>& body) {
    return body ? std::string(body->reveal()) : "refused: " + body.error().message;
}

Error refusal_of(const SessionTerms& terms) {
    const Result<Secret> body = sts_body(AssumeRole{role(), "build", "", terms});
    return body ? Error{} : body.error();
}

std::string policy_of(std::size_t chars) {
    std::string text = R"({"a":")";
    text.append(chars - text.size() - 2, 'x');
    return text + "\"}";
}

} // namespace

TEST_CASE("AssumeRoleWithSAML carries the role, the provider, the assertion and the terms") {
    const Secret assertion("+a/b==");
    SessionTerms terms;
    terms.policy = "{\"a b\": 1}";
    terms.policy_arns = {arn("arn:aws:iam::aws:policy/ReadOnlyAccess"), arn("arn:aws:iam::123456789012:policy/p")};
    terms.duration = std::chrono::seconds(3600);
    CHECK(
        text_of(sts_body(AssumeRoleWithSaml{role(), provider(), assertion, terms})) ==
        "Action=AssumeRoleWithSAML&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fbuild%2Fdeploy"
        "&PrincipalArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Asaml-provider%2FADFS&SAMLAssertion=%2Ba%2Fb%3D%3D"
        "&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnlyAccess"
        "&PolicyArns.member.2.arn=arn%3Aaws%3Aiam%3A%3A123456789012%3Apolicy%2Fp"
        "&Policy=%7B%22a%20b%22%3A%201%7D&DurationSeconds=3600");
}

TEST_CASE("AssumeRole carries a session name, and an external id only where there is one") {
    CHECK(text_of(sts_body(AssumeRole{role(), "a.b@c", "", {}})).ends_with("&RoleSessionName=a.b%40c"));
    CHECK(text_of(sts_body(AssumeRole{role(), "ab", "id:1/2", {}}))
              .ends_with("&RoleSessionName=ab&ExternalId=id%3A1%2F2"));
}

TEST_CASE("a session name that STS does not take is refused, and the setting is named") {
    for (const std::string& name : {std::string(), std::string("a"), std::string(65, 'a'), std::string("PLAN/JOB"),
                                    std::string("a b"), std::string("b\xC3\xA4u"), std::string("a#b")}) {
        const auto body = sts_body(AssumeRole{role(), name, "", {}});
        REQUIRE_FALSE(body);
        CHECK(body.error().code == Code::setting_invalid);
        CHECK(body.error().setting == "role_session_name");
        CHECK(body.error().advice.find("2 to 64 characters") != std::string::npos);
    }
    CHECK(sts_body(AssumeRole{role(), std::string(64, 'a'), "", {}}));
}

TEST_CASE("an external id that STS does not take is refused, and the setting is named") {
    const auto body = sts_body(AssumeRole{role(), "build", "a b", {}});
    REQUIRE_FALSE(body);
    CHECK(body.error().code == Code::setting_invalid);
    CHECK(body.error().setting == "external_id");
}

TEST_CASE("a federated name has 32 characters at most") {
    const auto named = [](std::string name) { return sts_body(GetFederationToken{std::move(name), {}, true}); };
    CHECK(text_of(named("bob")) == "Action=GetFederationToken&Version=2011-06-15&Name=bob");
    CHECK(named(std::string(32, 'a')));
    const auto body = named(std::string(33, 'a'));
    REQUIRE_FALSE(body);
    CHECK(body.error().code == Code::setting_invalid);
    CHECK(body.error().setting == "federated_name");
}

TEST_CASE("a federation token without any policy is refused, unless that is what is wanted") {
    const auto body = sts_body(GetFederationToken{"bob", {}, false});
    REQUIRE_FALSE(body);
    CHECK(body.error().code == Code::policy_absent);
    CHECK(body.error().setting == "policy");
    CHECK(body.error().advice.find("allow_no_policy=true") != std::string::npos);

    SessionTerms inline_policy;
    inline_policy.policy = policy;
    CHECK(sts_body(GetFederationToken{"bob", inline_policy, false}));
    SessionTerms managed;
    managed.policy_arns = {arn("arn:aws:iam::aws:policy/ReadOnlyAccess")};
    CHECK(sts_body(GetFederationToken{"bob", managed, false}));
}

TEST_CASE("a policy of 2,048 characters is sent, and a longer one refused with its length") {
    SessionTerms terms;
    terms.policy = policy_of(2048);
    CHECK(sts_body(AssumeRole{role(), "build", "", terms}));
    terms.policy = policy_of(2049);
    const Error error = refusal_of(terms);
    CHECK(error.code == Code::policy_too_long);
    CHECK(error.setting == "policy");
    CHECK(error.message.find("2049 characters") != std::string::npos);
    const Secret assertion("YWJj");
    CHECK(sts_body(AssumeRoleWithSaml{role(), provider(), assertion, terms}).error().code == Code::policy_too_long);
    CHECK(sts_body(GetFederationToken{"bob", terms, false}).error().code == Code::policy_too_long);
}

TEST_CASE("a policy's length is counted in characters, not in bytes") {
    SessionTerms terms;
    std::string text = R"({"a":")";
    for (int i = 0; i < 2040; ++i)
        text += "\xC3\xBF";
    terms.policy = text + "\"}";
    CHECK(sts_body(AssumeRole{role(), "build", "", terms}));
}

TEST_CASE("a policy that is no JSON object is refused, with line and column") {
    SessionTerms terms;
    terms.policy = "{\n  \"Version\" \"2012-10-17\"\n}";
    const Error error = refusal_of(terms);
    CHECK(error.code == Code::policy_malformed);
    CHECK(error.setting == "policy");
    CHECK(error.message.find("Line 2, column 13") != std::string::npos);
    terms.policy = "[]";
    CHECK(refusal_of(terms).code == Code::policy_malformed);
    terms.policy = "";
    CHECK(refusal_of(terms).code == Code::policy_malformed);
}

TEST_CASE("a policy with characters beyond U+00FF is refused where they stand") {
    SessionTerms terms;
    terms.policy = "{\n\"a\": \"\xE2\x82\xAC\"}";
    const Error error = refusal_of(terms);
    CHECK(error.code == Code::policy_malformed);
    CHECK(error.setting == "policy");
    CHECK(error.message.find("line 2, column 7") != std::string::npos);
    CHECK(error.advice.find("\\u") != std::string::npos);
    terms.policy = "{\"a\": \"\xFF\"}";
    CHECK(refusal_of(terms).code == Code::policy_malformed);
}

TEST_CASE("ten policy ARNs are sent, and eleven refused") {
    SessionTerms terms;
    for (int i = 0; i < 10; ++i)
        terms.policy_arns.push_back(arn(fmt::format("arn:aws:iam::123456789012:policy/p{}", i)));
    CHECK(sts_body(AssumeRole{role(), "build", "", terms}));
    terms.policy_arns.push_back(role());
    const Error error = refusal_of(terms);
    CHECK(error.code == Code::setting_invalid);
    CHECK(error.setting == "policy_arns");
}

TEST_CASE("a duration is within the bounds of its action") {
    const Secret assertion("YWJj");
    const auto with = [](int seconds) {
        SessionTerms terms;
        terms.duration = std::chrono::seconds(seconds);
        return terms;
    };
    for (const int seconds : {900, 43'200}) {
        CHECK(sts_body(AssumeRole{role(), "build", "", with(seconds)}));
        CHECK(sts_body(AssumeRoleWithSaml{role(), provider(), assertion, with(seconds)}));
        CHECK(sts_body(GetFederationToken{"bob", with(seconds), true}));
    }
    CHECK(sts_body(GetFederationToken{"bob", with(129'600), true}));
    for (const int seconds : {-1, 0, 899, 129'601}) {
        const auto body = sts_body(GetFederationToken{"bob", with(seconds), true});
        REQUIRE_FALSE(body);
        CHECK(body.error().code == Code::setting_invalid);
        CHECK(body.error().setting == "duration");
        CHECK(body.error().advice.find("900 to 129600 seconds") != std::string::npos);
    }
    CHECK(refusal_of(with(43'201)).setting == "duration");
    CHECK(refusal_of(with(43'201)).advice.find("12 hours") != std::string::npos);
}

TEST_CASE("an assertion longer than STS takes is not sent") {
    const Secret longest(std::string(100'000, 'A'));
    CHECK(sts_body(AssumeRoleWithSaml{role(), provider(), longest, {}}));
    const Secret too_long(std::string(100'001, 'A'));
    const auto body = sts_body(AssumeRoleWithSaml{role(), provider(), too_long, {}});
    REQUIRE_FALSE(body);
    CHECK(body.error().code == Code::assertion_refused);
    CHECK(body.error().message.find("100001 characters") != std::string::npos);
}
