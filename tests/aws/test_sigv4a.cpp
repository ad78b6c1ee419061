#include "aws/sigv4a.h"

#include "base/hash.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace awsfed;

namespace {

const SigningKeys keys{"AKIDAWSFED", "short", ""};
const std::vector<HeaderView> host_only{{"Host", "harbour.example"}};
const RequestToSign listing{"GET", "/", "list-type=2", host_only, ""};

SigningScopeV4a scope(std::string_view region_set = "us-east-1") {
    return {region_set, "s3", *read_time("2027-01-01T00:00:00Z", ZoneRule::utc_only)};
}

// Raw bytes of what our own signatures have: lower-case digits.
std::string bytes_of_hex(std::string_view text) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        bytes += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
    return bytes;
}

bool is_good(const Signature& signature) {
    const P256Key::Point point = signing_key_v4a(keys.access_key_id, keys.secret_access_key).public_point();
    return p256_verifies(point, signature.string_to_sign, bytes_of_hex(signature.hex));
}

} // namespace

// The point is that of an independent program; the vectors have more of them.
TEST_CASE("a key id and a secret stand for a key of the curve") {
    const P256Key::Point point = signing_key_v4a("AKIDAWSFED", "short").public_point();
    CHECK(hex(point.x) == "ca555c0f76fca848d3704da7a6724d5ee65ef012a500857f4764a67d4dc48013");
    CHECK(hex(point.y) == "0176d54816f68207432fe581fe42a5e4bca7698e626abf83f236866362e83965");
    CHECK(signing_key_v4a("AKIDAWSFED2", "short").public_point().x != point.x);
    CHECK(signing_key_v4a("AKIDAWSFED", "shorter").public_point().x != point.x);
}

TEST_CASE("a request is signed for a set of regions, which the scope does not name") {
    const auto signature = sign_headers_v4a(listing, keys, scope("us-east-1,eu-*"));
    REQUIRE(signature);
    CHECK(signature->signature.string_to_sign.starts_with(
        "AWS4-ECDSA-P256-SHA256\n20270101T000000Z\n20270101/s3/aws4_request\n"));
    CHECK(signature->signature.canonical_request.reveal().find("\nx-amz-region-set:us-east-1,eu-*\n") !=
          std::string_view::npos);
    REQUIRE(signature->headers.size() == 2);
    CHECK(signature->headers[0] == std::pair<std::string, std::string>("X-Amz-Date", "20270101T000000Z"));
    CHECK(signature->headers[1] == std::pair<std::string, std::string>("X-Amz-Region-Set", "us-east-1,eu-*"));
    CHECK(signature->secret_headers.back().second.reveal().starts_with(
        "AWS4-ECDSA-P256-SHA256 Credential=AKIDAWSFED/20270101/s3/aws4_request, "
        "SignedHeaders=host;x-amz-date;x-amz-region-set, Signature=30"));
    CHECK(is_good(signature->signature));
}

TEST_CASE("a set of regions that the caller brings along is not signed a second time") {
    const std::vector<HeaderView> headers{{"Host", "harbour.example"}, {"x-amz-region-set", "*"}};
    const auto signature = sign_headers_v4a({"GET", "/", "", headers, ""}, keys, scope());
    REQUIRE(signature);
    CHECK(signature->signature.canonical_request.reveal().find("\nx-amz-region-set:us-east-1\n") !=
          std::string_view::npos);
}

TEST_CASE("a session token is signed, or stands outside where that is asked") {
    SigningKeys session = keys;
    session.session_token = "a+b==";
    const auto inside = sign_query_v4a(listing, session, scope(), std::chrono::seconds(60));
    REQUIRE(inside);
    CHECK(inside->signature.canonical_request.reveal().find("&X-Amz-Security-Token=a%2Bb%3D%3D&") !=
          std::string_view::npos);
    const auto outside =
        sign_query_v4a(listing, session, scope(), std::chrono::seconds(60), {.token_after_signing = true});
    REQUIRE(outside);
    CHECK(outside->signature.canonical_request.reveal().find("Token") == std::string_view::npos);
    CHECK(outside->query.reveal().find("&X-Amz-Security-Token=a%2Bb%3D%3D&X-Amz-Signature=30") !=
          std::string_view::npos);
}

TEST_CASE("a URL has the set of regions and its signature, and lives as long as one of SigV4") {
    const auto signature = sign_query_v4a(listing, keys, scope("*"), std::chrono::seconds(60));
    REQUIRE(signature);
    CHECK(signature->query.reveal().starts_with("list-type=2&X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&"));
    CHECK(signature->query.reveal().find("&X-Amz-Region-Set=%2A&X-Amz-Signature=30") != std::string_view::npos);
    CHECK(is_good(signature->signature));
    for (const int seconds : {0, 604'801})
        CHECK(sign_query_v4a(listing, keys, scope(), std::chrono::seconds(seconds)).error().code == Code::usage);
}

TEST_CASE("a set of regions that is none is refused, and so is what SigV4 refuses") {
    for (const std::string_view set : {"", ",", "us-east-1,", ",us-east-1", "us east", "a/b", "a\nb"}) {
        CAPTURE(set);
        const auto signature = sign_headers_v4a(listing, keys, scope(set));
        REQUIRE_FALSE(signature);
        CHECK(signature.error().code == Code::setting_invalid);
        CHECK(signature.error().setting == (set.empty() ? "region" : "region_set"));
    }
    CHECK(sign_headers_v4a(listing, {"AKID", "s\n", ""}, scope()).error().setting == "secret_access_key");
    CHECK(sign_headers_v4a({"GET", "/", "", {}, ""}, keys, scope()).error().code == Code::usage);
}
