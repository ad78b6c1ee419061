#include "http/date.h"

#include <doctest/doctest.h>

using namespace awsfed;

TEST_CASE("an HTTP date is read in each of its three forms") {
    for (const std::string_view text :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
        CAPTURE(text);
        const auto time = read_http_date(text);
        REQUIRE(time);
        CHECK(iso_time(*time) == "1994-11-06T08:49:37Z");
    }
    CHECK(iso_time(*read_http_date("Sat, 31 Dec 2016 23:59:60 GMT")) == "2017-01-01T00:00:00Z"); // a leap second
    CHECK(iso_time(*read_http_date("Tue, 29 Feb 2028 00:00:00 GMT")) == "2028-02-29T00:00:00Z");
}

TEST_CASE("what is no HTTP date is not read") {
    for (const std::string_view wrong :
         {"", "1994", "06 Nov", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49:37.5 GMT",
          "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nox 1994 08:49:37 GMT",
          "Thu, 01 Jan 1970 00:00:00 GMT", "Wed, 31 Dec 1969 23:59:59 GMT"}) {
        CAPTURE(wrong);
        CHECK_FALSE(read_http_date(wrong).has_value());
    }
}
