#include "idp/ws_trust_message.h"

#include "document.h"
#include "markup/xml_reader.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

namespace {

constexpr std::size_t bytes_max = 1'000'000;

std::string request(TrustVersion version, std::string_view password = "x", std::string_view user = "CORP\\alice") {
    const TrustEndpoint endpoint{version, *Url::parse("https://sts.example/adfs/services/trust/13/usernamemixed")};
    const Secret secret(password);
    return std::string(token_request({.endpoint = endpoint,
                                      .message_id = "urn:uuid:1",
                                      .created = *read_time("2026-11-24T16:00:00Z", ZoneRule::utc_only),
                                      .user = user,
                                      .password = secret,
                                      .relying_party = "urn:amazon:webservices"})
                           .reveal());
}

std::string read_back(const std::string& xml, std::initializer_list<std::string_view> path) {
    const auto document = XmlReader::parse(xml, bytes_max);
    REQUIRE(document);
    std::optional<XmlElement> here = document->root();
    for (const std::string_view name : path) {
        here = here->child(name);
        REQUIRE(here);
    }
    return here->plain_text();
}

// The assertion, or the word that says why there is none.
std::string assertion_in(const std::string& answer) {
    const auto envelope = XmlReader::parse(answer, bytes_max);
    if (!envelope)
        return "no XML";
    const auto assertion = issued_assertion(envelope->root(), answer);
    return assertion ? std::string(assertion->xml) : assertion.error().peer;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
    const std::size_t from = text.find(begin), to = text.find(end);
    REQUIRE(from != std::string::npos);
    REQUIRE(to != std::string::npos);
    return text.substr(from + begin.size(), to - from - begin.size());
}

} // namespace

TEST_CASE("a password of any letters is in the message as it is") {
    const std::string password = "Pä&<\"'>ß€😀 ]]> \r\n\t";
    const std::string xml = request(TrustVersion::v13, password, "Jörg&\"@corp.example");
    CHECK(read_back(xml, {"Header", "Security", "UsernameToken", "Password"}) == password);
    CHECK(read_back(xml, {"Header", "Security", "UsernameToken", "Username"}) == "Jörg&\"@corp.example");
}

TEST_CASE("each version has its own words") {
    const std::string v13 = request(TrustVersion::v13), v2005 = request(TrustVersion::v2005);
    CHECK(read_back(v13, {"Header", "Action"}) == "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue");
    CHECK(read_back(v2005, {"Header", "Action"}) == "http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue");
    CHECK(read_back(v13, {"Body", "RequestSecurityToken", "KeyType"}) ==
          "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer");
    CHECK(read_back(v2005, {"Body", "RequestSecurityToken", "KeyType"}) ==
          "http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey");
    for (const std::string& xml : {v13, v2005}) {
        CHECK(read_back(xml, {"Body", "RequestSecurityToken", "TokenType"}) == "urn:oasis:names:tc:SAML:2.0:assertion");
        CHECK(read_back(xml, {"Body", "RequestSecurityToken", "AppliesTo", "EndpointReference", "Address"}) ==
              "urn:amazon:webservices");
        CHECK(read_back(xml, {"Header", "To"}) == "https://sts.example/adfs/services/trust/13/usernamemixed");
        CHECK(read_back(xml, {"Header", "Security", "Timestamp", "Created"}) == "2026-11-24T16:00:00Z");
        CHECK(read_back(xml, {"Header", "Security", "Timestamp", "Expires"}) == "2026-11-24T16:10:00Z");
    }
}

TEST_CASE("a message's id is a random UUID") {
    CHECK(uuid_urn("000102030405060708090a0b0c0d0e0f") == "urn:uuid:00010203-0405-4607-8809-0a0b0c0d0e0f");
    CHECK(uuid_urn("ffffffffffffffffffffffffffffffff") == "urn:uuid:ffffffff-ffff-4fff-afff-ffffffffffff");
}

TEST_CASE("the assertion is what stands in the answer, to the byte") {
    for (const char* name : {"token_13.xml", "token_2005.xml", "token_encrypted.xml"}) {
        CAPTURE(std::string(name));
        const std::string answer = document(name);
        CHECK(assertion_in(answer) == between(answer, "<t:RequestedSecurityToken>", "</t:RequestedSecurityToken>"));
    }
    const std::string pretty = replaced(
        replaced(document("token_13.xml"), "<t:RequestedSecurityToken>", "<t:RequestedSecurityToken>\r\n  <!-- x -->"),
        "</t:RequestedSecurityToken>", "\r\n\t</t:RequestedSecurityToken\n>");
    CHECK(assertion_in(pretty) == assertion_in(document("token_13.xml")));
}

TEST_CASE("what the assertion inherits is told with it, and its issuer") {
    const std::string answer = document("token_13.xml");
    const auto envelope = XmlReader::parse(answer, bytes_max);
    REQUIRE(envelope);
    const auto assertion = issued_assertion(envelope->root(), answer);
    REQUIRE(assertion);
    CHECK(assertion->issuer == "http://sts.harbour.test/adfs/services/trust");
    REQUIRE(assertion->inherited.size() == 3);
    CHECK(assertion->inherited[0].prefix == "t");
    CHECK(assertion->inherited[1].prefix == "s");
    CHECK(assertion->inherited[2].prefix == "a");
}

TEST_CASE("anything else than one assertion of SAML 2.0 is refused") {
    const std::string good = document("token_13.xml");
    const std::string assertion = assertion_in(good);
    for (const std::string& answer :
         {document("token_saml11.xml"), document("mex.xml"), std::string("<Envelope/>"),
          std::string("<Envelope><Body/></Envelope>"), replaced(good, assertion, ""), replaced(good, assertion, "text"),
          replaced(good, assertion, assertion + assertion), replaced(good, assertion, "<Assertion/>"),
          replaced(good, assertion, "<Assertion xmlns='urn:oasis:names:tc:SAML:1.0:assertion'/>"),
          replaced(good, assertion, "<x:Advice xmlns:x='urn:oasis:names:tc:SAML:2.0:assertion'/>"),
          replaced(good, "</t:RequestedSecurityToken>",
                   "</t:RequestedSecurityToken><t:RequestedSecurityToken>" + assertion + "</t:RequestedSecurityToken>"),
          replaced(good, "</t:RequestSecurityTokenResponse>",
                   "</t:RequestSecurityTokenResponse><t:RequestSecurityTokenResponse/>")})
        CHECK(assertion_in(answer) == "structure");
}

TEST_CASE("an answer that is cut off anywhere gives no assertion") {
    const std::string good = document("token_13.xml");
    for (std::size_t size = 1; size + 1 < good.rfind('>'); size += 5)
        CHECK(assertion_in(good.substr(0, size)) == "no XML");
}
