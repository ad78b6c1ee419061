#include "sandbox/play.h"

using namespace awsfed;
using namespace awsfed::sandbox;
using namespace std::chrono_literals;

namespace {

constexpr const char* action = "GetScopedCredentials";

} // namespace

TEST_CASE("a scoped session is the caller's own, and may do what both allow") {
    Play play;
    const TestKeys wide = play.session_of("alice");
    const Answer answer = play.call(wide, action, {{"Policy", policy("sts:AssumeRole", reader)}});
    REQUIRE(answer.status == 200);
    CHECK(inside(answer, "Arn") == "arn:aws:sts::123456789012:assumed-role/build/alice@corp.example");
    CHECK(inside(answer, "ScopedSessionId").ends_with(":alice@corp.example"));
    CHECK(inside(answer, "Expiration") == "2026-11-25T19:00:00Z");
    CHECK(inside(answer, "ScopedPoliciesCount") == "1");
    CHECK(inside(answer, "SessionTokenSize") == "348");
    CHECK(inside(answer, "SessionTokenUtilization") == "8");

    const TestKeys narrow = Play::keys_in(answer);
    CHECK(inside(play.call(narrow, "GetCallerIdentity"), "Arn") == inside(answer, "Arn"));
    CHECK(play.call(narrow, "AssumeRole", role(reader)).status == 200);
    check_refused(play.call(narrow, "AssumeRole", role(deploy)), "AccessDenied", "no session policy allows");
    CHECK(play.call(wide, "AssumeRole", role(deploy)).status == 200);
}

TEST_CASE("a scope grants nothing that the session did not have") {
    Play play;
    const TestKeys bounded = play.session_of("alice", {{"Policy", policy("sts:AssumeRole", reader)}});
    const TestKeys scoped = Play::keys_in(play.call(bounded, action, {{"Policy", policy("*")}}));
    CHECK(play.call(scoped, "AssumeRole", role(reader)).status == 200);
    check_refused(play.call(scoped, "AssumeRole", role(deploy)), "AccessDenied", "no session policy allows");

    const TestKeys federated = Play::keys_in(play.call(Play::long_term(), "GetFederationToken", {{"Name", "nobody"}}));
    const TestKeys still_nobody = Play::keys_in(play.call(federated, action, {{"Policy", policy("*")}}));
    check_refused(play.call(still_nobody, "GetAccessKeyInfo", {{"AccessKeyId", federated.id}}), "AccessDenied");

    const TestKeys denied = Play::keys_in(play.call(
        play.session_of("alice"), action, {{"Policy", R"({"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
                        {"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*"}]})"}}));
    check_refused(play.call(denied, "AssumeRole", role(reader)), "AccessDenied", "explicit deny in a session policy");
}

TEST_CASE("scopes add up to three, and a duration alone is none") {
    Play play;
    TestKeys keys = play.session_of("alice");
    for (const char* const count : {"1", "2", "3"}) {
        const Answer answer = play.call(keys, action, {{"Policy", policy("sts:*")}});
        CHECK(inside(answer, "ScopedPoliciesCount") == count);
        keys = Play::keys_in(answer);
    }
    check_refused(play.call(keys, action, {{"Policy", policy("sts:*")}}), "AccessDenied", "3 scope-down policies");
    CHECK(inside(play.call(keys, action, {{"DurationSeconds", "60"}}), "ScopedPoliciesCount") == "3");
}

TEST_CASE("a scoped session ends with its parent at the latest") {
    Play play;
    const TestKeys parent = play.session_of("alice", {{"DurationSeconds", "900"}});
    CHECK(inside(play.call(parent, action, {{"DurationSeconds", "1"}}), "Expiration") == "2026-11-25T18:00:01Z");
    CHECK(inside(play.call(parent, action, {{"DurationSeconds", "900"}}), "Expiration") == "2026-11-25T18:15:00Z");
    check_refused(play.call(parent, action, {{"DurationSeconds", "901"}}), "InsufficientSessionLifetime",
                  "2026-11-25T18:15:00Z");
    const TestKeys child = Play::keys_in(play.call(parent, action, {{"DurationSeconds", "60"}}));
    play.clock.time += 59s;
    check_refused(play.call(child, action, {{"DurationSeconds", "2"}}), "InsufficientSessionLifetime");
    CHECK(inside(play.call(child, action, {{"Policy", policy("*")}}), "Expiration") == "2026-11-25T18:01:00Z");
    play.clock.time += 1s;
    check_refused(play.call(child, "GetCallerIdentity"), "ExpiredToken");
    CHECK(play.call(parent, "GetCallerIdentity").status == 200);
}

TEST_CASE("long-term keys are not scoped, but the session that GetSessionToken makes of them is") {
    Play play;
    check_refused(play.call(Play::long_term(), action, {{"DurationSeconds", "900"}}), "InvalidSubjectCredentials",
                  "long-term keys");
    const TestKeys session = Play::keys_in(play.call(Play::long_term(), "GetSessionToken"));
    const Answer answer = play.call(session, action, {{"Policy", policy("sts:AssumeRole", deploy)}});
    CHECK(inside(answer, "Arn") == "arn:aws:iam::123456789012:user/ci");
    CHECK(play.call(Play::keys_in(answer), "AssumeRole", role(deploy)).status == 200);
}

TEST_CASE("what GetScopedCredentials takes has the limits of the service model") {
    Play play;
    const TestKeys keys = play.session_of("alice");
    check_refused(play.call(keys, action), "ValidationError", "Either Policy or DurationSeconds");
    check_refused(play.call(keys, action, {{"DurationSeconds", "0"}}), "ValidationError", "than or equal to 1");
    check_refused(play.call(keys, action, {{"DurationSeconds", "129601"}}), "ValidationError", "equal to 129600");
    check_refused(play.call(keys, action, {{"Policy", "{"}}), "MalformedPolicyDocument", "not JSON");
    check_refused(play.call(keys, action, {{"Policy", std::string(2049, ' ')}}), "ValidationError", "2048");
    check_refused(play.call(keys, action, {{"Policy", policy("*")}, {"PolicyArns.member.1.arn", "arn:x"}}),
                  "ValidationError", "PolicyArns.member.1.arn");

    const auto described = [&](const std::string& text) {
        return play.call(keys, action, {{"DurationSeconds", "60"}, {"ScopedSessionDescription", text}});
    };
    CHECK(described("nightly build, für \xC3\xBF").status == 200);
    for (const std::string& text : {std::string("x"), std::string(257, 'x'), std::string("a\x01"), std::string("a\x7F"),
                                    std::string("a\xC2\xA0"), std::string("\xC4\x80zz")})
        check_refused(described(text), "ValidationError");
}
