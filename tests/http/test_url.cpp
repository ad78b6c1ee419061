#include "http/url.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

TEST_CASE("a URL is taken apart as libcurl will use it") {
    const auto url = Url::parse(" HTTPS://IDP.Example:8443/adfs/../ls/?a=b#fragment ");
    REQUIRE(url);
    CHECK(url->origin() == "https://idp.example:8443");
    CHECK(url->path() == "/ls/");
    CHECK(url->query() == "a=b");
    CHECK(url->text() == "https://idp.example:8443/ls/?a=b");
    CHECK(Url::parse("https://idp.example:443/x")->origin() == "https://idp.example"); // as AD FS writes it
    CHECK(Url::parse("http://127.0.0.1:80")->host_and_port() == "127.0.0.1");
    CHECK(Url::parse("https://idp.example")->path() == "/");
}

TEST_CASE("what is no plain web address is refused") {
    for (const std::string text :
         {"", "idp.example", "ftp://idp.example/", "file:///etc/passwd", "https://", "https://user:pass@idp.example/",
          "https://idp.example:0/", "https://idp.example:99999/", "javascript:alert(1)", "https://idp.example./",
          "https://idp.example\\@evil.example/", "https://a b/"}) {
        CAPTURE(text);
        const auto url = Url::parse(text);
        REQUIRE_FALSE(url);
        CHECK(url.error().code == Code::setting_invalid);
    }
    CHECK(Url::parse("https://user:hunter2@idp.example/").error().message.find("hunter2") == std::string::npos);
}

TEST_CASE("a reference on a page leads where a browser would go") {
    const Url page = *Url::parse("https://idp.example/adfs/ls/page?x=1");
    CHECK(page.resolve("/next")->text() == "https://idp.example/next");
    CHECK(page.resolve("next?y=2")->text() == "https://idp.example/adfs/ls/next?y=2");
    CHECK(page.resolve("")->text() == "https://idp.example/adfs/ls/page?x=1");
    CHECK(page.resolve("?y=2")->text() == "https://idp.example/adfs/ls/page?y=2");
    CHECK(page.resolve("//evil.example/x")->origin() == "https://evil.example");
    CHECK(page.resolve("https://idp.example:443/z")->origin() == page.origin());
    CHECK(page.resolve("a b")->path() == "/adfs/ls/a%20b");
    CHECK_FALSE(page.resolve("javascript:alert(1)"));
    CHECK_FALSE(page.resolve("https://user:pass@idp.example/"));
}

TEST_CASE("loopback is told from what only looks like it") {
    for (const std::string text : {"http://127.0.0.1/", "http://127.8.9.1:80/", "http://localhost:8080/",
                                   "http://[::1]:1/", "http://LOCALHOST/", "http://0x7f.1/"}) {
        CAPTURE(text);
        CHECK(Url::parse(text)->is_loopback());
    }
    for (const std::string text :
         {"http://127.evil.example/", "http://127.0.0.1.evil.example/", "http://localhost.evil.example/",
          "http://128.0.0.1/", "http://127.0.0.1.5/", "http://[::2]/"}) {
        CAPTURE(text);
        CHECK_FALSE(Url::parse(text)->is_loopback());
    }
}
