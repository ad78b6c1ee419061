#include "sandbox/play.h"

#include "base/base64.h"
#include "sandbox/json_value.h"

using namespace awsfed;
using namespace awsfed::sandbox;
using namespace std::chrono_literals;

namespace {

constexpr const char* action = "GetWebIdentityToken";
constexpr const char* own = "https://sts.amazonaws.com/";

Pairs wanted(Pairs more = {}) {
    more.emplace_back("Audience.member.1", "https://api.example");
    more.emplace_back("SigningAlgorithm", "RS256");
    return more;
}

std::string unpacked(std::string_view base64url) {
    std::string text(base64url);
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    const auto bytes = base64_decode_public(text);
    REQUIRE(bytes);
    return *bytes;
}

JsonValue json_of(std::string_view text) {
    auto value = read_json_value(text);
    REQUIRE(value);
    return *std::move(value);
}

// A token in its parts. Whether its signature is right, tests/sandbox/sts.py asks another library.
struct Token {
    JsonValue head, claims;
    std::string signature;

    std::string claim(std::string_view name) const { return text_in(claims, name); }
    std::string own_claim(std::string_view name) const { return text_in(*claims.member(own), name); }
    static std::string text_in(const JsonValue& object, std::string_view name) {
        const JsonValue* value = object.member(name);
        return value ? value->text : "none";
    }
};
Token token_in(const Answer& answer) {
    const std::string text = inside(answer, "WebIdentityToken");
    const std::size_t first = text.find('.');
    const std::size_t second = text.find('.', first + 1);
    REQUIRE(second != std::string::npos);
    return {.head = json_of(unpacked(text.substr(0, first))),
            .claims = json_of(unpacked(text.substr(first + 1, second - first - 1))),
            .signature = unpacked(text.substr(second + 1))};
}

} // namespace

TEST_CASE("a web identity token says who the caller is, for whom, and how long") {
    Play play;
    const Answer answer = play.call(play.session_of("alice"), action, wanted());
    REQUIRE(answer.status == 200);
    CHECK(inside(answer, "Expiration") == "2026-11-25T18:05:00Z");
    const Token token = token_in(answer);
    CHECK(Token::text_in(token.head, "alg") == "RS256");
    CHECK(token.signature.size() == 256);
    CHECK(token.claim("iss") == "https://127.0.0.1:8444");
    CHECK(token.claim("aud") == "https://api.example");
    CHECK(token.claim("sub") == build);
    CHECK(token.claim("iat") == "1795629600");
    CHECK(token.claim("exp") == "1795629900");
    CHECK(token.claim("jti").size() == 32);
    CHECK(token.claim("scope") == "none");
    CHECK(token.own_claim("aws_account") == "123456789012");
    CHECK(token.own_claim("source_region") == "eu-central-1");
    CHECK(token.own_claim("principal_id") == build);
    CHECK(token.own_claim("subject_mode") == "none");
}

TEST_CASE("a web identity token by ES384 for several, with tags of the request and of the session") {
    Play play;
    const TestKeys tagged = Play::keys_in(
        play.call(Play::long_term(), "AssumeRole",
                  role(deploy, {{"Tags.member.1.Key", "Team"}, {"Tags.member.1.Value", "web \xC3\xBC"}})));
    const Answer answer = play.call(tagged, action,
                                    {{"Audience.member.1", "a\"b"},
                                     {"Audience.member.2", "c"},
                                     {"SigningAlgorithm", "ES384"},
                                     {"DurationSeconds", "3600"},
                                     {"Tags.member.1.Key", "Plan"},
                                     {"Tags.member.1.Value", "WEB-MAIN"}});
    REQUIRE(answer.status == 200);
    const Token token = token_in(answer);
    CHECK(Token::text_in(token.head, "alg") == "ES384");
    CHECK(token.signature.size() == 96);
    REQUIRE(token.claims.member("aud")->items.size() == 2);
    CHECK(token.claims.member("aud")->items[0].text == "a\"b");
    const JsonValue& inner = *token.claims.member(own);
    CHECK(Token::text_in(*inner.member("request_tags"), "Plan") == "WEB-MAIN");
    CHECK(Token::text_in(*inner.member("principal_tags"), "Team") == "web \xC3\xBC");
}

TEST_CASE("a token names the origin where the session has one, and only then has a scope") {
    Play play;
    const TestKeys alice = play.session_of("alice");
    const Token token =
        token_in(play.call(alice, action, wanted({{"SubjectMode", "OriginIdentity"}, {"Scope", "read write"}})));
    CHECK(token.claim("sub") == "E-4711");
    CHECK(token.claim("scope") == "read write");
    CHECK(token.own_claim("subject_mode") == "OriginIdentity");
    CHECK(token.own_claim("principal_id") == build);

    const auto with = [&](const Pairs& more) { return play.call(alice, action, wanted(more)); };
    check_refused(with({{"Scope", "read"}}), "ValidationError", "OriginIdentity and one Audience");
    check_refused(
        with({{"Scope", "read"}, {"SubjectMode", "OriginIdentity"}, {"Audience.member.2", "https://b.example"}}),
        "ValidationError", "OriginIdentity and one Audience");
    for (const char* scope : {" read", "read ", "read  write", "a,b", "a\"b", "a\\b", "\xC3\xBC"})
        check_refused(with({{"SubjectMode", "OriginIdentity"}, {"Scope", scope}}), "ValidationError", "'scope'");
    check_refused(with({{"SubjectMode", "OriginIdentity"}, {"Scope", "a A a"}}), "ValidationError", "twice");
    for (const std::string& scope : {std::string(), std::string(257, 'a')})
        check_refused(with({{"SubjectMode", "OriginIdentity"}, {"Scope", scope}}), "ValidationError", "1 and 256");
    check_refused(play.call(Play::long_term(), action, wanted({{"SubjectMode", "OriginIdentity"}})), "ValidationError",
                  "no aws:OriginIdentity/Subject");
}

TEST_CASE("what GetWebIdentityToken takes has the limits of the service model") {
    Play play;
    const auto call = [&](const Pairs& fields) { return play.call(Play::long_term(), action, fields); };
    check_refused(call({{"SigningAlgorithm", "RS256"}}), "ValidationError", "'audience'");
    check_refused(call({{"Audience.member.1", ""}, {"SigningAlgorithm", "RS256"}}), "ValidationError", "1 to 1000");
    check_refused(call({{"Audience.member.1", std::string(1001, 'a')}, {"SigningAlgorithm", "RS256"}}),
                  "ValidationError", "1 to 1000");
    Pairs eleven{{"SigningAlgorithm", "RS256"}};
    for (int n = 1; n <= 11; ++n)
        eleven.emplace_back(fmt::format("Audience.member.{}", n), fmt::format("https://{}.example", n));
    check_refused(call(eleven), "ValidationError", "'audience'");
    eleven.pop_back();
    CHECK(call(eleven).status == 200);
    check_refused(call({{"Audience.member.1", "a"}}), "ValidationError", "'signingAlgorithm'");
    check_refused(call({{"Audience.member.1", "a"}, {"SigningAlgorithm", "HS256"}}), "ValidationError", "RS256, ES384");
    check_refused(call(wanted({{"DurationSeconds", "59"}})), "ValidationError", "equal to 60");
    check_refused(call(wanted({{"DurationSeconds", "3601"}})), "ValidationError", "equal to 3600");
    check_refused(call(wanted({{"SubjectMode", "Other"}})), "ValidationError", "'subjectMode'");
    check_refused(call(wanted({{"Tags.member.1.Key", "a;"}, {"Tags.member.1.Value", ""}})), "ValidationError", "a key");
    check_refused(call(wanted({{"MinimumSessionTokenSize", "0"}})), "ValidationError", "MinimumSessionTokenSize");
}

TEST_CASE("a web identity token is given where the account has it on, to who may") {
    Play off("[key AKIASTRANGEREXAMPLE0]\nsecret = another-key-of-no-worth\narn = arn:aws:iam::333333333333:user/x\n"
             "policy = {\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}}\n");
    check_refused(off.call({"AKIASTRANGEREXAMPLE0", "another-key-of-no-worth", ""}, action, wanted()),
                  "OutboundWebIdentityFederationDisabledException", "not enabled");
    Play switched("[account 123456789012]\nweb_identity_tokens = false\n");
    const Answer refused = switched.call(Play::long_term(), action, wanted());
    check_refused(refused, "OutboundWebIdentityFederationDisabledException");
    CHECK(refused.status == 403);

    Play play;
    const TestKeys bounded = play.session_of("alice", {{"Policy", policy("sts:GetWebIdentityToken")}});
    CHECK(play.call(bounded, action, wanted()).status == 200);
    check_refused(play.call(bounded, action, wanted({{"Tags.member.1.Key", "a"}, {"Tags.member.1.Value", "b"}})),
                  "AccessDenied", "sts:TagGetWebIdentityToken");
    check_refused(play.call(bounded, action, wanted({{"SubjectMode", "OriginIdentity"}, {"Scope", "read"}})),
                  "AccessDenied", "sts:SetWebIdentityTokenScope");
    const TestKeys none = play.session_of("alice", {{"Policy", policy("s3:*")}});
    check_refused(play.call(none, action, wanted()), "AccessDenied", "no session policy allows");
}

TEST_CASE("a web identity token does not outlive the session") {
    Play play;
    const TestKeys keys = play.session_of("alice", {{"DurationSeconds", "900"}});
    CHECK(play.call(keys, action, wanted({{"DurationSeconds", "900"}})).status == 200);
    const Answer refused = play.call(keys, action, wanted({{"DurationSeconds", "901"}}));
    check_refused(refused, "SessionDurationEscalationException", "2026-11-25T18:15:00Z");
    CHECK(refused.status == 403);
    play.clock.time += 11min;
    check_refused(play.call(keys, action, wanted()), "SessionDurationEscalationException");
}

TEST_CASE("a web identity token has its limit of size") {
    Play play;
    Pairs tags;
    for (int n = 1; n <= 50; ++n) {
        tags.emplace_back(fmt::format("Tags.member.{}.Key", n), fmt::format("Key{}", n));
        tags.emplace_back(fmt::format("Tags.member.{}.Value", n), std::string(n <= 45 ? 256 : 1, 'x'));
    }
    CHECK(play.call(Play::long_term(), action, wanted(tags)).status == 200);
    for (auto& [name, value] : tags) {
        if (name.ends_with(".Value"))
            value = std::string(256, 'x');
    }
    for (int n = 0; n < 10; ++n)
        tags.emplace_back(fmt::format("Audience.member.{}", n + 2), std::string(1000, 'a'));
    tags.pop_back();
    check_refused(play.call(Play::long_term(), action, wanted(tags)), "JWTPayloadSizeExceededException",
                  "14000 are the most");
}

TEST_CASE("the issuer tells where its keys are, and the keys are the tokens'") {
    Play play;
    const auto get = [&](const char* path) {
        return play.sts.answer({.method = "GET", .path = path, .headers = {{"Host", "127.0.0.1:8444"}}});
    };
    const JsonValue issuer = json_of(get("/.well-known/openid-configuration").body);
    CHECK(issuer.member("issuer")->text == "https://127.0.0.1:8444");
    CHECK(issuer.member("jwks_uri")->text == "https://127.0.0.1:8444/.well-known/jwks.json");
    const Answer answer = get("/.well-known/jwks.json");
    CHECK(answer.type == "application/json");
    const JsonValue keys = json_of(answer.body);
    REQUIRE(keys.member("keys")->items.size() == 2);
    const Token token = token_in(play.call(Play::long_term(), action, wanted()));
    CHECK(Token::text_in(token.head, "kid") == keys.member("keys")->items[0].member("kid")->text);
    CHECK(unpacked(keys.member("keys")->items[0].member("n")->text).size() == 256);
    CHECK(unpacked(keys.member("keys")->items[1].member("x")->text).size() == 48);
    CHECK(answer.body.find("\"d\"") == std::string::npos);
    check_refused(get("/.well-known/other"), "InvalidAction");
}
