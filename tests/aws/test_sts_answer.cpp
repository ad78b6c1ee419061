#include "aws/sts_answer.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace awsfed;

namespace {

Response response(int status, std::string_view body, std::vector<std::pair<std::string, std::string>> headers = {}) {
    Response answer;
    answer.status = status;
    answer.headers = std::move(headers);
    answer.body = Secret(body);
    return answer;
}

std::string credentials(std::string_view key = "ASIAEXAMPLE", std::string_view secret = "sEcr/et+",
                        std::string_view token = "IQoJ//w==", std::string_view expiration = "2026-11-25T18:00:00Z") {
    return fmt::format("<Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>"
                       "<SessionToken>{}</SessionToken><Expiration>{}</Expiration></Credentials>",
                       key, secret, token, expiration);
}

Response granted(std::string_view inside, std::string_view action = "AssumeRole") {
    return response(200,
                    fmt::format("<{0}Response><{0}Result>{1}</{0}Result><ResponseMetadata><RequestId>id-1</RequestId>"
                                "</ResponseMetadata></{0}Response>",
                                action, inside));
}

Response refused(int status, std::string_view code, std::string_view message = "words",
                 std::vector<std::pair<std::string, std::string>> headers = {}) {
    return response(status,
                    fmt::format("<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>"
                                "<RequestId>id-2</RequestId></ErrorResponse>",
                                code, message),
                    std::move(headers));
}

Error error_of(const Response& answer) {
    const auto session = read_session("AssumeRole", answer);
    return session ? Error{} : session.error();
}

} // namespace

TEST_CASE("a session has its credentials, the role, the account and the figures of its token") {
    const auto session = read_session(
        "AssumeRole",
        granted(credentials() + "<AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId>"
                                "<Arn>arn:aws:sts::123456789012:assumed-role/build/s</Arn></AssumedRoleUser>"
                                "<SourceIdentity>alice</SourceIdentity><PackedPolicySize>6</PackedPolicySize>"
                                "<SessionTokenUtilization>12</SessionTokenUtilization>"
                                "<SessionTokenSize>512</SessionTokenSize>"));
    REQUIRE(session);
    CHECK(session->credentials.access_key_id.equals("ASIAEXAMPLE"));
    CHECK(session->credentials.secret_access_key.equals("sEcr/et+"));
    CHECK(session->credentials.session_token.equals("IQoJ//w=="));
    CHECK(iso_time(session->credentials.expiration.value()) == "2026-11-25T18:00:00Z");
    CHECK(session->credentials.account == "123456789012");
    CHECK(session->credentials.source_identity == "alice");
    CHECK(session->assumed_role_arn == "arn:aws:sts::123456789012:assumed-role/build/s");
    CHECK(session->assumed_role_id == "AROA:s");
    CHECK(session->packed_policy_size == 6);
    CHECK(session->token_utilization == 12);
    CHECK(session->token_size == 512);
    CHECK(session->request_id == "id-1");
}

TEST_CASE("secrets are not among the plain members, wherever they stand") {
    const auto result =
        read_sts_result("AssumeRole", granted(credentials() + "<Later>" + credentials("OTHER") + "</Later>"));
    REQUIRE(result);
    REQUIRE(result->members.size() == 2);
    CHECK(result->members[0].first == "Credentials/Expiration");
    CHECK(result->members[1].first == "Later/Credentials/Expiration");
    CHECK(result->secret("Credentials/AccessKeyId")->equals("ASIAEXAMPLE"));
}

TEST_CASE("half a set of credentials is refused whole") {
    for (const std::string& inside :
         {credentials(""), credentials("A", ""), credentials("A", "s", ""), credentials("A", "s", "t", ""),
          std::string(), std::string("<Credentials/>"), "<Other>" + credentials() + "</Other>",
          credentials() + credentials(), credentials("A", "s", "t", "tomorrow"),
          credentials("A", "s", "t", "2026-02-30T00:00:00Z"), credentials("A\nX-Evil: 1"), credentials("A'; rm"),
          credentials("A", "s\ns"), credentials("A", "s", "t\xC3\xA9")}) {
        const Error error = error_of(granted(inside));
        CHECK(error.code == Code::sts_answer_malformed);
        CHECK(error.retry_after_ms == -1);
        CHECK(error.stage == "sts/assume-role");
        CHECK(error.http == 200);
        CHECK(error.trace == "id-1");
    }
}

TEST_CASE("halves of two sets of credentials are not put together") {
    const Error error = error_of(granted(
        "<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey></Credentials><Credentials>"
        "<SessionToken>t</SessionToken><Expiration>2026-11-25T18:00:00Z</Expiration></Credentials>"));
    CHECK(error.code == Code::sts_answer_malformed);
    CHECK(error.message.find("twice") != std::string::npos);
}

// Each member repeats the names of all above it: a megabyte of such an answer took more than six gigabytes.
TEST_CASE("an answer with more or longer names than any right one is refused while it is read") {
    const std::string name(8000, 'a');
    std::string nested = credentials();
    std::string many = nested;
    for (int i = 0; i < 1000; ++i)
        many += "<a/>";
    nested += fmt::format("<{0}><a/><a/></{0}>", name);
    for (const std::string& inside : {nested, many}) {
        const Error error = error_of(granted(inside));
        CHECK(error.code == Code::sts_answer_malformed);
        CHECK(error.message.find("too many members") != std::string::npos);
        CHECK(error.trace == "id-1");
    }
}

TEST_CASE("advice is for the thing that was refused, not for what shares its code") {
    const auto advice = [](std::string_view action, std::string_view code) {
        return read_sts_result(action, refused(400, code)).error().advice;
    };
    CHECK(advice("GetDelegatedAccessToken", "ExpiredTradeInTokenException").find("delegation request") !=
          std::string::npos);
    CHECK(advice("GetDelegatedAccessToken", "ExpiredTradeInToken").find("delegation request") != std::string::npos);
    CHECK(advice("GetWebIdentityToken", "OutboundWebIdentityFederationDisabledException")
              .find("outbound identity federation") != std::string::npos);
    CHECK(advice("GetWebIdentityToken", "SessionDurationEscalationException").find("caller's session") !=
          std::string::npos);
    CHECK(advice("GetScopedCredentials", "InsufficientSessionLifetime").find("more time left") != std::string::npos);
    CHECK(advice("AssumeRoleWithWebIdentity", "ExpiredTokenException").find("web_identity_token") != std::string::npos);
    CHECK(advice("AssumeRoleWithWebIdentity", "InvalidIdentityToken").find("issuer") != std::string::npos);
    // The code's own, where that is right.
    CHECK(advice("AssumeRoleWithSAML", "ExpiredTokenException") == row_of(Code::assertion_expired).advice);
    CHECK(advice("AssumeRoleWithSAML", "InvalidIdentityToken") == row_of(Code::assertion_refused).advice);
}

TEST_CASE("a response that STS knows no signer of is told apart from others that it refuses, and not sent again") {
    const auto error = [](std::string_view message) {
        return read_sts_result("AssumeRoleWithSAML", refused(400, "InvalidIdentityToken", message)).error();
    };
    // The words were seen in public.
    for (const char* words : {"Response signature invalid", "Issuer not present in specified provider"}) {
        CHECK(error(words).code == Code::signer_not_in_metadata);
        CHECK(error(words).advice.find("Update the IAM provider") == 0);
        CHECK(error(words).retry_after_ms == -1);
        CHECK(error(words).peer == "InvalidIdentityToken");
    }
    CHECK(error("Issuer not present in specified provider").setting == "principal_arn");
    CHECK(error("Specified provider doesn't exist").code == Code::assertion_refused);
}

TEST_CASE("a token that is printed over several lines is joined") {
    const auto session = read_session("AssumeRole", granted(credentials("A", "s", " IQ\n    oJ//w\r\n ==\t")));
    REQUIRE(session);
    CHECK(session->credentials.session_token.equals("IQoJ//w=="));
}

TEST_CASE("instants are read in each form that servers write, and cut to whole seconds") {
    const std::vector<std::pair<std::string_view, std::string_view>> forms{
        {"2026-11-25T18:00:00.999999999Z", "2026-11-25T18:00:00Z"},
        {"2026-11-25T19:30:00+01:30", "2026-11-25T18:00:00Z"},
        {"2026-11-25t18:00:00z", "2026-11-25T18:00:00Z"},
        {"2028-02-29T23:59:60Z", "2028-03-01T00:00:00Z"},
        {"2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00Z"},
    };
    for (const auto& [written, read] : forms) {
        const auto session = read_session("AssumeRole", granted(credentials("A", "s", "t", written)));
        REQUIRE(session);
        CHECK(iso_time(session->credentials.expiration.value()) == read);
    }
}

TEST_CASE("the answer to another action is refused") {
    CHECK(error_of(granted(credentials(), "GetSessionToken")).code == Code::sts_answer_malformed);
}

TEST_CASE("an answer that broke off may be asked for again") {
    const Response whole = granted(credentials());
    for (const std::size_t size : {0U, 1U, 30U, 200U}) {
        const Error error = error_of(response(200, whole.body.reveal().substr(0, size)));
        CHECK(error.code == Code::sts_answer_malformed);
        CHECK(error.retry_after_ms == 0);
    }
}

TEST_CASE("a DTD, deep nesting and broken XML are refused for good") {
    std::string deep;
    for (int i = 0; i < 10'000; ++i)
        deep += "<a>";
    for (int i = 0; i < 10'000; ++i)
        deep += "</a>";
    for (const std::string& body :
         {"<!DOCTYPE x [<!ENTITY k 'A'>]>" + std::string(granted(credentials("&k;")).body.reveal()), deep,
          std::string("<AssumeRoleResponse></Other>x<a></a>")}) {
        const Error error = error_of(response(200, body));
        CHECK(error.code == Code::sts_answer_malformed);
        CHECK(error.retry_after_ms == -1);
    }
}

TEST_CASE("what is not of STS is called so") {
    for (const std::string_view body :
         {"<!DOCTYPE html><html><body>Sign in", "<html xmlns='x'></html>", "<!-- c --><HTML>",
          "{\"status\": \"running\"}", "{\"message\":\"Forbidden\"}", "OK", "<soap:Envelope xmlns:soap='s'/>"}) {
        const Error error = error_of(response(200, body));
        CHECK(error.code == Code::not_sts);
        CHECK(error.retry_after_ms == -1);
        CHECK(error.setting == "sts_endpoint");
    }
}

TEST_CASE("a page is called a page, well-formed or not") {
    for (const std::string_view body : {"<html><body><h1>Request blocked</h1></body></html>", "<HTML xmlns='x'/>",
                                        "<!DOCTYPE html><p>Guest network", "<html><br>"}) {
        for (const int status : {200, 403, 502})
            CHECK(error_of(response(status, body)).message.find(" with an HTML page came ") != std::string::npos);
    }
    const Error other = error_of(response(502, "<htmlish/>"));
    CHECK(other.message.find(" with an XML document that is none of its own came ") != std::string::npos);
}

TEST_CASE("without a word of the server the HTTP status decides") {
    struct Row {
        int status;
        Code code;
        bool repeatable;
    };
    for (const Row& row :
         {Row{500, Code::service_failed, true}, Row{502, Code::service_failed, true},
          Row{503, Code::service_failed, true}, Row{504, Code::service_failed, true},
          Row{505, Code::service_failed, false}, Row{501, Code::request_refused, false},
          Row{429, Code::throttled, true}, Row{408, Code::service_failed, true}, Row{407, Code::proxy_failed, false},
          Row{302, Code::not_sts, false}, Row{307, Code::not_sts, false}, Row{403, Code::not_sts, false},
          Row{404, Code::not_sts, false}, Row{204, Code::not_sts, false}}) {
        for (const std::string_view body :
             {"", "<html>", "text", "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<p>x"}) {
            CAPTURE(row.status);
            const Error error = error_of(response(row.status, body));
            CHECK(error.code == row.code);
            CHECK(error.http == row.status);
            CHECK((error.retry_after_ms >= 0) == row.repeatable);
            CHECK(error.peer.empty());
        }
    }
}

TEST_CASE("a redirect and a proxy's answer count for what they are, whatever is in them") {
    Response answer = granted(credentials());
    answer.status = 302;
    CHECK(error_of(answer).code == Code::not_sts);
    CHECK(error_of(refused(407, "AccessDenied")).code == Code::proxy_failed);
}

TEST_CASE("an error of AWS keeps its code, its words, its request id and the status") {
    const Error error = error_of(refused(403, "AccessDenied", "User: x is not authorized\x7F"));
    CHECK(error.code == Code::access_denied);
    CHECK(error.peer == "AccessDenied");
    CHECK(error.trace == "id-2");
    CHECK(error.http == 403);
    CHECK(error.stage == "sts/assume-role");
    CHECK(error.retry_after_ms == -1);
    CHECK(error.message == "AWS denied the call (AccessDenied: User: x is not authorized?).");
}

TEST_CASE("the expired assertion and the caller's expired keys are different errors") {
    CHECK(error_of(refused(400, "ExpiredTokenException")).code == Code::assertion_expired);
    CHECK(error_of(refused(403, "ExpiredToken")).code == Code::caller_expired);
}

TEST_CASE("the words decide only where there is no code: clock, second factor, duration, region") {
    CHECK(error_of(refused(403, "SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2")).code ==
          Code::clock_skew);
    CHECK(error_of(refused(403, "SignatureDoesNotMatch", "Signature not yet current: 1")).retry_after_ms == 0);
    CHECK(error_of(refused(403, "SignatureDoesNotMatch")).code == Code::caller_refused);
    CHECK(error_of(refused(403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region.")).setting ==
          "region");
    CHECK(error_of(refused(403, "AccessDenied", "MultiFactorAuthentication failed")).code == Code::mfa_required);
    CHECK(error_of(refused(400, "ValidationError", "The requested DurationSeconds exceeds it")).code ==
          Code::duration_refused);
    CHECK(error_of(refused(400, "ValidationError", "Value 'x' at 'durationSeconds' failed")).setting == "duration");
    CHECK(error_of(refused(400, "ValidationError")).code == Code::request_refused);
}

TEST_CASE("throttling is told by its code at any status, with the server's hint in milliseconds") {
    for (const int status : {200, 400, 503}) {
        const Error error = error_of(refused(status, "Throttling", "Rate exceeded", {{"x-amz-retry-after", "1500"}}));
        CHECK(error.code == Code::throttled);
        CHECK(error.retry_after_ms == 1500);
    }
    CHECK(error_of(refused(400, "Throttling", "x", {{"x-amz-retry-after", "-5"}})).retry_after_ms == 0);
    CHECK(error_of(refused(400, "Throttling", "x", {{"x-amz-retry-after", "soon"}})).retry_after_ms == 0);
    CHECK(error_of(refused(400, "ValidationError", "x", {{"x-amz-retry-after", "1500"}})).retry_after_ms == -1);
}

TEST_CASE("a failure of a service that does not know the action is not repeated") {
    const Error error = error_of(refused(501, "InternalFailure"));
    CHECK(error.code == Code::request_refused);
    CHECK(error.retry_after_ms == -1);
    CHECK(error_of(refused(500, "InternalFailure")).retry_after_ms == 0);
}

TEST_CASE("a code that nobody knows is judged by the status") {
    CHECK(error_of(refused(400, "NewException")).code == Code::request_refused);
    CHECK(error_of(refused(403, "NewException")).code == Code::access_denied);
    CHECK(error_of(refused(429, "NewException")).code == Code::throttled);
    CHECK(error_of(refused(503, "NewException")).code == Code::service_failed);
    CHECK(error_of(refused(503, "NewException")).peer == "NewException");
}

TEST_CASE("errors are read in the forms of Ceph, of older services and of gateways") {
    CHECK(
        error_of(response(403, "<Error><Code>AccessDenied</Code><Message/><RequestId>tx1</RequestId></Error>")).trace ==
        "tx1");
    CHECK(error_of(response(400, "<Response><Errors><Error><Code>AuthFailure</Code></Error></Errors><RequestID>7</"
                                 "RequestID></Response>"))
              .code == Code::caller_refused);
    const Error json = error_of(
        response(403, R"({"Error":{"Code":"InvalidClientTokenId","Message":"m","Type":"Sender"},"RequestId":"9"})"));
    CHECK(json.code == Code::caller_refused);
    CHECK(json.trace == "9");
    CHECK(error_of(response(400, R"({"__type":"com.amazon.coral#UnrecognizedClientException","message":"m"})")).peer ==
          "UnrecognizedClientException");
}

TEST_CASE("an error form without a code is no error of STS") {
    CHECK(error_of(response(403, "<ErrorResponse><Error><Message>m</Message></Error></ErrorResponse>")).code ==
          Code::not_sts);
    CHECK_FALSE(read_sts_fault(response(403, "{\"message\":\"Forbidden\"}")));
}

TEST_CASE("a hostile code or request id is made printable") {
    const Error error = error_of(refused(400, "Bad&#10;Code", "a&#13;&#10;b"));
    CHECK(error.peer == "Bad?Code");
    CHECK(error.message.find('\n') == std::string::npos);
}

TEST_CASE("other actions are read by the same rules, and owe their members") {
    const auto identity =
        read_sts_result("GetCallerIdentity",
                        granted("<Arn>a</Arn><UserId>u</UserId><Account>001234567890</Account>", "GetCallerIdentity"));
    REQUIRE(identity);
    CHECK(identity->member("Account") == "001234567890");
    const auto half = read_sts_result("GetCallerIdentity", granted("<Account>1</Account>", "GetCallerIdentity"));
    REQUIRE_FALSE(half);
    CHECK(half.error().code == Code::sts_answer_malformed);
    const auto no_session = read_session("GetAccessKeyInfo", granted("<Account>1</Account>", "GetAccessKeyInfo"));
    REQUIRE_FALSE(no_session);
    CHECK(no_session.error().code == Code::usage);
}

TEST_CASE("the stage of an action is its name in small letters") {
    CHECK(sts_stage("AssumeRoleWithSAML") == "sts/assume-role-with-saml");
    CHECK(sts_stage("AssumeRole") == "sts/assume-role");
    CHECK(sts_stage("GetFederationToken") == "sts/get-federation-token");
}
