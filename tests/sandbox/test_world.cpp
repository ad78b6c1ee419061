#include "sandbox/world.h"

#include <doctest/doctest.h>

using namespace awsfed;
using namespace awsfed::sandbox;

namespace {

constexpr std::string_view provider = "[provider ADFS]\narn = arn:aws:iam::123456789012:saml-provider/ADFS\n";

void check_refused(std::string_view text, std::string_view words, Code code = Code::config_malformed) {
    const auto world = read_world(fmt::format("{}{}", provider, text));
    INFO(text);
    REQUIRE_FALSE(world);
    CHECK(world.error().code == code);
    INFO(world.error().message);
    CHECK(world.error().message.find(words) != std::string::npos);
}

} // namespace

TEST_CASE("the built-in world is readable, and has what the guide says") {
    const auto world = read_world(default_world());
    REQUIRE(world);
    REQUIRE(world->user("alice"));
    CHECK(world->user("ALICE") == world->user("alice"));
    CHECK(world->user("alice")->roles.size() == 2);
    REQUIRE(world->role("arn:aws:iam::123456789012:role/build"));
    CHECK(world->role("arn:aws:iam::123456789012:role/build")->max_session == std::chrono::hours(4));
    CHECK(world->key("AKIASANDBOXEXAMPLE00") != nullptr);
    REQUIRE(world->account("123456789012"));
    CHECK(world->account("123456789012")->web_identity_tokens);
    REQUIRE(world->account("210987654321"));
    CHECK(world->account("210987654321")->managers == std::vector<std::string>{"123456789012"});
    CHECK_FALSE(world->account("210987654321")->web_identity_tokens);
    REQUIRE(world->trade_in("trade-in-token-of-no-worth"));
    CHECK_FALSE(world->trade_in("trade-in-token-of-no-worth")->expired);
    CHECK(world->trade_in("trade-in-token-of-yesterday")->expired);
    CHECK(world->trade_in("another") == nullptr);
    CHECK(world->faults.empty());
    CHECK(world->provider.idp_initiated);
}

TEST_CASE("faults say which requests they hit") {
    const auto world = read_world(fmt::format("{}{}", provider, R"(
[fault sts_throttle]
nth = 2-3
[fault late]
kind = slow_ms
value = 250
nth = 4-
[fault clock_skew_s]
value = -1000
)"));
    REQUIRE(world);
    REQUIRE(world->faults.size() == 3);
    CHECK(world->faults[0].first == 2);
    CHECK(world->faults[0].last == 3);
    CHECK(world->faults[1].kind == FaultKind::slow_ms);
    CHECK(world->faults[1].value == 250);
    CHECK(world->faults[1].last == ~0U);
    CHECK(world->faults[2].value == -1000);
}

TEST_CASE("a typing error in the world is refused, and what was meant is named") {
    check_refused("[user alice]\npasword = x\n", "did you mean password?");
    check_refused("[usr alice]\npassword = x\n", "no sections of the type \"usr\"");
    check_refused("[user alice]\nroles = build\n", "the property password is missing");
    check_refused("[user alice]\npassword = x\nroles = build\n", "no section [role build]");
    check_refused("[user alice]\npassword = x\nstate = locked\n", "active, disabled or must-change");
    check_refused("[fault sts_trottle]\n", "there are idp_503");
    check_refused("[fault sts_throttle]\nvalue = 3\n", "takes no value");
    check_refused("[fault expired]\n", "needs a value");
    check_refused("[fault slow_ms]\nvalue = -1\n", "must be a number");
    check_refused("[fault sts_503]\nnth = 0\n", "number of a request");
    check_refused("[fault sts_503]\nnth = 3-2\n", "number of a request");
    check_refused("[role a]\narn = arn:aws:iam::123456789012:user/a\n", "not that of a role");
    check_refused("[role a]\narn = arn:aws:iam::123456789012:role/a\nmax_session = 60\n", "max_session must be");
    check_refused("[key AKIA]\nsecret = s\narn = arn:aws:iam::123456789012:role/a\n", "not that of a user");
    check_refused("[account 12345]\n", "an account has 12 digits");
    check_refused("[account 123456789012]\nmanagers = production\n", "is not an account of 12 digits");
    check_refused("[account 123456789012]\nweb_identity_tokens = yes\n", "must be true or false");
    check_refused("[trade_in t]\nrole = build\n", "the property token is missing");
    check_refused("[trade_in t]\ntoken = x\nrole = build\n", "no section [role build]");
    check_refused("[role a]\narn = arn:aws:iam::123456789012:role/a\n[trade_in t]\ntoken = x\nrole = a\nstate = old\n",
                  "state must be valid or expired");
    check_refused(
        "[role a]\narn = arn:aws:iam::123456789012:role/a\n[trade_in t]\ntoken = x\nrole = a\nduration = 60\n",
        "duration must be 900 to 43200 seconds");
    check_refused("[provider second]\narn = arn:aws:iam::123456789012:saml-provider/B\n",
                  "one section [provider NAME]");
}

TEST_CASE("a policy of the world with a condition is refused when it is read") {
    check_refused("[role a]\narn = arn:aws:iam::123456789012:role/a\npolicy = {\"Statement\": {\"Effect\": \"Allow\",\n"
                  "  \"Action\": \"*\", \"Resource\": \"*\", \"Condition\": {}}}\n",
                  "[role a]: The policy is wrong at line 2: the sandbox does not judge a Condition",
                  Code::policy_malformed);
}

TEST_CASE("no message about a world has a password or key in it") {
    const auto world = read_world(fmt::format("{}[user alice]\npassword = Correct-Horse-7\nrole = x\n", provider));
    REQUIRE_FALSE(world);
    CHECK(world.error().message.find("Correct-Horse-7") == std::string::npos);
    const auto traded = read_world(fmt::format("{}[trade_in t]\ntoken = Correct-Horse-7\nrole = x\n", provider));
    REQUIRE_FALSE(traded);
    CHECK(traded.error().message.find("Correct-Horse-7") == std::string::npos);
}
