#include "base/arn.h"
#include "base/base64.h"
#include "base/encode.h"
#include "base/text.h"
#include "base/time.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace awsfed;

TEST_CASE("an ARN is read into its parts") {
    const auto arn = Arn::parse(" arn:aws-cn:iam::123456789012:role/team/build\n");
    REQUIRE(arn);
    CHECK(arn->text() == "arn:aws-cn:iam::123456789012:role/team/build");
    CHECK(arn->partition() == "aws-cn");
    CHECK(arn->account() == "123456789012");
    CHECK(arn->resource() == "role/team/build");
    CHECK(arn->name() == "build");
    CHECK(arn->is_role());
    CHECK_FALSE(arn->is_saml_provider());
}

TEST_CASE("ARNs of other services that speak STS are taken: an empty account, the scheme urn") {
    CHECK(Arn::parse("arn:aws:iam:::role/reader")->is_role());
    CHECK(Arn::parse("urn:ecs:iam::ns1:role/reader")->is_role());
}

TEST_CASE("what is no ARN is refused") {
    const std::array<std::string, 8> wrong{"",
                                           "role/build",
                                           "arn:aws:iam::1",
                                           "arn:aws:iam::1:",
                                           "arn:aws:iam::1:role/",
                                           "arn:aws:iam::1:role/a b",
                                           "arn:aws:iam::1:role/\xC3\xA4",
                                           "xrn:aws:iam::1:role/a"};
    for (const std::string& text : wrong) {
        CAPTURE(text);
        const auto arn = Arn::parse(text);
        REQUIRE_FALSE(arn);
        CHECK(arn.error().code == Code::setting_invalid);
    }
    CHECK_FALSE(Arn::parse("arn:aws:iam::1:role/" + std::string(2048, 'a')));
}

TEST_CASE("base64 is read strictly, wrapped lines included") {
    CHECK(base64_decode("Zm9v\r\n YmFy")->reveal() == "foobar");
    CHECK(base64_decode("YQ==")->reveal() == "a");
    CHECK(base64_encode("foob").reveal() == "Zm9vYg==");
    for (const std::string_view wrong :
         {"", "YQ", "YQ=", "Y===", "=YWJ", "YWJ-", "YWJ_", "YR==", "YW==YW==", "YQ==x", "Zm9v\fYmFy"}) {
        CAPTURE(wrong);
        CHECK_FALSE(base64_decode(wrong).has_value());
    }
}

TEST_CASE("UTF-8 is told from what only looks like it") {
    CHECK(is_utf8("p\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80"));
    for (const std::string_view wrong :
         {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80", "\xF8\x88\x80\x80\x80"})
        CHECK_FALSE(is_utf8(wrong));
}

TEST_CASE("text for a message has no control characters, no broken UTF-8 and an end") {
    CHECK(printable("a\x1b[31m\x7f\xC2\x9b\xFF") == "a?[31m???");
    CHECK(printable("abcdef", 3) == "abc...");
    CHECK(printable("\xC3\xA4\xC3\xB6", 2) == "\xC3\xA4\xC3\xB6");
}

TEST_CASE("the nearest name is proposed, and none where none is near") {
    const std::array<std::string_view, 3> names{"role_arn", "region", "user"};
    CHECK(nearest("role_am", names) == "role_arn");
    CHECK(nearest("regoin", names) == "region");
    CHECK(nearest("completely_else", names).empty());
}

TEST_CASE("percent encoding has the two rules that forms and signatures need") {
    CHECK(percent_encoded("a b+c~*/\xC3\xA4", Percent::strict).reveal() == "a%20b%2Bc~%2A%2F%C3%A4");
    CHECK(percent_encoded("a b+c~*/\xC3\xA4", Percent::form).reveal() == "a+b%2Bc%7E*%2F%C3%A4");
}

TEST_CASE("instants are read by the calendar, and written back") {
    CHECK(iso_time(*read_time("2028-02-29T23:59:59.9876Z", ZoneRule::utc_only)) == "2028-02-29T23:59:59Z");
    CHECK(basic_time(*read_time("2026-11-25T18:00:00Z", ZoneRule::utc_only)) == "20261125T180000Z");
    CHECK(iso_time(*read_time("2026-11-25t18:00:00+05:30", ZoneRule::any_offset)) == "2026-11-25T12:30:00Z");
    CHECK(read_time("1970-01-01T00:00:00.5Z", ZoneRule::utc_only)->time_since_epoch().count() == 500);
    CHECK(iso_time(*read_time("0001-01-01T00:00:00.123456789Z", ZoneRule::utc_only)) == "0001-01-01T00:00:00Z");
    CHECK(iso_time(*read_time("9999-12-31T23:59:59.999Z", ZoneRule::utc_only)) == "9999-12-31T23:59:59Z");
    CHECK(iso_time(*read_time("1969-12-31T23:59:59.999Z", ZoneRule::utc_only)) == "1969-12-31T23:59:59Z");
    for (const std::string_view wrong :
         {"2027-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-25T24:00:00Z", "2026-11-25T18:00:60Z",
          "2026-11-25 18:00:00Z", "2026-11-25T18:00:00", "2026-11-25T18:00:00+00:00", "2026-11-25T18:00:00.Z",
          "2026-11-25T18:00:00.1234567890Z", "2026-11-25T18:00:00Zx", ""}) {
        CAPTURE(wrong);
        CHECK_FALSE(read_time(wrong, ZoneRule::utc_only).has_value());
    }
}

TEST_CASE("visible ASCII has no blank, no control character and nothing above") {
    CHECK(is_visible_ascii(""));
    CHECK(is_visible_ascii("!\"#~azAZ09"));
    for (const std::string_view other : {" ", "a b", "\t", "\n", "\x1F", "\x7F", "\x80", "\xFF", "\xC3\xA9"})
        CHECK_FALSE(is_visible_ascii(other));
    CHECK_FALSE(is_visible_ascii(std::string_view("\0", 1)));
    for (std::size_t at = 0; at < 100; ++at) { // wherever it stands
        std::string text(100, 'x');
        CHECK(is_visible_ascii(text));
        text[at] = ' ';
        CHECK_FALSE(is_visible_ascii(text));
    }
}
