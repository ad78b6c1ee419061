#include "aws/canonical_request.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace awsfed;

namespace {

std::string query_of(std::string_view query) { return std::string(canonical_query(query).reveal()); }

} // namespace

TEST_CASE("a path is normalised, and its escapes are escaped once more") {
    CHECK(canonical_path("/", {}) == "/");
    CHECK(canonical_path("", {}) == "/");
    CHECK(canonical_path("/a%20b/", {}) == "/a%2520b/");
    CHECK(canonical_path("//example//", {}) == "/example/");
    CHECK(canonical_path("/./example", {}) == "/example");
    CHECK(canonical_path("/example/..", {}) == "/");
    CHECK(canonical_path("/a/../../b", {}) == "/b");
    CHECK(canonical_path("/a/b/.", {}) == "/a/b/");
    CHECK(canonical_path("/a b/$delete@x", {}) == "/a%20b/%24delete%40x");
    CHECK(canonical_path("/%2F", {}) == "/%252F");
}

TEST_CASE("a path of S3 is left as it is, and encoded once") {
    const PathRule s3{.normalise = false, .encode_again = false};
    CHECK(canonical_path("//a/../b%20c", s3) == "//a/../b%20c");
    CHECK(canonical_path("/a%2bb", s3) == "/a%2Bb");
}

TEST_CASE("a query is sorted by name, then by value, with one kind of escape") {
    CHECK(query_of("").empty());
    CHECK(query_of("Version=2&Action=x") == "Action=x&Version=2");
    CHECK(query_of("Param-3=3&Param=2") == "Param=2&Param-3=3");
    CHECK(query_of("a=2&a=1&A=0") == "A=0&a=1&a=2");
    CHECK(query_of("a&b=&=c&&") == "=c&a=&b=");
    CHECK(query_of("a=b=c") == "a=b%3Dc");
    CHECK(query_of("a=%2f%E1%88%b4") == "a=%2F%E1%88%B4");
    CHECK(query_of("a=100%") == "a=100%25");
    CHECK(query_of("a=%zz%4") == "a=%25zz%254");
}

TEST_CASE("a plus sign in a query is a plus sign, not a blank") { CHECK(query_of("c+d=e+f") == "c%2Bd=e%2Bf"); }

TEST_CASE("headers are sorted in lower case, trimmed, and joined where a name comes again") {
    const std::vector<HeaderView> headers{
        {"Zz-Z", "1"},     {"X-A_b", "2"}, {"X-A-B", "  a   b  "},     {"x-a", "\"a   b\""},
        {"X-A", "second"}, {"Empty", ""},  {"Folded", "1\r\n  2\n\t3"}};
    const CanonicalHeaders canonical = canonical_headers(headers);
    CHECK(canonical.names == "empty;folded;x-a;x-a-b;x-a_b;zz-z");
    CHECK(canonical_request({"GET", "/", "", canonical, "hash"}).reveal() ==
          "GET\n/\n\nempty:\nfolded:1 2 3\nx-a:\"a b\",second\nx-a-b:a b\nx-a_b:2\nzz-z:1\n\n"
          "empty;folded;x-a;x-a-b;x-a_b;zz-z\nhash");
}

TEST_CASE("headers that change on the way are never signed") {
    for (const std::string_view name :
         {"Connection", "expect", "User-Agent", "Transfer-Encoding", "X-Amzn-Trace-Id", "TE", "Authorization",
          "Proxy-Authorization", "Keep-Alive", "Upgrade", "Trailer", "traceparent", "tracestate", "Baggage"})
        CHECK(is_never_signed(name));
    CHECK_FALSE(is_never_signed("Host"));
    CHECK_FALSE(is_never_signed("X-Amz-Date"));
    CHECK_FALSE(is_never_signed("Content-Type"));
}
