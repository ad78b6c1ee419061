// What a server that never comes to an end can have: so many pages, so much time, and no code twice.
#include "idp/adfs_connector.h"

#include "base/text.h"
#include "idp/page_factor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace awsfed;

namespace {

const std::string farm = "https://sts.example";
const std::string partner = "https://sts.partner.example";
const Log silent;
const Cancel never;

class TestClock : public Clock {
public:
    Time now() const override { return now_; }
    void pass(std::chrono::milliseconds time) { now_ += time; }

private:
    Time now_ = *read_time("2026-11-24T16:00:00Z", ZoneRule::utc_only);
};

const SystemRandom system_random;

std::string password_form() {
    return R"(<form method="post" id="loginForm"><input name="UserName" type="email"><input name="Password" type="password">)"
           R"(<input type="hidden" name="AuthMethod" value="FormsAuthentication"></form>)";
}

// `fields`: beside what says that it is a second factor.
std::string factor_form(const std::string& method, const std::string& fields) {
    return R"(<form method="post"><input type="hidden" name="AuthMethod" value=")" + method +
           R"("><input type="hidden" name="Context" value="C1">)" + fields + "</form>";
}

std::string token_form() {
    return R"(<form method="post" action=")" + farm +
           R"(/adfs/ls/"><input type="hidden" name="wresult" value="TOKEN"></form>)";
}

Response page(const std::string& html) {
    Response response;
    response.status = 200;
    response.headers = {{"content-type", "text/html; charset=utf-8"}};
    response.body = Secret(html);
    return response;
}

Response redirect(const std::string& where) {
    Response response;
    response.status = 302;
    response.headers = {{"location", where}};
    return response;
}

using Server = std::function<Response(const Request&)>;

class TestTransport : public Transport {
public:
    TestTransport(const Server& server, int& requests) : server_(server), requests_(requests) {}
    Result<Response> send(const Request& request, const Cancel&) override {
        if (++requests_ > 500)
            return fail(Code::internal, "It would go on for ever.");
        return server_(request);
    }

private:
    const Server& server_;
    int& requests_;
};

struct Walked {
    Code end{};
    int requests = 0;
    std::chrono::milliseconds waited{};
    std::vector<std::string> asked; // each has the answer "123456", or the first that it offers
};

// `clock_goes`: whether what is waited is time by the machine's clock, which somebody may set back all the time.
Walked walk(const Server& server, bool clock_goes = true, const std::string& factor_method = "") {
    Walked walked;
    TestClock clock;
    const Sources sources{clock, system_random};
    SignInTerms terms{.start = *Url::parse(farm), .origins = {farm, partner}};
    terms.answers.emplace_back("user", Secret("alice@corp.example"));
    terms.answers.emplace_back("password", Secret("hunter2"));
    Conversation talk(std::move(terms), std::make_unique<TestTransport>(server, walked.requests), silent, nullptr,
                      sources);
    AdfsTerms adfs;
    adfs.factor_method = factor_method;
    const AdfsConnector connector(adfs);
    while (true) {
        talk.rewind(never);
        const auto response = connector.sign_in(talk);
        REQUIRE_FALSE(response);
        walked.end = response.error().code;
        if (walked.end == Code::asked) {
            const Question& question = *talk.open_question();
            walked.asked.push_back(question.name);
            talk.answer(Secret(question.choices.empty() ? "123456" : question.choices.front()));
        } else if (walked.end == Code::pending) {
            walked.waited += talk.waits_for()->pause;
            if (clock_goes)
                clock.pass(talk.waits_for()->pause);
            talk.waited();
        } else {
            return walked;
        }
    }
}

} // namespace

TEST_CASE("pages count, also behind a second factor that was waited for") {
    bool is_asked = false;
    const Walked walked = walk([&](const Request& request) {
        const bool at_partner = request.url.origin() == partner;
        if (!at_partner && request.method == "GET")
            return page(password_form());
        if (!at_partner)
            return redirect(partner + "/adfs/ls/");
        return std::exchange(is_asked, true) ? page(token_form()) : page(factor_form("AzureMfaAuthentication", ""));
    });
    CHECK(walked.end == Code::sign_in_endless);
    CHECK(walked.requests < 60);
}

TEST_CASE("who waits for a second factor gives up, whatever becomes of the machine's clock") {
    const Walked walked = walk(
        [&](const Request& request) {
            return page(request.method == "GET" ? password_form() : factor_form("AzureMfaAuthentication", ""));
        },
        false);
    CHECK(walked.end == Code::second_factor_timeout);
    CHECK(walked.waited >= std::chrono::seconds(58));
    CHECK(walked.waited <= std::chrono::seconds(62));
}

TEST_CASE("a field has one code, also where the method begins anew in between") {
    int pages = 0;
    const Walked walked = walk([&](const Request& request) {
        if (request.method == "GET")
            return page(password_form());
        return page(factor_form("SecurIDv2Authentication",
                                pages++ % 2 == 0 ? "" : R"(<input name="Passcode" type="password">)"));
    });
    CHECK(walked.end == Code::second_factor_refused);
    CHECK(walked.asked == std::vector<std::string>{"passcode"});
}

TEST_CASE("the code of the method that was chosen goes to no other one") {
    const std::string options = R"-(<form method="post" id="options"><input type="hidden" name="AuthMethod"></form>)-"
                                R"-(<a onclick="SelectOption('AzureMfaAuthentication')">a</a>)-"
                                R"-(<a onclick="SelectOption('VIPAuthenticationProviderUPN')">b</a>)-";
    for (const std::string wish : {"AzureMfaAuthentication", ""}) {
        CAPTURE(wish);
        int pages = 0;
        const Walked walked = walk(
            [&](const Request& request) {
                if (request.method == "GET")
                    return page(password_form());
                return pages++ == 0 ? page(options)
                                    : page(factor_form("VIPAuthenticationProviderUPN",
                                                       R"(<input name="security_code" type="text">)"));
            },
            true, wish);
        CHECK(walked.end == Code::second_factor_demanded);
        CHECK(std::ranges::count(walked.asked, "passcode") == 0);
    }
}

TEST_CASE("a method whose name would write to a terminal is not on offer") {
    const std::string options =
        "<form method=\"post\" id=\"options\"><input type=\"hidden\" name=\"AuthMethod\"></form>"
        "<a onclick=\"SelectOption('One')\">a</a><a onclick=\"SelectOption('Two\x1b[2J')\">b</a>";
    const Page read = *read_page(options, "text/html");
    for (const std::string& method : methods_on_offer(read))
        CHECK(method == printable(method));
}

TEST_CASE("who is shown the same large page again and again has an end before the memory has") {
    const std::string padding(1'000'000, 'x');
    const Walked walked = walk(
        [&](const Request& request) {
            return page(request.method == "GET" ? password_form()
                                                : factor_form("AzureMfaAuthentication", "") + padding);
        },
        false);
    CHECK(walked.end == Code::second_factor_timeout);
    const Walked larger = walk(
        [&](const Request& request) {
            return page(request.method == "GET" ? password_form()
                                                : factor_form("AzureMfaAuthentication", "") + padding + padding + "x");
        },
        false);
    CHECK(larger.end == Code::answer_too_large);
}

TEST_CASE("a code is not sent where its field is there twice") {
    const Walked walked = walk([&](const Request& request) {
        return page(request.method == "GET"
                        ? password_form()
                        : factor_form("AzureMfaAuthentication",
                                      R"(<input name="VerificationCode" type="text">)"
                                      R"(<input name="VerificationCode" type="hidden" value="1">)"));
    });
    CHECK(walked.end == Code::second_factor_demanded);
    CHECK(walked.asked.empty());
}
