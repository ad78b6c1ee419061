#include "base/base64.h"
#include "base/encode.h"
#include "base/log.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace awsfed;

TEST_CASE("a secret is hidden in its plain, percent, JSON and base64 forms") {
    const std::string secret = "p\xC3\xA4 s\"s/w+%3D";
    Redactor veil;
    veil.add(secret);
    const auto is_hidden = [&](std::string_view form) {
        const std::string line = "before " + std::string(form) + " after";
        CAPTURE(line);
        CHECK(veil.redact(line).find(form) == std::string::npos);
    };
    is_hidden(secret);
    is_hidden(percent_encoded(secret, Percent::form).reveal());
    is_hidden(percent_encoded(secret, Percent::strict).reveal());
    is_hidden(json_escaped(secret).reveal());
    for (const std::string before : {"", "x", "xy"}) { // the three places in a group of base64
        const std::string around = before + secret + "rest";
        const Secret encoded = base64_encode(around);
        CHECK(veil.redact(encoded.reveal()).find("[secret]") != std::string::npos);
    }
}

TEST_CASE("a secret is hidden whatever a library escapes of it") {
    const std::string secret = "p\xC3\xA4 s\"s\xF0\x9F\x94\x91/w+%3D\\='";
    Redactor veil;
    veil.add(secret);
    for (const char* form : {
             "p%c3%a4+s%22s%f0%9f%94%91%2fw%2b%253D%5c%3d%27",               // of .NET
             "p%C3%A4%20s%22s%F0%9F%94%91/w%2B%253D%5C%3D%27",               // quote of Python
             "p%C3%A4%20s%22s%F0%9F%94%91%2Fw+%253D%5C=%27",                 // PathEscape of Go
             "p\\u00E4 s\\u0022s\\uD83D\\uDD11/w\\u002B%3D\\\\=\\u0027", // System.Text.Json
             "p\xC3\xA4 s\\\"s\xF0\x9F\x94\x91/w+%3D\\\\\\u003d\\u0027",    // Gson
             "p\\u00e4 s\\\"s\\ud83d\\udd11\\/w+%3D\\\\='",                // json_encode of PHP
         })
        CHECK(veil.redact("before " + std::string(form) + " after") == "before [secret] after");
    const Secret encoded = base64_encode("xy" + secret + "rest");
    std::string in_url(encoded.reveal());
    std::ranges::replace(in_url, '/', '_');
    std::ranges::replace(in_url, '+', '-');
    CHECK(veil.redact(in_url).find("[secret]") != std::string::npos);
    // What only begins like it, or is cut within an escape, is no secret.
    CHECK(veil.redact("p%c3%a4+s%2") == "p%c3%a4+s%2");
    CHECK(veil.redact("100 % of \\u12 and \\") == "100 % of \\u12 and \\");
}

TEST_CASE("a piece of a long secret is hidden too, as when a server quotes its beginning") {
    std::string assertion;
    for (int i = 0; assertion.size() < 4000; ++i)
        assertion += std::to_string(i * 7919);
    Redactor veil;
    veil.add(assertion);
    CHECK(veil.redact("Value '" + assertion.substr(0, 120) + "...' is wrong") == "Value '[secret]...' is wrong");
    CHECK(veil.redact("Value '" + assertion.substr(1000, 40) + "' is wrong") == "Value '[secret]' is wrong");
}

TEST_CASE("the beginning of a secret that a cut has left is hidden") {
    Redactor veil;
    veil.add("hunter2-Secret");
    CHECK(veil.redact("the server says: your hunter2-Se... and more") == "the server says: your [secret]... and more");
    CHECK(veil.redact("a hunt...") == "a [secret]...");
    CHECK(veil.redact("a hu...") == "a hu..."); // as a secret of that length would be
    CHECK(veil.redact("... no end to it...") == "... no end to it...");
}

TEST_CASE("every text of an error is redacted, since a server chooses its codes too") {
    Log log;
    log.hide("hunter2-Secret");
    Error error{.code = Code::idp_refused,
                .message = "hunter2-Secret",
                .advice = "hunter2-Secret",
                .stage = "hunter2-Secret",
                .setting = "hunter2-Secret",
                .peer = "urn:hunter2-Secret",
                .trace = "hunter2-Secret"};
    error = log.redact(std::move(error));
    for (const std::string& text : {error.message, error.advice, error.stage, error.setting, error.peer, error.trace})
        CHECK(text.find("hunter2") == std::string::npos);
}

TEST_CASE("a secret that comes when others have been hidden already is hidden in all its forms too") {
    const std::string first = "hunter2-Secret";
    const std::string later = "corr\"ect h\xC3\xB6rse";
    Redactor veil;
    veil.add(first);
    CHECK(veil.redact("your " + first) == "your [secret]");
    veil.add(later);
    const std::string all = first + later + std::string(percent_encoded(later, Percent::form).reveal()) +
                            std::string(percent_encoded(later, Percent::strict).reveal()) +
                            std::string(json_escaped(later).reveal()) + std::string(base64_encode(later).reveal());
    CHECK(veil.redact(all).starts_with("[secret][secret][secret][secret][secret][secret]"));
}

TEST_CASE("a log that was moved hides what the first was told") {
    std::string lines;
    Log first(LogLevel::info, [&](LogLevel, std::string_view, std::string_view text) { lines += text; });
    first.hide("hunter2");
    Log second = std::move(first);
    second.write(LogLevel::info, "http", "sent {}", "hunter2");
    CHECK(lines == "sent [secret]");
}

TEST_CASE("what is no secret stays") {
    Redactor veil;
    veil.add("hunter2");
    veil.add("abc"); // too short to be hidden without harm
    CHECK(veil.redact("abc of hunting") == "abc of hunting");
}

TEST_CASE("a log gets the lines up to its level, redacted") {
    std::string lines;
    Log log(LogLevel::info, [&](LogLevel, std::string_view event, std::string_view text) {
        lines += std::string(event) + ":" + std::string(text) + "\n";
    });
    log.hide("hunter2");
    log.write(LogLevel::info, "http", "sent {}", "hunter2");
    log.write(LogLevel::debug, "http", "more");
    CHECK(lines == "http:sent [secret]\n");
}
