#include "policy/session_report.h"

#include "policy/statements.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed::policy;

namespace {

std::string states(const SessionReport& report) {
    std::string text;
    for (const SessionPart& part : report.parts)
        text += (text.empty() ? "" : " ") + std::string(name_of(part.state));
    return text;
}

SessionReport report_of(std::string_view role, std::string_view session) {
    const Document roles = document_of(role);
    const Document sessions = document_of(session);
    SessionReport report = session_report({&roles}, {&sessions}, {});
    if (const auto& escape = report.session_within_role.witness) {
        CHECK(allows(sessions, *escape));
        CHECK_FALSE(allows(roles, *escape));
    }
    return report;
}

} // namespace

TEST_CASE("a part of a session is useful, or dead for one of three reasons") {
    const std::string role = allow("s3:*", "arn:aws:s3:::b/*") + "," + deny("s3:Put*", "*");
    const std::string session = allow("s3:Get*", "*") + "," + allow("ec2:Run*", "*") + "," +
                                allow("s3:PutObject", "*") + "," + allow("s3:ListX", "arn:aws:s3:::b/*") + "," +
                                deny("s3:List*", "*");
    const SessionReport report = report_of(role, session);
    CHECK(states(report) == "useful no_role_allow role_denies session_denies");
    CHECK(report.session_within_role.answer == Within::no);
}

TEST_CASE("each action is judged with each resource") {
    const SessionReport report = report_of(
        allow("s3:Get*", "arn:aws:s3:::a/*"),
        R"({"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]})");
    CHECK(states(report) == "useful no_role_allow no_role_allow no_role_allow");
    CHECK(report.parts[1].action == std::optional<std::size_t>(0));
    CHECK(report.parts[1].resource == std::optional<std::size_t>(1));
}

TEST_CASE("conditions that no request meets on both sides make a part dead") {
    const auto tagged = [](const char* value) {
        return allow("s3:Get*", "*", std::string(R"({"StringEquals":{"aws:PrincipalTag/t":")") + value + R"("}})");
    };
    CHECK(states(report_of(tagged("a"), tagged("b"))) == "no_role_allow");
    CHECK(states(report_of(tagged("a"), tagged("a"))) == "useful");
}

TEST_CASE("a variable may have a value that makes a part useful") {
    CHECK(states(report_of(allow("s3:Get*", "arn:aws:s3:::home/${aws:username}/*"),
                           allow("s3:Get*", "arn:aws:s3:::home/bob/*"))) == "useful");
    CHECK(states(report_of(allow("s3:Get*", "arn:aws:s3:::home/${aws:username}/*"),
                           allow("s3:Get*", "arn:aws:s3:::away/*"))) == "no_role_allow");
}

TEST_CASE("a statement that others cover together is redundant") {
    const SessionReport report =
        report_of(allow("*", "*"),
                  allow("s3:Get*", "*") + "," + allow("s3:GetObject", "arn:aws:s3:::b/*") + "," + deny("ec2:*", "*"));
    REQUIRE(report.redundant.size() == 1);
    CHECK(report.redundant[0].statement == 1);
    CHECK(report.session_within_role.holds());
}
