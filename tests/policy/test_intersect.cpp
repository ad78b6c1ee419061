#include "policy/intersect.h"

#include "policy/statements.h"
#include "policy/write.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed::policy;

namespace {

Intersection intersection(const Document& role, const Document& session) {
    const Intersection found = intersect({&role}, {&session}, {});
    for (const EffectiveDocument* each : {&found.document, found.lower ? &*found.lower : nullptr}) {
        if (each != nullptr && each->witness) { // a witness is always real
            const bool both = allows(role, *each->witness) && allows(session, *each->witness);
            CHECK(both != allows(each->document, *each->witness));
        }
    }
    return found;
}

// The text of what is left when a document can say it, else the label.
std::string left(std::string_view role, std::string_view session) {
    const Intersection found = intersection(document_of(role), document_of(session));
    if (found.document.label != EffectiveDocument::exact)
        return std::string(name_of(found.document.label));
    return found.document.document.statements.empty() ? "" : policy_text(found.document.document);
}

std::string document_text(std::string_view statement) {
    return R"({"Version":"2012-10-17","Statement":)" + std::string(statement) + "}";
}

std::string left_of_conditions(std::string_view role, std::string_view session) {
    const auto put = [](std::string_view condition) { return "{" + std::string(condition) + "}"; };
    const std::string text = left(allow("s3:*", "*", put(role)), allow("s3:*", "*", put(session)));
    const std::size_t place = text.find(R"("Condition":)");
    return place == text.npos ? text : text.substr(place + 12, text.size() - place - 14);
}

} // namespace

TEST_CASE("what is left is spelt as its authors wrote it") {
    CHECK(left(allow("s3:Get*", "arn:aws:s3:::b/a/*"), allow("s3:*", "arn:aws:s3:::b/*")) ==
          document_text(allow("s3:Get*", "arn:aws:s3:::b/a/*")));
    CHECK(left(allow("s3:Get*", "*"), allow("S3:*Object", "*")) == document_text(allow("s3:Get*Object", "*")));
    CHECK(left(allow("ec2:*", "*"), allow("s3:*", "*")).empty());
}

TEST_CASE("exceptions unite, and take away what they cover") {
    CHECK(left(allow("!iam:*", "*"), allow("!s3:*", "*")) ==
          document_text(R"({"Effect":"Allow","NotAction":["iam:*","s3:*"],"Resource":"*"})"));
    CHECK(left(allow("!iam:*", "*"), allow("iam:GetRole", "*") + "," + allow("s3:Get*", "*")) ==
          document_text(allow("s3:Get*", "*")));
}

TEST_CASE("what is only partly taken away is cut out by a Deny where that is exact") {
    const std::string text = left(allow("!s3:Delete*", "*"), allow("s3:*", "arn:aws:s3:::b/*"));
    CHECK(text ==
          document_text("[" + allow("s3:*", "arn:aws:s3:::b/*") + "," + deny("s3:Delete*", "arn:aws:s3:::b/*") + "]"));
}

TEST_CASE("where a Deny would take too much there are two documents, and the label says which is which") {
    const Document role = document_of(allow("!s3:Delete*", "*") + "," + allow("s3:DeleteObject", "arn:aws:s3:::b/t/*"));
    const Document session = document_of(allow("s3:*", "arn:aws:s3:::b/*"));
    const Intersection found = intersection(role, session);
    REQUIRE(found.document.label == EffectiveDocument::upper);
    REQUIRE(found.lower);
    CHECK(found.lower->label == EffectiveDocument::lower);
    CHECK(found.document.witness);
    CHECK(found.lower->witness);
    CHECK_FALSE(found.document.why.empty());
}

TEST_CASE("Denies of both are kept where they take something away") {
    const std::string text = left(allow("s3:*", "*") + "," + deny("s3:Put*", "*"),
                                  allow("s3:*", "*") + "," + deny("s3:Del*", "*") + "," + deny("ec2:*", "*"));
    CHECK(text.find("ec2") == text.npos);
    CHECK(text.find("s3:Put*") != text.npos);
    CHECK(text.find("s3:Del*") != text.npos);
}

TEST_CASE("conditions on one key merge under one operator") {
    CHECK(left_of_conditions(R"("StringEquals":{"aws:PrincipalTag/t":["a","b"]})",
                             R"("StringEquals":{"aws:principaltag/t":["b","c"]})") ==
          R"({"StringEquals":{"aws:PrincipalTag/t":"b"}})");
    CHECK(left_of_conditions(R"("StringNotEquals":{"k":"a"})", R"("StringNotEquals":{"k":"b"})") ==
          R"({"StringNotEquals":{"k":["a","b"]}})");
    CHECK(left_of_conditions(R"("IpAddress":{"aws:SourceIp":"10.0.0.0/8"})",
                             R"("IpAddress":{"aws:SourceIp":["10.1.0.0/16","192.168.0.1"]})") ==
          R"({"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}})");
    CHECK(left_of_conditions(R"("NumericLessThan":{"k":["5","10"]})", R"("NumericLessThan":{"k":["8.5"]})") ==
          R"({"NumericLessThan":{"k":"8.5"}})");
    CHECK(left_of_conditions(R"("DateGreaterThan":{"k":"2026-01-01"})", R"("DateGreaterThan":{"k":"2027-01-01"})") ==
          R"({"DateGreaterThan":{"k":"2027-01-01"}})");
    CHECK(left_of_conditions(R"("StringLike":{"k":"a*"})", R"("StringLike":{"k":"*b"})") ==
          R"({"StringLike":{"k":"a*b"}})");
    CHECK(left_of_conditions(R"("ArnLike":{"k":"arn:aws:s3:*:*:x"})", R"("ArnLike":{"k":"arn:aws:*:eu:*:*"})") ==
          R"({"ArnLike":{"k":"arn:aws:s3:eu:*:x"}})");
    CHECK(left_of_conditions(R"("StringEquals":{"k":"a"})", R"("StringEquals":{"k":"b"})").empty());
    CHECK(left_of_conditions(R"("Null":{"k":"true"})", R"("Null":{"k":"false"})").empty());
}

TEST_CASE("where no value is left, if it exists, the key must be absent") {
    CHECK(left_of_conditions(R"("StringEqualsIfExists":{"k":"a"})", R"("StringEqualsIfExists":{"k":"b"})") ==
          R"({"Null":{"k":"true"}})");
    CHECK(left_of_conditions(R"("ForAllValues:StringEquals":{"k":"a"})", R"("ForAllValues:StringEquals":{"k":"b"})") ==
          R"({"Null":{"k":"true"}})");
}

TEST_CASE("two conditions that do not merge stand under two names for the same operator") {
    CHECK(left_of_conditions(R"("StringEquals":{"k":"${aws:username}"})", R"("StringEquals":{"k":["a","b*"]})") ==
          R"({"StringEquals":{"k":"${aws:username}"},"StringLike":{"k":["a","b${*}"]}})");
    CHECK(left_of_conditions(R"("ForAnyValue:StringEquals":{"k":"a"})", R"("ForAnyValue:StringEquals":{"k":"b"})") ==
          R"({"ForAnyValue:StringEquals":{"k":"a"},"ForAnyValue:StringLike":{"k":"b"}})");
    CHECK(left_of_conditions(R"("ForAnyValue:StringLike":{"k":"a*"})", R"("ForAnyValue:StringLike":{"k":"b*"})") ==
          R"({"ForAnyValue:StringLike":{"k":"a*"},"ForAnyValue:StringLikeIfExists":{"k":"b*"},"Null":{"k":"false"}})");
}

TEST_CASE("a document of 2008 keeps its dollars when it becomes one of 2012") {
    const Document role = document_of(allow("s3:Get*", "arn:aws:s3:::b/${aws:username}/*"), "2008-10-17");
    const Document session = document_of(allow("s3:*", "arn:aws:s3:::b/*"));
    const Intersection found = intersection(role, session);
    CHECK(found.document.label == EffectiveDocument::exact);
    CHECK(found.document.document.statements.at(0).resources.at(0).text == "arn:aws:s3:::b/${$}{aws:username}/*");
}

TEST_CASE("a variable within a wider pattern is kept; what depends on its value is between two documents") {
    CHECK(left(allow("s3:Get*", "arn:aws:s3:::b/${aws:username}/*"), allow("s3:*", "arn:aws:s3:::b/*")) ==
          document_text(allow("s3:Get*", "arn:aws:s3:::b/${aws:username}/*")));
    const Intersection found = intersection(document_of(allow("s3:Get*", "arn:aws:s3:::b/${aws:username}/*")),
                                            document_of(allow("s3:Get*", "arn:aws:s3:::b/x*")));
    CHECK(found.document.label == EffectiveDocument::upper);
    REQUIRE(found.lower);
    CHECK(found.lower->label == EffectiveDocument::lower);
}

TEST_CASE("a Deny with a variable is kept, and what is left is exact") {
    const std::string home = deny("s3:*", "arn:aws:s3:::b/${aws:username}");
    CHECK(left(allow("s3:Get*", "arn:aws:s3:::b/*") + "," + home, allow("s3:*", "*")) ==
          document_text("[" + allow("s3:Get*", "arn:aws:s3:::b/*") + "," + home + "]"));
}

TEST_CASE("several documents of a side are one layer") {
    const Document reads = document_of(allow("s3:Get*", "*"));
    const Document writes = document_of(allow("s3:Put*", "*"));
    const Document session = document_of(allow("s3:*", "arn:aws:s3:::b/*"));
    const Intersection found = intersect({&reads, &writes}, {&session}, {});
    CHECK(found.document.label == EffectiveDocument::exact);
    CHECK(policy_text(found.document.document) ==
          document_text(R"({"Effect":"Allow","Action":["s3:Get*","s3:Put*"],"Resource":"arn:aws:s3:::b/*"})"));
}

TEST_CASE("with few steps nothing is claimed") {
    const Document role = document_of(allow("s3:Get*", "*") + "," + deny("s3:GetX*", "arn:aws:s3:::*x*"));
    const Document session = document_of(allow("s3:*", "arn:aws:s3:::b/*"));
    const Intersection found = intersect({&role}, {&session}, {.steps = 20, .known_actions = {}});
    CHECK(found.document.label == EffectiveDocument::unproved);
    CHECK_FALSE(found.document.why.empty());
}

TEST_CASE("a Deny on resources does not become one of a NotResource's exceptions") {
    const std::string role = R"({"Effect":"Allow","Action":"*","Resource":"*"},)"
                             R"({"Effect":"Deny","Action":"s3:GetObject","NotResource":"arn:aws:s3:::a*"},)"
                             R"({"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::ab"})";
    const Intersection found = intersection(document_of(role), document_of(allow("s3:*", "*")));
    CHECK(found.document.label == EffectiveDocument::exact);
    CHECK(found.document.document.statements.size() == 3);
}

TEST_CASE("what a NotResource leaves out needs no Deny where the other side allows all resources") {
    const std::string role = R"({"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::a*"},)"
                             R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::ab"})";
    CHECK(left(role, allow("s3:*", "*")) == R"({"Version":"2012-10-17","Statement":[)" + role + "]}");
    CHECK(left(allow("s3:*", "*"), role) == R"({"Version":"2012-10-17","Statement":[)" + role + "]}");
}
