#include "aws/sts.h"
#include "fakes/loopback_server.h"
#include "http/curl_transport.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace awsfed;

namespace {

class MovingClock : public Clock {
public:
    Time now() const override { return time; }
    Time time = *read_time("2026-11-25T17:00:00Z", ZoneRule::utc_only);
};

constexpr std::string_view role = "arn:aws:iam::123456789012:role/build";

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
        dates.push_back(header("X-Amz-Date"));
        Response response;
        response.status = status;
        response.headers = answer_headers;
        response.body = Secret(answer);
        if (next)
            next(*this);
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
    std::function<void(Recorder&)> next; // changes what the next call is answered
    std::string url, method, body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::size_t answer_bytes_max = 0;
    std::optional<Error> failure;
    int status = 200;
    std::string answer;
    std::vector<std::pair<std::string, std::string>> answer_headers;
    std::vector<std::string> dates; // that were signed with
};

std::string granted(std::string_view action) {
    return fmt::format("<{0}Response><{0}Result><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId>"
                       "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
                       "<Expiration>2026-11-25T18:00:00Z</Expiration></Credentials></{0}Result></{0}Response>",
                       action);
}

struct Bench {
    explicit Bench(std::string_view endpoint = "https://sts.eu-central-1.amazonaws.com/", bool is_of_aws = true)
        : memory(clock), sts({transport, memory, random, log},
                             {.url = *Url::parse(endpoint), .signing_region = "eu-central-1", .is_of_aws = is_of_aws}) {
        caller.access_key_id = Secret("AKIDEXAMPLE");
        caller.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    }
    Recorder transport;
    MovingClock clock;
    StsMemory memory;
    SystemRandom random;
    Log log;
    Sts sts;
    Credentials caller;
    Cancel cancel;

    StsRequest with_saml() const {
        StsRequest request(StsAction::assume_role_with_saml);
        request.set(StsParameter::role_arn, role)
            .set(StsParameter::principal_arn, "arn:aws:iam::123456789012:saml-provider/ADFS")
            .set(StsParameter::assertion, Secret("PHNhbWw+"));
        return request;
    }
    StsRequest assume_role() const {
        StsRequest request(StsAction::assume_role);
        request.set(StsParameter::role_arn, role).set(StsParameter::role_session_name, "build");
        return request;
    }
    Result<Session> by_saml() { return sts.session(with_saml(), nullptr, cancel); }
    Result<Session> by_role() { return sts.session(assume_role(), &caller, cancel); }
};

} // namespace

TEST_CASE("an assertion is traded by one unsigned POST") {
    Bench bench;
    bench.transport.answer = granted("AssumeRoleWithSAML");
    const auto session = bench.by_saml();
    REQUIRE(session);
    CHECK(session->credentials.role_arn == role);
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
    REQUIRE(bench.by_role());
    CHECK(bench.transport.header("Authorization")
              .starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261125/eu-central-1/sts/aws4_request, "
                           "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature="));
    CHECK(bench.transport.header("X-Amz-Security-Token") == "TOKEN");
    CHECK(bench.transport.header("X-Amz-Date") == "20261125T170000Z");
}

TEST_CASE("a federation token is asked for with the caller's keys, and is of no role") {
    Bench bench;
    bench.transport.answer = granted("GetFederationToken");
    StsRequest request(StsAction::get_federation_token);
    request.set(StsParameter::federated_name, "bob");
    request.allow_no_policy = true;
    const auto session = bench.sts.session(request, &bench.caller, bench.cancel);
    REQUIRE(session);
    CHECK(session->credentials.role_arn.empty());
    CHECK(bench.transport.header("Authorization").starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"));
}

TEST_CASE("an endpoint keeps its scheme, port and path") {
    Bench bench("http://127.0.0.1:8480/sts");
    bench.transport.answer = granted("AssumeRole");
    REQUIRE(bench.by_role());
    CHECK(bench.transport.url == "http://127.0.0.1:8480/sts");
}

TEST_CASE("what STS would refuse for certain is not sent") {
    Bench bench;
    StsRequest request = bench.with_saml();
    request.set(StsParameter::policy, "[");
    const auto session = bench.sts.session(request, nullptr, bench.cancel);
    REQUIRE_FALSE(session);
    CHECK(session.error().code == Code::policy_malformed);
    CHECK(session.error().stage == "sts/assume-role-with-saml");
    CHECK(bench.transport.calls == 0);
}

TEST_CASE("a call is not sent without the caller's keys") {
    Bench bench;
    const auto session = bench.sts.session(bench.assume_role(), nullptr, bench.cancel);
    REQUIRE_FALSE(session);
    CHECK(session.error().code == Code::setting_missing);
    CHECK(session.error().setting == "access_key_id");
    CHECK(session.error().stage == "sts/assume-role");
    CHECK(bench.transport.calls == 0);
}

TEST_CASE("a redirect is not followed, and who answered is named") {
    Bench bench;
    bench.transport.status = 307;
    const auto session = bench.by_saml();
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
    const auto session = bench.by_saml();
    REQUIRE_FALSE(session);
    CHECK(session.error().code == Code::connect_failed);
    CHECK(session.error().stage == "sts/assume-role-with-saml");
}

TEST_CASE("what may work the next time is repeated, and at last told") {
    Bench bench;
    bench.transport.status = 503;
    const auto refused = bench.by_role();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::service_failed);
    CHECK(bench.transport.calls == 3);
    bench.transport.next = [](Recorder& transport) {
        transport.status = 200;
        transport.answer = granted("AssumeRole");
    };
    CHECK(bench.by_role());
    CHECK(bench.transport.calls == 5);
}

TEST_CASE("what cannot work is not repeated") {
    Bench bench;
    bench.transport.status = 403;
    bench.transport.answer = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>";
    CHECK(bench.by_role().error().code == Code::access_denied);
    CHECK(bench.transport.calls == 1);
}

TEST_CASE("an MFA code is sent once, whatever happens") {
    Bench bench;
    bench.transport.status = 503;
    StsRequest request = bench.assume_role();
    request.set(StsParameter::mfa_serial, "GAHT12345678").set(StsParameter::mfa_code, Secret("123456"));
    const auto refused = bench.sts.session(request, &bench.caller, bench.cancel);
    REQUIRE_FALSE(refused);
    CHECK(bench.transport.calls == 1);
    CHECK(refused.error().retry_after_ms == -1); // nor shall the host
}

TEST_CASE("a clock that goes wrong is learned from the answer, and the call signed anew") {
    Bench bench;
    bench.transport.status = 403;
    bench.transport.answer = "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: "
                             "20261125T170000Z is now earlier than</Message></Error></ErrorResponse>";
    bench.transport.answer_headers = {{"date", "Wed, 25 Nov 2026 18:00:00 GMT"}};
    bench.transport.next = [](Recorder& transport) {
        transport.status = 200;
        transport.answer = granted("AssumeRole");
    };
    REQUIRE(bench.by_role());
    CHECK(bench.transport.dates == std::vector<std::string>{"20261125T170000Z", "20261125T180000Z"});
    CHECK(bench.memory.clock.skew() == std::chrono::hours(1));
    CHECK(bench.memory.clock.now() == bench.clock.time + std::chrono::hours(1));
}

TEST_CASE("a refused signature with right clocks is told at once") {
    Bench bench;
    bench.transport.status = 403;
    bench.transport.answer = "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>";
    bench.transport.answer_headers = {{"date", "Wed, 25 Nov 2026 17:02:00 GMT"}};
    CHECK(bench.by_role().error().code == Code::caller_refused);
    CHECK(bench.transport.calls == 1);
}

TEST_CASE("callers that an action does not take are refused before AWS is asked") {
    Bench bench;
    bench.caller.session_token = Secret("TOKEN");
    StsRequest federation(StsAction::get_federation_token);
    federation.set(StsParameter::federated_name, "bob");
    federation.allow_no_policy = true;
    CHECK(bench.sts.session(federation, &bench.caller, bench.cancel).error().setting == "session_token");
    StsRequest chained = bench.assume_role();
    chained.set_duration(std::chrono::seconds(3601));
    bench.caller.role_arn = "arn:aws:iam::123456789012:role/first";
    CHECK(bench.sts.session(chained, &bench.caller, bench.cancel).error().setting == "duration");
    bench.caller.session_token = Secret();
    StsRequest scoped(StsAction::get_scoped_credentials);
    scoped.set_duration(std::chrono::seconds(60));
    CHECK(bench.sts.session(scoped, &bench.caller, bench.cancel).error().code == Code::caller_refused);
    CHECK(bench.transport.calls == 0);
    // Of other services' rules nothing is known.
    Bench other("https://sts.example.com/", false);
    other.caller.session_token = Secret("TOKEN");
    other.transport.answer = granted("GetFederationToken");
    CHECK(other.sts.session(federation, &other.caller, other.cancel));
    other.caller.session_token = Secret();
    other.transport.answer = granted("GetScopedCredentials");
    CHECK(other.sts.session(scoped, &other.caller, other.cancel));
}

TEST_CASE("temporary keys that came of no role as far as is known may ask for more than an hour") {
    Bench bench;
    bench.caller.session_token = Secret("TOKEN"); // perhaps of GetSessionToken
    bench.transport.answer = granted("AssumeRole");
    StsRequest request = bench.assume_role();
    request.set_duration(std::chrono::hours(12));
    CHECK(bench.sts.session(request, &bench.caller, bench.cancel));
    CHECK(bench.transport.calls == 1);
    bench.caller.session_arn = "arn:aws:sts::123456789012:assumed-role/first/build";
    CHECK(bench.sts.session(request, &bench.caller, bench.cancel).error().setting == "duration");
    CHECK(bench.transport.calls == 1);
}

namespace {

std::string granted_to(std::string_view arn) {
    std::string answer = granted("AssumeRole");
    return answer.insert(answer.find("</AssumeRoleResult>"),
                         fmt::format("<AssumedRoleUser><Arn>{}</Arn></AssumedRoleUser>", arn));
}

} // namespace

TEST_CASE("a session of another role than was asked for is refused whole") {
    for (const char* arn :
         {"arn:aws:sts::123456789012:assumed-role/admin/build", "arn:aws:sts::210987654321:assumed-role/build/build",
          "arn:aws:sts::123456789012:assumed-role/build/admin/build"}) {
        Bench bench;
        bench.transport.answer = granted_to(arn);
        const auto session = bench.by_role();
        REQUIRE_FALSE(session);
        CHECK(session.error().code == Code::sts_answer_malformed);
        CHECK(session.error().message.find(arn) != std::string::npos);
        CHECK(session.error().stage == "sts/assume-role");
    }
}

TEST_CASE("a session of the role, with its path or without, is taken, and what names none") {
    for (const char* arn : {"arn:aws:sts::123456789012:assumed-role/build/admin",
                            "arn:aws:sts::123456789012:assumed-role/teams/web/build/x", "arn:aws:sts:::user/build",
                            "arn:aws:sts::1:assumed-role/x", "none", ""}) {
        Bench bench;
        bench.transport.answer = granted_to(arn);
        CHECK_MESSAGE(bench.by_role(), arn);
    }
}

namespace {

// Quotes what it was sent.
class Echo : public Recorder {
public:
    Result<Response> send(const Request& request, const Cancel& cancel) override {
        (void)Recorder::send(request, cancel);
        Response response;
        response.status = 403;
        response.body = Secret("<ErrorResponse><Error><Code>AccessDenied</Code><Message>" + header("Authorization") +
                               "</Message></Error></ErrorResponse>");
        return response;
    }
};

} // namespace

TEST_CASE("a signature that the server quotes is in no error") {
    Bench bench;
    Echo echo;
    const Sts sts({echo, bench.memory, bench.random, bench.log},
                  {.url = *Url::parse("https://sts.example.com/"), .signing_region = "eu-central-1"});
    const auto refused = sts.session(bench.assume_role(), &bench.caller, bench.cancel);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("SignedHeaders=content-type;host;x-amz-date") != std::string::npos);
    CHECK(refused.error().message.find("Signature=[secret]") != std::string::npos);
}

TEST_CASE("a service whose clock is wrong changes no other one's") {
    Bench bench;
    bench.transport.answer = granted("AssumeRole");
    bench.transport.answer_headers = {{"date", "Wed, 18 Nov 2026 17:00:00 GMT"}};
    const Sts other({bench.transport, bench.memory, bench.random, bench.log},
                    {.url = *Url::parse("https://sts.example.com/"), .signing_region = "eu-central-1"});
    REQUIRE(other.session(bench.assume_role(), &bench.caller, bench.cancel));
    REQUIRE(other.session(bench.assume_role(), &bench.caller, bench.cancel));
    CHECK(other.clock().now() == bench.clock.time - std::chrono::days(7));
    bench.transport.answer_headers.clear();
    REQUIRE(bench.by_role());
    CHECK(bench.transport.dates ==
          std::vector<std::string>{"20261125T170000Z", "20261118T170000Z", "20261125T170000Z"});
}

TEST_CASE("the clocks of many services are kept, the oldest is forgotten") {
    const MovingClock own;
    ServiceClocks clocks(own);
    const auto first = clocks.at("https://0");
    CHECK(clocks.at("https://0") == first);
    for (int i = 1; i <= 16; ++i)
        clocks.at(fmt::format("https://{}", i));
    CHECK(clocks.at("https://0") != first);
    CHECK(first->now() == own.time); // whoever has it goes on
}

TEST_CASE("a call that was cancelled is not repeated") {
    Bench bench;
    bench.transport.status = 503;
    bench.transport.next = [&](Recorder&) { bench.cancel.now(); };
    CHECK(bench.by_role().error().code == Code::cancelled);
    CHECK(bench.transport.calls == 1);
}

// By the real transport, from a thread of its own. A busy machine may be late once, so the best of some counts.
TEST_CASE("a call ends within 150 ms of its cancellation, while it waits for an answer or for the next attempt") {
    std::atomic<bool> hang = true;
    std::atomic<int> arrived = 0;
    const auto arrive = [&] {
        ++arrived;
        arrived.notify_all();
    };
    LoopbackServer host;
    host.server.Post("/hang", [&](const httplib::Request&, httplib::Response&) {
        arrive();
        hang.wait(true);
    });
    host.server.Post("/slow-down", [&](const httplib::Request&, httplib::Response& response) {
        response.status = 503;
        response.set_header("x-amz-retry-after", "5000");
        arrive();
    });
    host.start();
    struct Release {
        std::atomic<bool>& hang;
        ~Release() {
            hang = false;
            hang.notify_all();
        }
    };
    const Release release{hang};
    for (const char* path : {"/hang", "/slow-down"}) {
        auto best = std::chrono::steady_clock::duration::max();
        for (int i = 0; i < 3; ++i) {
            Bench bench;
            CurlTransport transport({.http_loopback = true}, CurlTransport::Cookies::off, bench.log);
            const Sts sts({transport, bench.memory, bench.random, bench.log},
                          {.url = *Url::parse(host.url(path)), .signing_region = "eu-central-1"});
            arrived = 0;
            std::chrono::steady_clock::time_point cancelled;
            std::thread other([&] {
                arrived.wait(0);
                cancelled = std::chrono::steady_clock::now();
                bench.cancel.now();
            });
            const auto session = sts.session(bench.assume_role(), &bench.caller, bench.cancel);
            const auto ended = std::chrono::steady_clock::now();
            other.join();
            REQUIRE_FALSE(session);
            CHECK(session.error().code == Code::cancelled);
            CHECK(session.error().stage == "sts/assume-role");
            CHECK(arrived == 1);
            best = std::min(best, ended - cancelled);
        }
        CHECK(best < std::chrono::milliseconds(150));
    }
}
