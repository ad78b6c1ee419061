#include "saml/aws_rules.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;
using namespace awsfed::saml;

namespace {

const std::string aws(aws_attribute_prefix);
const Time noon = *read_time("2027-03-14T12:00:00Z", ZoneRule::utc_only);

AssertionText good() {
    AssertionText text;
    text.id = "_a";
    text.issuer = "https://idp.test";
    text.issue_instant = "2027-03-14T11:59:00Z";
    text.has_subject = true;
    text.name_id = "mara";
    text.confirmations = {{"urn:oasis:names:tc:SAML:2.0:cm:bearer", true, "https://signin.aws.amazon.com/saml",
                           std::nullopt, "2027-03-14T12:04:00Z", std::nullopt}};
    text.conditions = {{"2027-03-14T11:59:00Z", "2027-03-14T12:59:00Z", {{"urn:amazon:webservices"}}, false, {}}};
    text.session_ends = {std::nullopt};
    text.attributes = {
        {aws + "Role", {"arn:aws:iam::123456789012:role/build,arn:aws:iam::123456789012:saml-provider/p"}, false},
        {aws + "RoleSessionName", {"mara"}, false}};
    return text;
}

AwsRules rules() {
    AwsRules out;
    out.entity_id = "https://idp.test";
    out.recipients = {"https://signin.aws.amazon.com/saml"};
    out.audiences = {"urn:amazon:webservices"};
    out.now = noon;
    out.attribute_prefixes = {aws};
    return out;
}

std::string reason(const AssertionText& text, const AwsRules& by = rules(), const ResponseText* around = nullptr) {
    const Judgement judgement = judge_assertion(text, around, by);
    return judgement.failure() ? judgement.failure()->reason : "accepted";
}

AssertionText with(const std::string& name, std::vector<std::string> values) {
    AssertionText text = good();
    text.attributes.push_back({aws + name, std::move(values), false});
    return text;
}

} // namespace

TEST_CASE("an assertion as AWS takes it passes every rule") { CHECK(reason(good()) == "accepted"); }

TEST_CASE("what AWS needs and is missing is named") {
    AssertionText text = good();
    text.issuer.reset();
    CHECK(reason(text) == "issuer");
    text = good();
    text.name_id.reset();
    CHECK(reason(text) == "subject");
    text = good();
    text.confirmations.clear();
    CHECK(reason(text) == "confirmation");
    text = good();
    text.confirmations[0].recipient.reset();
    CHECK(reason(text) == "recipient");
    text = good();
    text.conditions.clear();
    CHECK(reason(text) == "conditions");
    text = good();
    text.conditions[0].audiences.clear();
    CHECK(reason(text) == "audience");
    text = good();
    text.session_ends.clear();
    CHECK(reason(text) == "authn");
    text = good();
    text.attributes.pop_back();
    const Judgement judgement = judge_assertion(text, nullptr, rules());
    REQUIRE(judgement.failure());
    CHECK(judgement.failure()->reason == "session-name");
    CHECK(judgement.failure()->absent);
    CHECK(judgement.failure()->detail.find("mail") != std::string::npos);
}

TEST_CASE("every restriction of the audience must hold, by one of its audiences") {
    AssertionText text = good();
    text.conditions[0].audiences = {{"urn:else", "urn:amazon:webservices"}};
    CHECK(reason(text) == "accepted");
    text.conditions[0].audiences = {{"urn:amazon:webservices"}, {"urn:else"}};
    CHECK(reason(text) == "audience");
    text.conditions[0].audiences = {{"urn:amazon:webservices "}};
    CHECK(reason(text) == "audience");
}

TEST_CASE("the ends of an assertion are exclusive, its beginning is not") {
    AssertionText text = good();
    AwsRules by = rules();
    by.now = *read_time("2027-03-14T12:03:59.999Z", ZoneRule::utc_only);
    CHECK(reason(text, by) == "accepted");
    by.now = *read_time("2027-03-14T12:04:00Z", ZoneRule::utc_only);
    CHECK(reason(text, by) == "expired");
    by.skew = std::chrono::seconds(1);
    CHECK(reason(text, by) == "accepted");
    by.skew = std::chrono::seconds(0);
    by.now = *read_time("2027-03-14T11:59:00Z", ZoneRule::utc_only);
    CHECK(reason(text, by) == "accepted");
    by.now = *by.now - std::chrono::milliseconds(1);
    CHECK(reason(text, by) == "not-yet-valid");
    text.session_ends = {"2027-03-14T12:00:00Z"};
    CHECK(reason(text) == "expired");
}

TEST_CASE("an assertion older than five minutes is warned of") {
    AssertionText text = good();
    text.issue_instant = "2027-03-14T11:54:59Z";
    const Judgement judgement = judge_assertion(text, nullptr, rules());
    CHECK(judgement.failure() == nullptr);
    bool warned = false;
    for (const Check& check : judgement.checks)
        warned |= check.name == "redemption" && check.outcome == Outcome::warned;
    CHECK(warned);
}

TEST_CASE("the response around it can only refuse") {
    ResponseText around;
    around.issuer = "https://idp.test";
    around.destination = "https://signin.aws.amazon.com/saml";
    CHECK(reason(good(), rules(), &around) == "accepted");
    around.issuer = "https://evil.test";
    CHECK(reason(good(), rules(), &around) == "issuer");
    around.issuer.reset();
    around.destination = "https://evil.test";
    CHECK(reason(good(), rules(), &around) == "destination");
    around.destination.reset();
    around.in_response_to = "_1";
    AssertionText text = good();
    text.confirmations[0].in_response_to = "_2";
    CHECK(reason(text, rules(), &around) == "response-to");
}

TEST_CASE("a bad role among good ones refuses, unless the role that is wanted is known") {
    AssertionText text = good();
    text.attributes[0].values.emplace_back("none of this");
    CHECK(reason(text) == "role");
    AwsRules by = rules();
    by.skip_bad_roles = true;
    const Judgement judgement = judge_assertion(text, nullptr, by);
    CHECK(judgement.failure() == nullptr);
    CHECK(judgement.assertion.roles.size() == 1);
}

TEST_CASE("session tags are as STS takes them") {
    CHECK(reason(with("PrincipalTag:Team", {"harbour"})) == "accepted");
    CHECK(reason(with("PrincipalTag:Team", {""})) == "accepted");
    CHECK(reason(with("PrincipalTag:\u90e8\u9580", {"\u00e4 /_.:=+-@"})) == "accepted");
    CHECK(reason(with("PrincipalTag:" + std::string(128, 'k'), {std::string(256, 'v')})) == "accepted");
    CHECK(reason(with("PrincipalTag:" + std::string(129, 'k'), {"v"})) == "tag");
    CHECK(reason(with("PrincipalTag:k", {std::string(257, 'v')})) == "tag");
    CHECK(reason(with("PrincipalTag:", {"v"})) == "tag");
    CHECK(reason(with("PrincipalTag:aws:k", {"v"})) == "tag");
    CHECK(reason(with("PrincipalTag:k", {"a!b"})) == "tag");
    CHECK(reason(with("PrincipalTag:k", {"a", "b"})) == "attribute");
    AssertionText text = with("PrincipalTag:Team", {"a"});
    text.attributes.push_back({aws + "PrincipalTag:team", {"b"}, false});
    CHECK(reason(text) == "tag");
}

TEST_CASE("fifty tags are taken, and one more is not") {
    AssertionText text = good();
    for (int i = 0; i < 50; ++i)
        text.attributes.push_back({aws + "PrincipalTag:k" + std::to_string(i), {"v"}, false});
    CHECK(reason(text) == "accepted");
    text.attributes.push_back({aws + "PrincipalTag:last", {"v"}, false});
    CHECK(reason(text) == "tag");
}

TEST_CASE("without anything to compare with, rules are skipped and say so") {
    AwsRules by;
    by.attribute_prefixes = {aws};
    const Judgement judgement = judge_assertion(good(), nullptr, by);
    CHECK(judgement.failure() == nullptr);
    for (const char* name : {"issuer", "recipient", "audience", "times", "redemption"}) {
        bool skipped = false;
        for (const Check& check : judgement.checks)
            skipped |= check.name == name && check.outcome == Outcome::skipped;
        CAPTURE(name);
        CHECK(skipped);
    }
}
