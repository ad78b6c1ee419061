#include "sandbox/play.h"

using namespace awsfed;
using namespace awsfed::sandbox;
using namespace std::chrono_literals;

namespace {

constexpr const char* audit = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials";
// A user whose account is no manager.
constexpr const char* stranger_world =
    "[key AKIASTRANGEREXAMPLE0]\nsecret = another-key-of-no-worth\narn = arn:aws:iam::333333333333:user/x\n"
    "policy = {\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}}\n";
const TestKeys stranger{"AKIASTRANGEREXAMPLE0", "another-key-of-no-worth", ""}; // NOLINT(cert-err58-cpp): a test

Pairs root(const std::string& target, const std::string& task = audit, Pairs more = {}) {
    more.emplace_back("TargetPrincipal", target);
    more.emplace_back("TaskPolicyArn.arn", task);
    return more;
}

Pairs tag(const std::string& key, const std::string& value) {
    return {{"Tags.member.1.Key", key}, {"Tags.member.1.Value", value}};
}

} // namespace

TEST_CASE("a manager takes the root of a member account for each of AWS's tasks") {
    Play play;
    for (const char* task : {"IAMAuditRootUserCredentials", "IAMCreateRootUserPassword", "IAMDeleteRootUserCredentials",
                             "S3UnlockBucketPolicy", "SQSUnlockQueuePolicy"}) {
        const Answer answer =
            play.call(Play::long_term(), "AssumeRoot",
                      root("210987654321", fmt::format("arn:aws:iam::aws:policy/root-task/{}", task)));
        INFO(task);
        CHECK(answer.status == 200);
        CHECK(inside(answer, "Expiration") == "2026-11-25T18:15:00Z");
        CHECK(inside(answer, "SessionTokenSize") == "348");
        CHECK(inside(play.call(Play::keys_in(answer), "GetCallerIdentity"), "Arn") ==
              "arn:aws:sts::210987654321:assumed-root");
    }
    CHECK(play.call(Play::long_term(), "AssumeRoot", root("arn:aws:iam::210987654321:root")).status == 200);
}

TEST_CASE("a root session may do nothing at this service") {
    Play play("[role vault]\narn = arn:aws:iam::210987654321:role/vault\ntrust = arn:aws:iam::210987654321:root\n");
    const TestKeys keys = Play::keys_in(play.call(Play::long_term(), "AssumeRoot", root("210987654321")));
    check_refused(play.call(keys, "AssumeRole", role("arn:aws:iam::210987654321:role/vault")), "AccessDenied",
                  "no session policy allows");
    check_refused(play.call(keys, "AssumeRoot", root("210987654321")), "AccessDenied");
    check_refused(play.call(keys, "GetSessionToken"), "AccessDenied", "with session credentials");
}

TEST_CASE("the root of a member account is had by a manager only, who has the permission") {
    Play play(stranger_world);
    check_refused(play.call(stranger, "AssumeRoot", root("210987654321")), "AccessDenied", "none of the managers");
    check_refused(play.call(Play::long_term(), "AssumeRoot", root("999999999999")), "AccessDenied", "no such member");
    check_refused(play.call(Play::long_term(), "AssumeRoot", root("123456789012")), "AccessDenied",
                  "none of the managers");
    check_refused(play.call(play.session_of("alice"), "AssumeRoot", root("210987654321")), "AccessDenied",
                  "no identity-based policy allows the sts:AssumeRoot");
}

TEST_CASE("what AssumeRoot takes has the limits of the service model") {
    Play play;
    const auto call = [&](const Pairs& fields) { return play.call(Play::long_term(), "AssumeRoot", fields); };
    check_refused(call({{"TaskPolicyArn.arn", audit}}), "ValidationError", "'TargetPrincipal'");
    check_refused(call(root("21098765432")), "ValidationError", "between 12 and 2048");
    check_refused(call(root("arn:aws:iam::210987654321:user/root")), "ValidationError", "not the root");
    check_refused(call(root("arn:aws-cn:iam::210987654321:root")), "ValidationError", "not the root");
    check_refused(call({{"TargetPrincipal", "210987654321"}}), "ValidationError", "'TaskPolicyArn.arn'");
    check_refused(call(root("210987654321", "arn:aws:iam::aws:policy/ReadOnlyAccess")), "ValidationError",
                  "none of the policies");
    check_refused(call(root("210987654321", "arn:aws:iam::aws:policy/root-task/Other")), "ValidationError",
                  "none of the policies");
    check_refused(call(root("210987654321", audit, {{"DurationSeconds", "901"}})), "ValidationError", "equal to 900");
    check_refused(call(root("210987654321", audit, {{"DurationSeconds", "-1"}})), "ValidationError", "equal to 0");
    check_refused(call(root("210987654321", audit, {{"Policy", policy("*")}})), "ValidationError", "Policy");
    const Answer at_once = call(root("210987654321", audit, {{"DurationSeconds", "0"}}));
    CHECK(inside(at_once, "Expiration") == "2026-11-25T18:00:00Z");
    check_refused(play.call(Play::keys_in(at_once), "GetCallerIdentity"), "ExpiredToken");
}

TEST_CASE("a trade-in token is traded for a session of its role") {
    Play play("[trade_in short]\ntoken = another-trade-in-token\nrole = build\nduration = 900\n");
    const Answer answer =
        play.call(Play::long_term(), "GetDelegatedAccessToken", {{"TradeInToken", "trade-in-token-of-no-worth"}});
    CHECK(answer.status == 200);
    CHECK(inside(answer, "AssumedPrincipal") == "arn:aws:sts::123456789012:assumed-role/reader/maintenance");
    CHECK(inside(answer, "Expiration") == "2026-11-25T19:00:00Z");
    CHECK(inside(play.call(Play::keys_in(answer), "GetCallerIdentity"), "Arn") == inside(answer, "AssumedPrincipal"));
    check_refused(play.call(Play::keys_in(answer), "AssumeRole", role(deploy)), "AccessDenied", "no identity-based");

    const Answer brief =
        play.call(Play::long_term(), "GetDelegatedAccessToken", {{"TradeInToken", "another-trade-in-token"}});
    CHECK(inside(brief, "Expiration") == "2026-11-25T18:15:00Z");
    CHECK(play.call(Play::keys_in(brief), "AssumeRole", role(deploy)).status == 200);
}

TEST_CASE("a trade-in token that expired, is unknown or missing is refused, as is who may not trade") {
    Play play;
    const auto call = [&](const TestKeys& keys, const Pairs& fields) {
        return play.call(keys, "GetDelegatedAccessToken", fields);
    };
    check_refused(call(Play::long_term(), {{"TradeInToken", "trade-in-token-of-yesterday"}}),
                  "ExpiredTradeInTokenException", "has expired");
    check_refused(call(Play::long_term(), {{"TradeInToken", "trade-in-token"}}), "AccessDenied", "no such trade-in");
    check_refused(call(Play::long_term(), {}), "ValidationError", "'tradeInToken'");
    check_refused(call(Play::long_term(), {{"TradeInToken", "x"}, {"DurationSeconds", "900"}}), "ValidationError",
                  "DurationSeconds");
    check_refused(call(play.session_of("alice"), {{"TradeInToken", "trade-in-token-of-no-worth"}}), "AccessDenied",
                  "no identity-based policy allows the sts:GetDelegatedAccessToken");
}

TEST_CASE("session tags need the permission, and have AWS's limits") {
    Play play;
    CHECK(play.call(Play::long_term(), "AssumeRole", role(deploy, tag("Plan", "WEB-MAIN"))).status == 200);
    CHECK(play.call(Play::long_term(), "GetFederationToken",
                    {{"Name", "nightly"}, {"Tags.member.1.Key", "Plan"}, {"Tags.member.1.Value", ""}})
              .status == 200);
    check_refused(play.call(play.session_of("alice"), "AssumeRole", role(deploy, tag("Plan", "WEB-MAIN"))),
                  "AccessDenied", "no identity-based policy allows the sts:TagSession");

    const auto tagged = [&](const Pairs& tags) {
        return play.call(Play::long_term(), "AssumeRole", role(deploy, tags));
    };
    check_refused(tagged(tag("", "x")), "ValidationError", "a key that AWS does not take");
    check_refused(tagged(tag("Plan", "a;b")), "ValidationError", "a value that AWS does not take");
    check_refused(tagged(tag("aws:plan", "x")), "ValidationError", "keeps for itself");
    check_refused(tagged({{"Tags.member.1.Key", "Plan"}}), "ValidationError", "a Key and a Value");
    Pairs tags = tag("Plan", "a");
    tags.emplace_back("Tags.member.2.Key", "plan");
    tags.emplace_back("Tags.member.2.Value", "b");
    check_refused(tagged(tags), "ValidationError", "twice");
    Pairs many;
    for (int n = 1; n <= 51; ++n) {
        many.emplace_back(fmt::format("Tags.member.{}.Key", n), fmt::format("Key{}", n));
        many.emplace_back(fmt::format("Tags.member.{}.Value", n), "x");
    }
    check_refused(tagged(many), "ValidationError", "51 session tags");
    many.resize(100);
    CHECK(tagged(many).status == 200);
    check_refused(tagged({{"Tags.member.2.Key", "Plan"}, {"Tags.member.2.Value", "x"}}), "MalformedInput", "a gap");
    check_refused(tagged({{"Tags.member.01.Key", "Plan"}, {"Tags.member.01.Value", "x"}}), "ValidationError",
                  "Tags.member.01.Key");
}
