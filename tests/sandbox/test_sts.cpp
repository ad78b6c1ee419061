#include "sandbox/play.h"

#include "base/base64.h"

using namespace awsfed;
using namespace awsfed::sandbox;
using namespace std::chrono_literals;

namespace {

// What was signed, with one character of its XML changed.
std::string tampered(const std::string& response, std::string_view from, std::string_view to) {
    std::string xml(base64_decode(response)->reveal());
    const std::size_t at = xml.find(from);
    REQUIRE(at != std::string::npos);
    xml.replace(at, from.size(), to);
    return std::string(base64_encode(xml).reveal());
}

void change_header(Received& request, std::string_view name, std::string_view from, std::string_view to) {
    for (auto& [header, value] : request.headers) {
        if (header != name)
            continue;
        const std::size_t at = value.find(from);
        REQUIRE(at != std::string::npos);
        value.replace(at, from.size(), to);
    }
}

} // namespace

TEST_CASE("a response of the sandbox is traded for a session that then works as a caller") {
    Play play;
    const Answer answer = play.trade(play.response_for("alice"));
    CHECK(answer.status == 200);
    CHECK(inside(answer, "Arn") == "arn:aws:sts::123456789012:assumed-role/build/alice@corp.example");
    CHECK(inside(answer, "Expiration") == "2026-11-25T19:00:00Z");
    CHECK(inside(answer, "Audience") == "https://signin.aws.amazon.com/saml");
    const Answer identity = play.call(Play::keys_in(answer), "GetCallerIdentity");
    CHECK(inside(identity, "Arn") == "arn:aws:sts::123456789012:assumed-role/build/alice@corp.example");
    CHECK(inside(identity, "Account") == "123456789012");
}

TEST_CASE("an assertion that was changed, or signed by a stranger, is refused for its signature") {
    Play play;
    const std::string response = play.response_for("bob", "Battery-Staple-9");
    check_refused(play.trade(tampered(response, "role/reader", "role/build")), "InvalidIdentityToken", "signature");
    check_refused(play.trade(tampered(response, "bob@corp", "eve@corp")), "InvalidIdentityToken", "signature");
    Play strange("[fault wrong_signature]\nnth = 1\n");
    check_refused(strange.trade(strange.response_for("alice")), "InvalidIdentityToken", "not by the key");
    CHECK(strange.trade(strange.response_for("alice")).status == 200);
}

TEST_CASE("an assertion without a signature is refused") {
    Play play;
    std::string xml(base64_decode(play.response_for("alice"))->reveal());
    const std::size_t begin = xml.find("<ds:Signature");
    const std::size_t end = xml.find("</ds:Signature>");
    REQUIRE(end != std::string::npos);
    xml.erase(begin, end + 15 - begin);
    check_refused(play.trade(std::string(base64_encode(xml).reveal())), "InvalidIdentityToken", "is not signed");
}

TEST_CASE("an assertion is good for five minutes") {
    Play play;
    const std::string response = play.response_for("alice");
    play.clock.time += 299s;
    CHECK(play.trade(response).status == 200);
    play.clock.time += 2s;
    check_refused(play.trade(response), "ExpiredTokenException", "2026-11-25T18:00:00Z");
}

TEST_CASE("an assertion that is late, of the future, or for somebody else is refused") {
    Play late("[fault expired]\nvalue = 600\n");
    check_refused(late.trade(late.response_for("alice")), "ExpiredTokenException");
    Play early;
    const std::string response = early.response_for("alice");
    early.clock.time -= 10min;
    check_refused(early.trade(response), "InvalidIdentityToken", "of the future");
    Play audience("[fault wrong_audience]\n");
    check_refused(audience.trade(audience.response_for("alice")), "InvalidIdentityToken", "another party");
    Play recipient("[fault wrong_recipient]\n");
    check_refused(recipient.trade(recipient.response_for("alice")), "InvalidIdentityToken", "posted elsewhere");
}

TEST_CASE("a role that is not offered, unknown or not trusting is denied, and only the journal says which") {
    Play play("[user dora]\npassword = Correct-Horse-7\nroles = deploy\n");
    const std::string response = play.response_for("bob", "Battery-Staple-9");
    check_refused(play.trade(response, {{"RoleArn", build}}), "AccessDenied", "does not offer");
    check_refused(play.trade(play.response_for("dora"), {{"RoleArn", deploy}}), "AccessDenied", "trust does not name");
    check_refused(play.trade(response, {{"PrincipalArn", "arn:aws:iam::123456789012:saml-provider/Other"}}),
                  "InvalidIdentityToken", "PrincipalArn");
}

TEST_CASE("a user without a session name gets no session") {
    Play play("[user carol]\npassword = Correct-Horse-7\nroles = build\nsession_name = none\n");
    check_refused(play.trade(play.response_for("carol")), "InvalidIdentityToken", "RoleSessionName");
}

TEST_CASE("what is no response is refused") {
    Play play;
    check_refused(play.trade("AAAA"), "InvalidIdentityToken");
    check_refused(play.trade("?"), "ValidationError", "between 4 and 100000");
    check_refused(play.trade(std::string(100'001, 'A')), "ValidationError", "between 4 and 100000");
}

TEST_CASE("a session lives as long as was asked, within what the role allows") {
    Play play;
    const std::string response = play.response_for("alice");
    CHECK(inside(play.trade(response, {{"DurationSeconds", "14400"}}), "Expiration") == "2026-11-25T22:00:00Z");
    check_refused(play.trade(response, {{"DurationSeconds", "14401"}}), "ValidationError", "MaxSessionDuration");
    check_refused(play.trade(response, {{"DurationSeconds", "899"}}), "ValidationError",
                  "greater than or equal to 900");
    check_refused(play.trade(response, {{"DurationSeconds", "1h"}}), "MalformedInput", "not a number");

    const TestKeys keys = Play::keys_in(play.trade(response, {{"DurationSeconds", "900"}}));
    play.clock.time += 899s;
    CHECK(play.call(keys, "GetCallerIdentity").status == 200);
    play.clock.time += 1s;
    check_refused(play.call(keys, "GetCallerIdentity"), "ExpiredToken");
}

TEST_CASE("a session policy narrows a session, and the role's own policy still holds") {
    Play play;
    const std::string response = play.response_for("alice");
    const TestKeys all = Play::keys_in(play.trade(response));
    CHECK(play.call(all, "AssumeRole", role(reader)).status == 200);
    CHECK(play.call(all, "AssumeRole", role(deploy)).status == 200);

    const TestKeys narrow = Play::keys_in(play.trade(response, {{"Policy", policy("sts:AssumeRole", reader)}}));
    CHECK(play.call(narrow, "AssumeRole", role(reader)).status == 200);
    check_refused(play.call(narrow, "AssumeRole", role(deploy)), "AccessDenied", "no session policy allows");
    CHECK(play.call(narrow, "GetCallerIdentity").status == 200);

    const TestKeys wide = Play::keys_in(
        play.trade(play.response_for("bob", "Battery-Staple-9"), {{"RoleArn", reader}, {"Policy", policy("*")}}));
    check_refused(play.call(wide, "AssumeRole", role(deploy)), "AccessDenied", "no identity-based policy allows");
    const TestKeys denied = Play::keys_in(play.trade(response, {{"Policy", policy("sts:*", "*", "Deny")}}));
    check_refused(play.call(denied, "AssumeRole", role(reader)), "AccessDenied", "explicit deny in a session policy");
}

TEST_CASE("a session policy that is too long, no JSON or beyond the sandbox is refused") {
    Play play;
    const std::string response = play.response_for("alice");
    const std::string filler(2048 - policy("s3:").size(), 'x');
    CHECK(play.trade(response, {{"Policy", policy("s3:" + filler)}}).status == 200);
    check_refused(play.trade(response, {{"Policy", policy("s3:x" + filler)}}), "ValidationError", "between 1 and 2048");
    check_refused(play.trade(response, {{"Policy", ""}}), "ValidationError", "between 1 and 2048");
    check_refused(play.trade(response, {{"Policy", "{"}}), "MalformedPolicyDocument", "not JSON");
    check_refused(play.trade(response, {{"Policy", R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*",
                                         "Condition":{}}})"}}),
                  "MalformedPolicyDocument", "Condition");
}

TEST_CASE("a parameter that the sandbox does not know, or that comes twice, is refused") {
    Play play;
    const std::string response = play.response_for("alice");
    check_refused(play.trade(response, {{"PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"}}),
                  "ValidationError", "PolicyArns.member.1.arn");
    check_refused(play.trade(response, {{"RoleArn", build}, {"Version", "2010-01-01"}}), "InvalidAction");
    check_refused(play.call(Play::long_term(), "AssumeRoleWithWebIdentity"), "InvalidAction");
    check_refused(
        play.call(Play::long_term(), "GetSessionToken", {{"DurationSeconds", "900"}, {"DurationSeconds", "900"}}),
        "MalformedInput");
    check_refused(play.call(Play::long_term(), "AssumeRole", role(deploy, {{"TransitiveTagKeys.member.1", "Team"}})),
                  "ValidationError", "TransitiveTagKeys.member.1");
    check_refused(play.sts.answer({.method = "GET", .path = "/", .query = "Action=GetCallerIdentity"}),
                  "InvalidAction");
    check_refused(play.sts.answer({.method = "POST", .path = "/", .body = "Action=%ZZ"}), "MalformedInput");
}

TEST_CASE("long-term keys take a role, a federation token and a session token") {
    Play play;
    const Answer assumed = play.call(Play::long_term(), "AssumeRole", role(deploy));
    CHECK(inside(assumed, "Arn") == "arn:aws:sts::123456789012:assumed-role/deploy/ci");
    const Answer federated =
        play.call(Play::long_term(), "GetFederationToken", {{"Name", "build-7"}, {"Policy", policy("s3:*")}});
    CHECK(inside(federated, "Arn") == "arn:aws:sts::123456789012:federated-user/build-7");
    CHECK(inside(federated, "Expiration") == "2026-11-26T06:00:00Z");
    const Answer session = play.call(Play::long_term(), "GetSessionToken");
    CHECK(inside(play.call(Play::keys_in(session), "GetCallerIdentity"), "Arn") == "arn:aws:iam::123456789012:user/ci");
    check_refused(play.call(Play::keys_in(federated), "AssumeRole", role(deploy)), "AccessDenied", "federated user");
    CHECK(play.call(Play::keys_in(session), "AssumeRole", role(deploy)).status == 200);
}

TEST_CASE("temporary keys get neither a federation token nor a session token") {
    Play play;
    const TestKeys keys = Play::keys_in(play.trade(play.response_for("alice")));
    check_refused(play.call(keys, "GetSessionToken"), "AccessDenied", "with session credentials");
    check_refused(play.call(keys, "GetFederationToken", {{"Name", "build-7"}}), "AccessDenied",
                  "with session credentials");
}

TEST_CASE("a role that a role takes lives an hour at most") {
    Play play("[role deploy]\nmax_session = 43200\n");
    const TestKeys keys = Play::keys_in(play.trade(play.response_for("alice")));
    CHECK(play.call(keys, "AssumeRole", role(deploy, {{"DurationSeconds", "3600"}})).status == 200);
    check_refused(play.call(keys, "AssumeRole", role(deploy, {{"DurationSeconds", "3601"}})), "ValidationError",
                  "role chaining");
    CHECK(play.call(Play::long_term(), "AssumeRole", role(deploy, {{"DurationSeconds", "43200"}})).status == 200);
}

TEST_CASE("a role is had only by whom its trust names, and with its external id") {
    Play play("[role vault]\narn = arn:aws:iam::123456789012:role/vault\n"
              "trust = arn:aws:iam::123456789012:user/ci\nexternal_id = 0042\n");
    const char* vault = "arn:aws:iam::123456789012:role/vault";
    CHECK(play.call(Play::long_term(), "AssumeRole", role(vault, {{"ExternalId", "0042"}})).status == 200);
    check_refused(play.call(Play::long_term(), "AssumeRole", role(vault, {{"ExternalId", "42"}})), "AccessDenied",
                  "external id");
    check_refused(play.call(Play::long_term(), "AssumeRole", role(vault)), "AccessDenied", "external id");
    check_refused(play.call(Play::long_term(), "AssumeRole", role(build)), "AccessDenied", "trust does not name");
    check_refused(play.call(Play::long_term(), "AssumeRole", role("arn:aws:iam::123456789012:role/none")),
                  "AccessDenied", "no such role");
    check_refused(play.call(Play::long_term(), "AssumeRole", role("build")), "ValidationError", "build is invalid");
    check_refused(play.call(Play::long_term(), "AssumeRole", {{"RoleArn", deploy}, {"RoleSessionName", "a b"}}),
                  "ValidationError", "roleSessionName");
}

TEST_CASE("a user whom a trust names needs no policy of his own, but a deny still counts") {
    constexpr std::string_view world =
        "[key AKIAOTHEREXAMPLE0000]\nsecret = another-key-of-no-worth\narn = arn:aws:iam::123456789012:user/plain\n{}"
        "[role vault]\narn = arn:aws:iam::123456789012:role/vault\ntrust = arn:aws:iam::123456789012:user/plain\n";
    const TestKeys plain{"AKIAOTHEREXAMPLE0000", "another-key-of-no-worth", ""};
    const char* vault = "arn:aws:iam::123456789012:role/vault";
    Play play(fmt::format(fmt::runtime(world), ""));
    CHECK(play.call(plain, "AssumeRole", role(vault)).status == 200);
    check_refused(play.call(plain, "AssumeRole", role(deploy)), "AccessDenied", "no identity-based policy");
    Play denying(fmt::format(fmt::runtime(world), fmt::format("policy = {}\n", policy("sts:*", "*", "Deny"))));
    check_refused(denying.call(plain, "AssumeRole", role(vault)), "AccessDenied",
                  "explicit deny in an identity-based policy");
}

TEST_CASE("a signature is refused for each thing that may be wrong with it") {
    Play play;
    const TestKeys keys = Play::long_term();
    check_refused(
        play.sts.answer({.method = "POST", .path = "/", .body = "Action=GetCallerIdentity&Version=2011-06-15"}),
        "MissingAuthenticationToken");
    check_refused(play.call({keys.id, "another-secret", ""}, "GetCallerIdentity"), "SignatureDoesNotMatch",
                  "not the one");
    check_refused(play.call({"AKIAUNKNOWNUNKNOWN00", keys.secret, ""}, "GetCallerIdentity"), "InvalidClientTokenId",
                  "not known");
    check_refused(play.call({keys.id, keys.secret, "token"}, "GetCallerIdentity"), "InvalidClientTokenId",
                  "long-term key");
    check_refused(play.sts.answer(play.signed_request(keys, "GetCallerIdentity", {}, "s3")), "SignatureDoesNotMatch",
                  "correct service");

    Received body = play.signed_request(keys, "GetCallerIdentity");
    body.body = "Action=GetSessionToken&Version=2011-06-15";
    check_refused(play.sts.answer(body), "SignatureDoesNotMatch", "not the one");
    Received host = play.signed_request(keys, "GetCallerIdentity");
    change_header(host, "Authorization", "SignedHeaders=host;", "SignedHeaders=");
    check_refused(play.sts.answer(host), "SignatureDoesNotMatch", "'host' must be");
    Received added = play.signed_request(keys, "GetCallerIdentity");
    added.headers.emplace_back("X-Amz-Added", "1");
    check_refused(play.sts.answer(added), "SignatureDoesNotMatch", "X-Amz-Added is not signed");
    Received day = play.signed_request(keys, "GetCallerIdentity");
    change_header(day, "Authorization", "/20261125/", "/20261124/");
    check_refused(play.sts.answer(day), "SignatureDoesNotMatch", "Date in Credential scope");
    Received cut = play.signed_request(keys, "GetCallerIdentity");
    change_header(cut, "Authorization", ", Signature=", ", Sig=");
    check_refused(play.sts.answer(cut), "IncompleteSignature", "'Signature'");
    Received other = play.signed_request(keys, "GetCallerIdentity");
    change_header(other, "Authorization", "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256");
    check_refused(play.sts.answer(other), "IncompleteSignature", "algorithm");
}

TEST_CASE("a session's token must be the one that came with its key") {
    Play play;
    TestKeys keys = Play::keys_in(play.trade(play.response_for("alice")));
    keys.token[0] = keys.token[0] == 'A' ? 'B' : 'A';
    check_refused(play.call(keys, "GetCallerIdentity"), "InvalidClientTokenId", "not that of the key");
    keys.token.clear();
    check_refused(play.call(keys, "GetCallerIdentity"), "InvalidClientTokenId", "not that of the key");
}

TEST_CASE("a signature is good fifteen minutes before and after") {
    Play play;
    const Received request = play.signed_request(Play::long_term(), "GetCallerIdentity");
    const Time then = play.clock.time;
    for (const auto offset : {-15min, 15min}) {
        play.clock.time = then + offset;
        CHECK(play.sts.answer(request).status == 200);
    }
    play.clock.time = then + 15min + 1s;
    check_refused(play.sts.answer(request), "SignatureDoesNotMatch", "Signature expired");
    play.clock.time = then - 15min - 1s;
    check_refused(play.sts.answer(request), "SignatureDoesNotMatch", "not yet current");
}

TEST_CASE("faults of STS hit the calls that they name, and a clock that is off shows in the Date") {
    Play play("[fault sts_throttle]\nnth = 1\n[fault sts_503]\nnth = 2\n[fault clock_skew_s]\nvalue = 1000\nnth = 4\n");
    check_refused(play.call(Play::long_term(), "GetCallerIdentity"), "Throttling", "fault");
    CHECK(play.call(Play::long_term(), "GetCallerIdentity").status == 200);
    check_refused(play.call(Play::long_term(), "GetCallerIdentity"), "ServiceUnavailable", "fault");
    const Answer skewed = play.call(Play::long_term(), "GetCallerIdentity");
    check_refused(skewed, "SignatureDoesNotMatch", "Signature expired");
    CHECK(std::ranges::find(skewed.headers, std::pair<std::string, std::string>(
                                                "Date", "Wed, 25 Nov 2026 18:16:40 GMT")) != skewed.headers.end());
    CHECK(play.call(Play::long_term(), "GetCallerIdentity").status == 200);
}
