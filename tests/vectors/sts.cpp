// Answers of STS: INDEX.json has a row for each, bodies/ what was answered.
#include "vectors/json_tree.h"
#include "vectors/report.h"

#include "aws/sts_answer.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace vectors {

namespace {

using awsfed::Code;

// The classes of the index, and our codes for them.
struct ClassRow {
    std::string_view name;
    Code code;
};
constexpr std::array classes{
    ClassRow{"access-denied", Code::access_denied},
    ClassRow{"mfa", Code::mfa_required},
    ClassRow{"credentials", Code::caller_refused},
    ClassRow{"credentials-expired", Code::caller_expired},
    ClassRow{"assertion-expired", Code::assertion_expired},
    ClassRow{"assertion-rejected", Code::assertion_refused},
    ClassRow{"assertion-signer", Code::signer_not_in_metadata},
    ClassRow{"idp-unreachable", Code::idp_unreachable},
    ClassRow{"policy", Code::policy_refused},
    ClassRow{"duration", Code::duration_refused},
    ClassRow{"region-disabled", Code::region_disabled},
    ClassRow{"region", Code::request_refused}, // with the setting "region"
    ClassRow{"request", Code::request_refused},
    ClassRow{"clock-skew", Code::clock_skew},
    ClassRow{"throttled", Code::throttled},
    ClassRow{"service", Code::service_failed},
    ClassRow{"proxy", Code::proxy_failed},
    ClassRow{"not-sts", Code::not_sts},
    ClassRow{"bad-response", Code::sts_answer_malformed},
};

awsfed::Response response_of(const Json& row, const std::filesystem::path& folder) {
    awsfed::Response response;
    response.status = row["status"].number();
    for (const auto& [name, value] : row["headers"].members())
        response.headers.emplace_back(awsfed::lower_ascii(name), value.text());
    const auto body = read_file(folder / row["body"].text());
    if (!body)
        throw std::runtime_error("There is no " + row["body"].text());
    response.body = awsfed::Secret(*body);
    return response;
}

void compare_members(Case& test, const awsfed::StsResult& result, const Json& expected, const std::string& path) {
    for (const auto& [name, value] : expected.members()) {
        const std::string own = path.empty() ? name : fmt::format("{}/{}", path, name);
        if (value.is_object()) {
            compare_members(test, result, value, own);
        } else if (const awsfed::Secret* secret = result.secret(own)) {
            test.equal_secret(own, value.text(), secret->reveal());
        } else {
            test.equal(own, value.text(), result.member(own));
        }
    }
}

// The same through what a caller gets.
void compare_session(Case& test, const awsfed::Session& session, const Json& expected) {
    const Json& credentials = expected["Credentials"];
    test.equal_secret("access_key_id", credentials["AccessKeyId"].text(), session.credentials.access_key_id.reveal());
    test.equal_secret("secret_access_key", credentials["SecretAccessKey"].text(),
                      session.credentials.secret_access_key.reveal());
    test.equal_secret("session_token", credentials["SessionToken"].text(), session.credentials.session_token.reveal());
    test.equal("expiration", credentials["Expiration"].text(),
               awsfed::iso_time(session.credentials.expiration.value()));
    const std::array<std::pair<const char*, std::string_view>, 6> texts{{{"Subject", session.subject},
                                                                         {"SubjectType", session.subject_type},
                                                                         {"Issuer", session.issuer},
                                                                         {"Audience", session.audience},
                                                                         {"NameQualifier", session.name_qualifier},
                                                                         {"SourceIdentity", session.source_identity}}};
    for (const auto& [name, got] : texts) {
        const Json* wanted = expected.find(name);
        test.equal(name, wanted == nullptr ? "" : wanted->text(), got);
    }
}

void judge_success(Case& test, const std::string& action, const awsfed::Response& response, const Json& expect) {
    const auto result = awsfed::read_sts_result(action, response);
    if (!result)
        return test.fail("a result", result.error().message);
    const Json& expected = expect["result"];
    compare_members(test, *result, expected, "");
    if (const Json* id = expect.find("request_id"))
        test.equal("request_id", id->text(), result->request_id);
    if (expected.has("Credentials")) {
        const auto session = awsfed::read_session(action, response);
        if (!session)
            return test.fail("a session", session.error().message);
        compare_session(test, *session, expected);
    }
}

void judge_refusal(Case& test, const std::string& action, const awsfed::Response& response, const Json& expect) {
    const auto result = awsfed::read_sts_result(action, response);
    if (result)
        return test.fail("a refusal", "a result");
    const awsfed::Error& error = result.error();
    const std::string name = expect["class"].text();
    const auto* row = std::ranges::find(classes, name, &ClassRow::name);
    if (row == classes.end())
        return test.fail("a class that is known", name);
    test.equal("code", awsfed::row_of(row->code).text, awsfed::row_of(error.code).text);
    if (name == "region")
        test.equal("setting", "region", error.setting);
    test.equal("retry", expect["retry"].is_true() ? "yes" : "no", error.retry_after_ms >= 0 ? "yes" : "no");
    if (const Json* status = expect.find("status"))
        test.equal("status", status->text(), std::to_string(error.http));
    if (const Json* id = expect.find("request_id"))
        test.equal("request_id", id->text(), error.trace);

    const auto fault = awsfed::read_sts_fault(response);
    const Json& wanted = expect["error"];
    if (wanted.is_null())
        return test.equal("peer", "", error.peer);
    if (!fault)
        return test.fail("an error of the server", "none");
    test.equal("peer", wanted["code"].text(), error.peer);
    test.equal("error code", wanted["code"].text(), fault->code);
    test.equal("error message", wanted["message"].text(), fault->message);
    test.equal("error type", wanted["type"].is_null() ? "(none)" : wanted["type"].text(),
               fault->type.value_or("(none)"));
}

} // namespace

void run_sts(const std::filesystem::path& path, Report& report) {
    const std::optional<Json> index = Json::read(path / "INDEX.json");
    if (!index)
        return;
    for (const Json& row : (*index)["cases"].items()) {
        Case test(report, row["name"].text());
        const std::string action = row["action"].text();
        const awsfed::Response response = response_of(row, path);
        if (row["expect"]["ok"].is_true())
            judge_success(test, action, response, row["expect"]);
        else
            judge_refusal(test, action, response, row["expect"]);
    }
}

} // namespace vectors
