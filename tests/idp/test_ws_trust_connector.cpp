#include "idp/ws_trust_connector.h"

#include "base/base64.h"
#include "document.h"
#include "saml/assertion.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <vector>

using namespace awsfed;

namespace {

struct Exchanged {
    Request request;
    std::string body;
};

// Answers in order, and keeps what it was asked. Without an answer the connection breaks.
class ScriptedTransport : public Transport {
public:
    ScriptedTransport(std::deque<std::pair<int, std::string>> answers, std::vector<Exchanged>& seen)
        : answers_(std::move(answers)), seen_(seen) {}

    Result<Response> send(const Request& request, const Cancel&) override {
        Request copy{.method = request.method, .url = request.url, .headers = request.headers, .once = request.once};
        seen_.push_back({std::move(copy), std::string(request.body.reveal())});
        if (answers_.empty())
            return fail(Code::network_failed, "The connection broke.");
        Response answer{.status = answers_.front().first, .body = Secret(answers_.front().second)};
        answers_.pop_front();
        return answer;
    }

private:
    std::deque<std::pair<int, std::string>> answers_;
    std::vector<Exchanged>& seen_;
};

class Gate : public AttemptGate {
public:
    void accepted() override {}
    Result<void> begin(std::string_view user, const Secret& password, const Cancel&) override {
        begun.emplace_back(std::string(user) + " " + std::string(password.reveal()));
        return refuses ? Result<void>(fail(Code::attempts_spent, "Too many.")) : Result<void>();
    }
    std::vector<std::string> begun;
    bool refuses = false;
};

// One sign-in, run as often as it takes, and once more for good measure.
struct SignedIn {
    std::vector<Exchanged> seen;
    Gate gate;

    Result<Secret> run(std::deque<std::pair<int, std::string>> answers, std::string_view password = "hunter2",
                       std::string_view user = "alice") {
        SignInTerms terms{.start = *Url::parse("https://sts.example/")};
        terms.origins = {"https://sts.example"};
        terms.answers.emplace_back("user", Secret(user));
        terms.answers.emplace_back("password", Secret(password));
        const Log silent;
        const Cancel never;
        Conversation talk(std::move(terms), std::make_unique<ScriptedTransport>(std::move(answers), seen), silent,
                          &gate);
        AdfsTerms adfs;
        adfs.method = AdfsMethod::ws_trust;
        adfs.default_domain = "CORP";
        const WsTrustConnector connector(std::move(adfs));
        talk.rewind(never);
        auto first = connector.sign_in(talk);
        talk.rewind(never);
        auto second = connector.sign_in(talk);
        REQUIRE(first.has_value() == second.has_value());
        if (first)
            CHECK(first->equals(second->reveal()));
        return first;
    }

    std::string method_and_path(std::size_t i) const {
        return seen.at(i).request.method + " " + seen.at(i).request.url.path();
    }
    bool said_password(std::string_view password = "hunter2") const {
        return std::ranges::any_of(seen,
                                   [&](const Exchanged& one) { return one.body.find(password) != one.body.npos; });
    }
};

std::string nested(int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i)
        text += "<x>";
    for (int i = 0; i < depth; ++i)
        text += "</x>";
    return text;
}

std::string header(const Exchanged& one, std::string_view name) {
    for (const auto& [key, value] : one.request.headers) {
        if (key == name)
            return value;
    }
    return {};
}

} // namespace

TEST_CASE("metadata, one message, and the assertion unaltered in a response of ours") {
    const std::string answer = document("token_13.xml");
    SignedIn sign_in;
    const auto response = sign_in.run({{200, document("mex.xml")}, {200, answer}});
    REQUIRE(response);
    REQUIRE(sign_in.seen.size() == 2);
    CHECK(sign_in.method_and_path(0) == "GET /adfs/services/trust/mex");
    CHECK(sign_in.method_and_path(1) == "POST /adfs/services/trust/13/usernamemixed");
    CHECK(header(sign_in.seen[1], "Content-Type") == "application/soap+xml; charset=utf-8");
    CHECK(sign_in.seen[1].request.once);
    CHECK(sign_in.seen[1].body.find("<o:Username>CORP\\alice</o:Username>") != std::string::npos);
    CHECK(sign_in.gate.begun == std::vector<std::string>{"alice hunter2"});

    const auto xml = base64_decode_public(response->reveal());
    REQUIRE(xml);
    const std::size_t begin = answer.find("<Assertion"), end = answer.find("</Assertion>") + 12;
    CHECK(xml->find(answer.substr(begin, end - begin) + "</samlp:Response>") != std::string::npos);
    const auto assertion = read_assertion(response->reveal());
    REQUIRE(assertion);
    CHECK(assertion->issuer == "http://sts.harbour.test/adfs/services/trust");
}

TEST_CASE("an encrypted assertion is handed on as it is") {
    SignedIn sign_in;
    const auto response = sign_in.run({{200, document("mex_2005.xml")}, {200, document("token_encrypted.xml")}});
    REQUIRE(response);
    CHECK(sign_in.method_and_path(1) == "POST /adfs/services/trust/2005/usernamemixed");
    const auto assertion = read_assertion(response->reveal());
    REQUIRE(assertion);
    CHECK(assertion->encrypted);
}

TEST_CASE("where the ledger says no, no password is sent") {
    SignedIn sign_in;
    sign_in.gate.refuses = true;
    const auto response = sign_in.run({{200, document("mex.xml")}, {200, document("token_13.xml")}});
    REQUIRE_FALSE(response);
    CHECK(response.error().code == Code::attempts_spent);
    CHECK(sign_in.seen.size() == 1);
    CHECK_FALSE(sign_in.said_password());
}

TEST_CASE("without an endpoint no password is sent, and no attempt counted") {
    for (const auto& [status, body, code] : std::vector<std::tuple<int, std::string, Code>>{
             {404, "", Code::ws_trust_absent},
             {503, "<html>Service Unavailable</html>", Code::ws_trust_absent},
             {200, document("mex_none.xml"), Code::ws_trust_absent},
             {200, document("mex_elsewhere.xml"), Code::origin_refused},
             {200, "<html><body>Welcome</body></html>", Code::not_idp},
             {200, document("token_13.xml"), Code::not_idp},
             {200, "", Code::not_idp},
             {302, "", Code::not_idp},
             {500, "", Code::service_failed},
             {403, "<html>Request Rejected</html>", Code::http_status}}) {
        CAPTURE(status);
        SignedIn sign_in;
        const auto response = sign_in.run({{status, body}, {200, document("token_13.xml")}});
        REQUIRE_FALSE(response);
        CHECK(row_of(response.error().code).text == row_of(code).text);
        CHECK(response.error().stage == "adfs/ws-trust/metadata");
        CHECK(sign_in.seen.size() == 1);
        CHECK(sign_in.gate.begun.empty());
    }
}

TEST_CASE("whatever is answered to the password, it is not sent again") {
    for (const auto& [status, body, code] : std::vector<std::tuple<int, std::string, Code>>{
             {500, document("fault_refused.xml"), Code::credentials_refused},
             {500, document("fault_denied.xml"), Code::idp_denied},
             {200, document("fault_refused.xml"), Code::credentials_refused},
             {400, document("fault_relying_party.xml"), Code::relying_party_unknown},
             {500, document("fault_other.xml"), Code::idp_error},
             {200, document("token_saml11.xml"), Code::response_malformed},
             {500, document("token_13.xml"), Code::service_failed},
             {503, "", Code::service_failed},
             {500, "<html>Runtime Error</html>", Code::service_failed},
             {404, "", Code::http_status},
             {415, "", Code::http_status},
             {302, "", Code::not_idp},
             {200, "<html><body>Welcome</body></html>", Code::not_idp},
             {200, "<!DOCTYPE x>" + document("token_13.xml"), Code::not_idp},
             {200, document("mex.xml"), Code::not_idp},
             {200, replaced(document("token_13.xml"), "<s:Header>", nested(100) + "<s:Header>"), Code::not_idp},
             {200, replaced(document("token_13.xml"), "<s:Header>", std::string(3'000'000, ' ') + "<s:Header>"),
              Code::not_idp},
             {200, "", Code::not_idp}}) {
        CAPTURE(status);
        CAPTURE(body.substr(0, 40));
        SignedIn sign_in;
        const auto response =
            sign_in.run({{200, document("mex.xml")}, {status, body}, {200, document("token_13.xml")}});
        REQUIRE_FALSE(response);
        CHECK(row_of(response.error().code).text == row_of(code).text);
        CHECK(response.error().http == (code == Code::response_malformed ? 0 : status));
        CHECK(response.error().retry_after_ms == -1);
        CHECK(response.error().stage == "adfs/ws-trust/token");
        CHECK(sign_in.seen.size() == 2);
        CHECK(sign_in.gate.begun.size() == 1);
    }
}

TEST_CASE("a connection that breaks behind the password is no reason to send it again") {
    SignedIn sign_in;
    const auto response = sign_in.run({{200, document("mex.xml")}});
    REQUIRE_FALSE(response);
    CHECK(response.error().code == Code::network_failed);
    CHECK(response.error().retry_after_ms == -1);
    CHECK(response.error().advice.find("attempt") != std::string::npos);
    CHECK(sign_in.seen.size() == 2);
}

TEST_CASE("what XML cannot carry is refused before anything is sent") {
    for (const std::string& password : {std::string("a\x01"), std::string("a\0b", 3), std::string("\x1F"),
                                        std::string("\xFF\xFE"), std::string("\xEF\xBF\xBF")}) {
        SignedIn sign_in;
        const auto response = sign_in.run({{200, document("mex.xml")}, {200, document("token_13.xml")}}, password);
        REQUIRE_FALSE(response);
        CHECK(response.error().code == Code::setting_invalid);
        CHECK(response.error().setting == "password");
        CHECK(sign_in.seen.empty());
        CHECK(sign_in.gate.begun.empty());
    }
    SignedIn sign_in;
    const auto response = sign_in.run({}, "x", "al\x07ice");
    REQUIRE_FALSE(response);
    CHECK(response.error().setting == "user");
    CHECK(sign_in.seen.empty());
}

TEST_CASE("an answer that is mutated anywhere is an error or the same assertion, and never a crash") {
    const std::string answer = document("token_13.xml");
    const auto clean = SignedIn().run({{200, document("mex.xml")}, {200, answer}});
    REQUIRE(clean);
    for (std::size_t at = 0; at < answer.size(); at += 11) {
        std::string mutated = answer;
        mutated[at] = at % 2 == 0 ? '<' : '"';
        (void)SignedIn().run({{200, document("mex.xml")}, {200, mutated}});
        (void)SignedIn().run({{200, document("mex.xml")}, {200, answer.substr(0, at)}});
    }
}
