#include "idp/totp.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

namespace {

Result<Totp> read(std::string_view text) { return Totp::read(Secret(text)); }

std::string code_at(const Totp& totp, std::int64_t seconds) {
    return std::string(totp.code_of(totp.step_at(Time(std::chrono::seconds(seconds)))).reveal());
}

} // namespace

// RFC 6238, appendix B: its secrets are the ASCII digits 1234567890, repeated up to the size of the hash.
TEST_CASE("codes are those of RFC 6238") {
    const auto sha1 = read("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8");
    const auto sha256 = read("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA&digits=8"
                             "&algorithm=SHA256");
    const auto sha512 = read("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                             "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA&digits=8&algorithm=SHA512");
    REQUIRE(sha1);
    REQUIRE(sha256);
    REQUIRE(sha512);
    CHECK(code_at(*sha1, 59) == "94287082");
    CHECK(code_at(*sha256, 59) == "46119246");
    CHECK(code_at(*sha512, 59) == "90693936");
    CHECK(code_at(*sha1, 1111111109) == "07081804");
    CHECK(code_at(*sha256, 1111111109) == "68084774");
    CHECK(code_at(*sha512, 1111111109) == "25091201");
    CHECK(code_at(*sha1, 20000000000) == "65353130");
}

TEST_CASE("a bare secret has six digits each thirty seconds, whatever its blanks and its case") {
    const auto totp = read(" gezd gnbv-gy3t qojq GEZD GNBV GY3T QOJQ ");
    REQUIRE(totp);
    CHECK(code_at(*totp, 59) == "287082");
    CHECK(totp->begin_of(2) == Time(std::chrono::seconds(60)));
}

TEST_CASE("an address may have another period") {
    const auto totp =
        read("OTPAUTH://totp/ACME:alice@corp.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ACME&period=60");
    REQUIRE(totp);
    CHECK(totp->step_at(Time(std::chrono::seconds(119))) == 1);
}

TEST_CASE("what is no secret of an app is refused, and not shown") {
    for (const std::string_view text :
         {"", "GEZDGNBV", "GEZDGNBVGY3TQOJ1", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ=A",
          "otpauth://hotp/a?secret=GEZDGNBVGY3TQOJQ", "otpauth://totp/a",
          "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&digits=9", "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&period=0",
          "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&period=x", "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&algorithm=MD5",
          "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&secret=GEZDGNBVGY3TQOJQ", "GEZDGNBVGY3TQOJQG"}) {
        CAPTURE(text);
        const auto totp = read(text);
        REQUIRE_FALSE(totp);
        CHECK(totp.error().code == Code::setting_invalid);
        CHECK(totp.error().setting == "totp_secret");
        CHECK((text.empty() || totp.error().message.find(text) == std::string::npos));
    }
}
