#include "sandbox/play.h"

#include "base/base64.h"
#include "saml/assertion.h"
#include "sandbox/authn_request.h"

#include <zlib.h>

#include <array>

using namespace awsfed;
using namespace awsfed::sandbox;

namespace {

// The Redirect binding's form of a request.
std::string redirect_form(std::string_view xml) {
    std::array<char, 4096> out{};
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string in(xml);
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = out.size();
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    const std::size_t size = stream.total_out;
    deflateEnd(&stream);
    return std::string(base64_encode({out.data(), size}).reveal());
}

std::string request_xml(std::string_view issuer = "urn:amazon:webservices", std::string_view inside = "",
                        std::string_view time = "2026-11-25T18:00:00Z") {
    return fmt::format(R"(<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_asked" Version="2.0")"
                       R"( IssueInstant="{}"><Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">{}</Issuer>{})"
                       R"(</p:AuthnRequest>)",
                       time, issuer, inside);
}

Answer ask(Play& play, std::string_view xml) {
    return play.idp.answer({.method = "GET",
                            .path = "/adfs/ls/",
                            .query = form({{"SAMLRequest", redirect_form(xml)}, {"RelayState", "back"}})});
}

} // namespace

TEST_CASE("the sandbox's sign-in page is one that has a login form, in AD FS's structure") {
    Play play;
    const Answer page = play.open();
    CHECK(page.status == 200);
    CHECK_FALSE(Play::cookie_of(page, "MSISSamlRequest").empty());
    const auto read = read_page(page.body, page.type);
    REQUIRE(read);
    const auto login = login_form_in(*read);
    REQUIRE(login);
    CHECK(login->form.id == "loginForm");
    CHECK(login->form.action.find("client-request-id=") != std::string::npos);
}

TEST_CASE("a right password is answered by a redirect, and the page behind it has the response") {
    Play play;
    const Answer answer = play.send_password("CORP\\alice", "Correct-Horse-7");
    CHECK(answer.status == 302);
    CHECK_FALSE(Play::cookie_of(answer, "MSISAuth").empty());
    const auto assertion = read_assertion(play.response_for("alice@corp.example"));
    REQUIRE(assertion);
    CHECK(assertion->session_name == "alice@corp.example");
    REQUIRE(assertion->roles.size() == 2);
    CHECK(assertion->roles[0].role.text() == "arn:aws:iam::123456789012:role/build");
    CHECK(assertion->recipient == "https://signin.aws.amazon.com/saml");
}

TEST_CASE("a wrong password, an unknown user and a disabled one get the same page, with the form again") {
    Play play;
    const Answer wrong = play.send_password("alice", "wrong");
    const Answer unknown = play.send_password("mallory", "wrong");
    const Answer disabled = play.send_password("disabled", "Correct-Horse-7");
    for (const Answer* answer : {&wrong, &unknown, &disabled}) {
        CHECK(answer->status == 200);
        CHECK(answer->body.find("Wrong user name or password.") != std::string::npos);
        CHECK(Play::cookie_of(*answer, "MSISAuth").empty());
    }
    CHECK(wrong.why == "wrong password");
    CHECK(unknown.why == "no such user");
    CHECK(disabled.why == "the user is disabled");
}

TEST_CASE("what a user typed is echoed only escaped") {
    Play play;
    const Answer answer = play.send_password("\"><script>alert(1)</script>", "x");
    CHECK(answer.body.find("<script>") == std::string::npos);
    CHECK(answer.body.find("&quot;&gt;&lt;script&gt;") != std::string::npos);
}

TEST_CASE("a user name that is sent twice is not accepted, whichever of the two is right") {
    Play play;
    const Answer answer = play.idp.answer({.method = "POST",
                                           .path = std::string(Play::entry),
                                           .query = "loginToRp=urn:amazon:webservices",
                                           .headers = {{"Cookie", "MSISSamlRequest=begun"}},
                                           .body = "UserName=alice&UserName=alice&Password=Correct-Horse-7&"
                                                   "AuthMethod=FormsAuthentication"});
    CHECK(answer.outcome == "sign-in form again");
}

TEST_CASE("a password without the cookie of the page is answered by MSIS7001") {
    Play play;
    const Answer answer = play.idp.answer({.method = "POST",
                                           .path = std::string(Play::entry),
                                           .query = "loginToRp=urn:amazon:webservices",
                                           .headers = {},
                                           .body = "UserName=alice&Password=Correct-Horse-7"});
    CHECK(answer.outcome == "MSIS7001");
    CHECK(answer.body.find("id=\"activityId\"") != std::string::npos);
}

TEST_CASE("another relying party, another path and a page that is switched off have AD FS's codes") {
    Play play;
    CHECK(play.open("loginToRp=urn:example:other").outcome == "MSIS7007");
    CHECK(play.open("").outcome == "MSIS7007");
    CHECK(play.idp.answer({.method = "GET", .path = "/adfs/other", .query = {}}).outcome == "MSIS7065");
    CHECK(play.idp.answer({.method = "GET", .path = "/", .query = {}}).status == 404);
    Play closed("[provider ADFS]\nidp_initiated = false\n");
    CHECK(closed.open().outcome == "MSIS7065");
}

TEST_CASE("a user who must change the password gets the page for that, and no session") {
    Play play("[user erin]\npassword = Correct-Horse-7\nstate = must-change\n");
    const Answer answer = play.send_password("erin", "Correct-Horse-7");
    CHECK(answer.body.find("id=\"expiredNotification\"") != std::string::npos);
    CHECK(Play::cookie_of(answer, "MSISAuth").empty());
    CHECK(play.send_password("erin", "wrong").why == "wrong password");
}

TEST_CASE("a sign-in that the service provider starts is answered with its own id") {
    Play play;
    const Answer page = ask(play, request_xml());
    CHECK(page.outcome == "sign-in form");
    const Answer signed_in = play.send_password("alice", "Correct-Horse-7");
    const Answer answer =
        play.idp.answer({.method = "GET",
                         .path = "/adfs/ls/",
                         .query = form({{"SAMLRequest", redirect_form(request_xml())}, {"RelayState", "back"}}),
                         .headers = {{"Cookie", Play::cookie_of(signed_in, "MSISAuth")}}});
    CHECK(answer.outcome == "response for alice");
    CHECK(answer.body.find(R"(name="RelayState" value="back")") != std::string::npos);
    const auto page_read = read_page(answer.body, answer.type);
    REQUIRE(page_read);
    const auto response = saml_response_in(*page_read);
    REQUIRE(response);
    const auto xml = base64_decode(response->reveal());
    REQUIRE(xml);
    CHECK(xml->reveal().find("InResponseTo=\"_asked\"") != std::string_view::npos);
}

TEST_CASE("a request that AD FS would not take for AWS is refused by the same code") {
    Play play;
    CHECK(ask(play, request_xml("urn:example:other")).outcome == "MSIS7007");
    CHECK(ask(play, request_xml("urn:amazon:webservices", "<p:NameIDPolicy/>")).outcome == "MSIS7070");
    CHECK(ask(play, request_xml("urn:amazon:webservices", "<p:RequestedAuthnContext/>")).outcome == "MSIS7102");
    CHECK(ask(play, request_xml("urn:amazon:webservices", "", "2026-11-25T18:00:00")).outcome == "MSIS7000");
    CHECK(ask(play, "<other/>").outcome == "MSIS7015");
    CHECK(ask(play, "<!DOCTYPE a []><a/>").outcome == "MSIS7015");
    CHECK(play.idp.answer({.method = "GET", .path = "/adfs/ls/", .query = "SAMLRequest=AAAA"}).outcome == "MSIS7015");
}

TEST_CASE("faults of the sign-in hit the request that they name, and no other") {
    Play play(
        "[fault idp_503]\nnth = 2\n[fault password_503]\nnth = 1\n[fault idp_error]\nvalue = MSIS7012\nnth = 2\n");
    CHECK(play.open().status == 200);
    CHECK(play.open().status == 503);
    CHECK(play.open().outcome == "MSIS7012");
    CHECK(play.open().outcome == "sign-in form");
    CHECK(play.send_password("alice", "Correct-Horse-7").status == 503);
    CHECK(play.send_password("alice", "Correct-Horse-7").status == 302);
}
