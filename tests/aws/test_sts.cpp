#include "aws/sts.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace awsfed;

namespace {

class FixedClock : public Clock {
public:
    Time now() const override { return *read_time("2026-11-25T17:00:00Z", ZoneRule::utc_only); }
};

// Keeps what it was sent, and gives what it was given.
class Recorder : public Transport {
public:
    Result<Response> send(const Request& request, const Cancel&) override {
        ++calls;
        url = request.url.text();
        method = request.method;
        headers = request.headers;
        for (const auto& [name, value] : request.secret_headers)
            headers.emplace_back(name, value.reveal());
        body = request.body.reveal();
        answer_bytes_max = request.answer_bytes_max;
        if (failure)
            return pass(*failure);
        Response response;
        response.status = status;
        response.body = Secret(answer);
        return response;
    }

    std::string header(std::string_view wanted) const {
        for (const auto& [name, value] : headers) {
            if (name == wanted)
                return value;
        }
        return "none";
    }

    int calls = 0;
    std::string url, method, body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::size_t answer_bytes_max = 0;
    std::optional<Error> failure;
    int status = 200;
    std::string answer;
};

std::string granted(std::string_view action) {
    return fmt::format("<{0}Response><{0}Result><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId>"
                       "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
                       "<Expiration>2026-11-25T18:00:00Z</Expiration></Credentials></{0}Result></{0}Response>",
                       action);
}

struct Bench {
    explicit Bench(std::string_view endpoint = "https://sts.eu-central-1.amazonaws.com/")
        : sts(transport, clock, *Url::parse(endpoint), "eu-central-1") {
        caller.access_key_id = Secret("AKIDEXAMPLE");
        caller.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    }
    Recorder transport;
    FixedClock clock;
    Sts sts;
    Credentials caller;
    Cancel cancel;
    Secret assertion{"PHNhbWw+"};
    Arn role = *Arn::parse("arn:aws:iam::123456789012:role/build");
    Arn provider = *Arn::parse("arn:aws:iam::123456789012:saml-provider/ADFS");
};

} // namespace

TEST_CASE("an assertion is traded by one unsigned POST") {
    Bench bench;
    bench.transport.answer = granted("AssumeRoleWithSAML");
    const auto session =
        bench.sts.assume_role_with_saml({bench.role, bench.provider, bench.assertion, {}}, bench.cancel);
    REQUIRE(session);
    CHECK(session->credentials.role_arn == bench.role.text());
    CHECK(session->credentials.region == "eu-central-1");
    CHECK(bench.transport.calls == 1);
    CHECK(bench.transport.method == "POST");
    CHECK(bench.transport.url == "https://sts.eu-central-1.amazonaws.com/");
    CHECK(bench.transport.header("Content-Type") == "application/x-www-form-urlencoded; charset=utf-8");
    CHECK(bench.transport.header("Authorization") == "none");
    CHECK(bench.transport.header("X-Amz-Date") == "none");
    CHECK(bench.transport.body.find("&SAMLAssertion=PHNhbWw%2B") != std::string::npos);
    CHECK(bench.transport.answer_bytes_max == 1024 * 1024);
}

TEST_CASE("AssumeRole is signed for the region, with the caller's token where there is one") {
    Bench bench;
    bench.transport.answer = granted("AssumeRole");
    bench.caller.session_token = Secret("TOKEN");
    REQUIRE(bench.sts.assume_role({bench.role, "build", "", {}}, bench.caller, bench.cancel));
    CHECK(bench.transport.header("Authorization")
              .starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261125/eu-central-1/sts/aws4_request, "
                           "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature="));
    CHECK(bench.transport.header("X-Amz-Security-Token") == "TOKEN");
    CHECK(bench.transport.header("X-Amz-Date") == "20261125T170000Z");
}

TEST_CASE("a federation token is asked for with the caller's keys, and is of no role") {
    Bench bench;
    bench.transport.answer = granted("GetFederationToken");
    const auto session = bench.sts.get_federation_token({"bob", {}, true}, bench.caller, bench.cancel);
    REQUIRE(session);
    CHECK(session->credentials.role_arn.empty());
    CHECK(bench.transport.header("Authorization").starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"));
}

TEST_CASE("an endpoint keeps its scheme, port and path") {
    Bench bench("http://127.0.0.1:8480/sts");
    bench.transport.answer = granted("AssumeRole");
    REQUIRE(bench.sts.assume_role({bench.role, "build", "", {}}, bench.caller, bench.cancel));
    CHECK(bench.transport.url == "http://127.0.0.1:8480/sts");
}

TEST_CASE("what STS would refuse for certain is not sent") {
    Bench bench;
    SessionTerms terms;
    terms.policy = "[";
    const auto session =
        bench.sts.assume_role_with_saml({bench.role, bench.provider, bench.assertion, terms}, bench.cancel);
    REQUIRE_FALSE(session);
    CHECK(session.error().code == Code::policy_malformed);
    CHECK(session.error().stage == "sts/assume-role-with-saml");
    CHECK(bench.transport.calls == 0);
}

TEST_CASE("a call is not sent without the caller's keys") {
    Bench bench;
    const auto session = bench.sts.assume_role({bench.role, "build", "", {}}, Credentials{}, bench.cancel);
    REQUIRE_FALSE(session);
    CHECK(session.error().code == Code::setting_missing);
    CHECK(session.error().setting == "access_key_id");
    CHECK(session.error().stage == "sts/assume-role");
    CHECK(bench.transport.calls == 0);
}

TEST_CASE("a redirect is not followed, and who answered is named") {
    Bench bench;
    bench.transport.status = 307;
    const auto session =
        bench.sts.assume_role_with_saml({bench.role, bench.provider, bench.assertion, {}}, bench.cancel);
    REQUIRE_FALSE(session);
    CHECK(session.error().code == Code::not_sts);
    CHECK(session.error().message.find("https://sts.eu-central-1.amazonaws.com") != std::string::npos);
    CHECK(bench.transport.calls == 1);
}

TEST_CASE("a failure of the network is passed on with the stage") {
    Bench bench;
    Error failure;
    failure.code = Code::connect_failed;
    failure.message = "No.";
    bench.transport.failure = failure;
    const auto session =
        bench.sts.assume_role_with_saml({bench.role, bench.provider, bench.assertion, {}}, bench.cancel);
    REQUIRE_FALSE(session);
    CHECK(session.error().code == Code::connect_failed);
    CHECK(session.error().stage == "sts/assume-role-with-saml");
}
