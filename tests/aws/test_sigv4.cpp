#include "aws/sigv4.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace awsfed;

namespace {

const SigningKeys keys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
const std::vector<HeaderView> host_only{{"Host", "sts.us-east-1.amazonaws.com"}};
const RequestToSign identity_query{"GET", "/", "Action=GetCallerIdentity&Version=2011-06-15", host_only, ""};

SigningScope scope(std::string_view time = "2015-08-30T12:36:00Z") {
    return {"us-east-1", "sts", *read_time(time, ZoneRule::utc_only)};
}

std::string header_of(const HeaderSignature& signature, std::string_view name) {
    for (const auto& [header, value] : signature.headers) {
        if (header == name)
            return value;
    }
    for (const auto& [header, value] : signature.secret_headers) {
        if (header == name)
            return std::string(value.reveal());
    }
    return "none";
}

} // namespace

// The figures are those of the case gci-min of the vectors, on which three other signers agree.
TEST_CASE("a POST is signed as other signers sign it") {
    const std::vector<HeaderView> headers{{"Host", "sts.us-east-1.amazonaws.com"},
                                          {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    const auto signature =
        sign_headers({"POST", "/", "", headers, "Action=GetCallerIdentity&Version=2011-06-15"}, keys, scope());
    REQUIRE(signature);
    CHECK(signature->signature.hex == "52a8540fea00e731072179f763577cbe2a45eac2c5d32fb4d785f3eefac88165");
    CHECK(header_of(*signature, "X-Amz-Date") == "20150830T123600Z");
    CHECK(header_of(*signature, "X-Amz-Security-Token") == "none");
    CHECK(header_of(*signature, "Authorization") ==
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request, "
          "SignedHeaders=content-type;host;x-amz-date, "
          "Signature=52a8540fea00e731072179f763577cbe2a45eac2c5d32fb4d785f3eefac88165");
}

TEST_CASE("a session token is a signed header, and stands outside only where that is asked") {
    SigningKeys session = keys;
    session.session_token = "TOKEN==";
    const auto inside = sign_headers(identity_query, session, scope());
    REQUIRE(inside);
    CHECK(header_of(*inside, "X-Amz-Security-Token") == "TOKEN==");
    CHECK(header_of(*inside, "Authorization").find("SignedHeaders=host;x-amz-date;x-amz-security-token,") !=
          std::string::npos);
    const auto outside = sign_headers(identity_query, session, scope(), {.token_after_signing = true});
    REQUIRE(outside);
    CHECK(header_of(*outside, "X-Amz-Security-Token") == "TOKEN==");
    CHECK(header_of(*outside, "Authorization").find("SignedHeaders=host;x-amz-date,") != std::string::npos);
}

TEST_CASE("the signer's own headers and those of the way are not signed a second time") {
    const std::vector<HeaderView> headers{{"Host", "h"},
                                          {"x-amz-date", "19700101T000000Z"},
                                          {"X-Amz-Security-Token", "old"},
                                          {"Expect", "100-continue"},
                                          {"User-Agent", "a"}};
    const auto signature = sign_headers({"GET", "/", "", headers, ""}, keys, scope());
    REQUIRE(signature);
    CHECK(header_of(*signature, "Authorization").find("SignedHeaders=host;x-amz-date,") != std::string::npos);
    CHECK(signature->signature.canonical_request.reveal().find("1970") == std::string_view::npos);
}

TEST_CASE("the body's hash can be sent, and can be replaced") {
    const auto sent = sign_headers(identity_query, keys, scope(), {.add_body_hash = true});
    REQUIRE(sent);
    CHECK(header_of(*sent, "X-Amz-Content-Sha256") ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    const auto replaced = sign_headers(identity_query, keys, scope(), {.body_hash = "UNSIGNED-PAYLOAD"});
    REQUIRE(replaced);
    CHECK(replaced->signature.canonical_request.reveal().ends_with("\nUNSIGNED-PAYLOAD"));
}

TEST_CASE("a signature is good for its day and its second") {
    const auto last = sign_headers(identity_query, keys, scope("2015-12-31T23:59:59Z"));
    const auto first = sign_headers(identity_query, keys, scope("2016-01-01T00:00:00Z"));
    REQUIRE(last);
    REQUIRE(first);
    CHECK(last->signature.string_to_sign.find("\n20151231/us-east-1/sts/aws4_request\n") != std::string::npos);
    CHECK(first->signature.string_to_sign.find("\n20160101/us-east-1/sts/aws4_request\n") != std::string::npos);
    CHECK(last->signature.hex != first->signature.hex);
}

TEST_CASE("a cache of keys changes no signature") {
    SigningKeyCache cache;
    const auto plain = sign_headers(identity_query, keys, scope());
    REQUIRE(plain);
    for (int i = 0; i < 2; ++i) {
        const auto cached = sign_headers(identity_query, keys, scope(), {}, &cache);
        REQUIRE(cached);
        CHECK(cached->signature.hex == plain->signature.hex);
    }
    const auto other = sign_headers(identity_query, {"AKIDEXAMPLE", "another", ""}, scope(), {}, &cache);
    REQUIRE(other);
    CHECK(other->signature.hex != plain->signature.hex);
    const auto lifetime = std::chrono::seconds(60);
    CHECK(sign_query(identity_query, keys, scope(), lifetime, {}, &cache)->signature.hex ==
          sign_query(identity_query, keys, scope(), lifetime)->signature.hex);
}

TEST_CASE("a presigned URL has its signature as the last parameter, and the token encoded") {
    SigningKeys session = keys;
    session.session_token = "a+b/c==";
    const auto url = presigned_url("https://sts.us-east-1.amazonaws.com", identity_query, session, scope(),
                                   std::chrono::seconds(60));
    REQUIRE(url);
    const std::string text(url->reveal());
    CHECK(text.starts_with(
        "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm="));
    CHECK(
        text.find("&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Security-Token=a%2Bb%2Fc%3D%3D&X-Amz-Signature=") !=
        std::string::npos);
    CHECK(text.size() - text.find("X-Amz-Signature=") == 16 + 64);
}

TEST_CASE("a presigned URL lives a second to seven days, no less and no more") {
    CHECK(sign_query(identity_query, keys, scope(), std::chrono::seconds(1)));
    CHECK(sign_query(identity_query, keys, scope(), std::chrono::seconds(604'800)));
    for (const int seconds : {0, -1, 604'801}) {
        const auto signature = sign_query(identity_query, keys, scope(), std::chrono::seconds(seconds));
        REQUIRE_FALSE(signature);
        CHECK(signature.error().code == Code::usage);
    }
}

TEST_CASE("a key with a line end or a blank is refused before AWS calls it an incomplete signature") {
    for (const std::string_view secret : {"secret\n", " secret", "sec\tret", "secr\xC3\xA9t"}) {
        const auto signature = sign_headers(identity_query, {"AKIDEXAMPLE", secret, ""}, scope());
        REQUIRE_FALSE(signature);
        CHECK(signature.error().code == Code::setting_invalid);
        CHECK(signature.error().setting == "secret_access_key");
        CHECK(signature.error().message.find("secr\xC3\xA9t") == std::string::npos);
        CHECK(signature.error().advice.find("line end") != std::string::npos);
    }
    CHECK(sign_headers(identity_query, {"AKID\r", "s", ""}, scope()).error().setting == "access_key_id");
    CHECK(sign_headers(identity_query, {"AKID", "s", "t\n"}, scope()).error().setting == "session_token");
}

TEST_CASE("a missing key is refused, and named") {
    const auto signature = sign_headers(identity_query, {"", "s", ""}, scope());
    REQUIRE_FALSE(signature);
    CHECK(signature.error().code == Code::setting_missing);
    CHECK(signature.error().setting == "access_key_id");
}

TEST_CASE("a region that would break the scope is refused") {
    for (const std::string_view region : {"", "us-east-1/sts", "us east", "a,b", "a\nb"}) {
        const auto signature = sign_headers(identity_query, keys, {region, "sts", scope().time});
        REQUIRE_FALSE(signature);
        CHECK(signature.error().code == Code::setting_invalid);
        CHECK(signature.error().setting == "region");
    }
}

TEST_CASE("a request without Host or method, or with a header name that is none, is a defect of the caller") {
    CHECK(sign_headers({"GET", "/", "", {}, ""}, keys, scope()).error().code == Code::usage);
    CHECK(sign_headers({"", "/", "", host_only, ""}, keys, scope()).error().code == Code::usage);
    const std::vector<HeaderView> split{{"Host", "h"}, {"A:b\nC", "d"}};
    CHECK(sign_headers({"GET", "/", "", split, ""}, keys, scope()).error().code == Code::usage);
}
