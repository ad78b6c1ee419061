#include "saml/assertion.h"

#include "base/base64.h"
#include "data_file.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

namespace {

const std::string aws = "https://aws.amazon.com/SAML/Attributes/";

std::string response(const std::string& inside) {
    return "<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' xmlns='urn:oasis:names:tc:SAML:2.0:assertion' "
           "ID='_r' "
           "Version='2.0'><p:Status><p:StatusCode Value='urn:oasis:names:tc:SAML:2.0:status:Success'/></p:Status>"
           "<Assertion ID='_a' Version='2.0' IssueInstant='2027-03-14T09:26:53+00:00'>" +
           inside + "</Assertion></p:Response>";
}

std::string attribute(const std::string& name, const std::string& values) {
    return "<Attribute Name='" + name + "'>" + values + "</Attribute>";
}

std::string statement(const std::string& attributes) {
    return "<AttributeStatement>" + attributes + "</AttributeStatement>";
}

std::string value(const std::string& text) { return "<AttributeValue>" + text + "</AttributeValue>"; }

Code code_of(std::string_view reason) {
    return reason == "session-name" ? Code::session_name_invalid : Code::response_malformed;
}

Result<Assertion> read(const std::string& inside) { return read_assertion(response(inside)); }

std::string reason(const std::string& inside) {
    auto assertion = read(inside);
    if (assertion)
        return "accepted";
    CHECK(assertion.error().code == code_of(assertion.error().peer));
    return assertion.error().peer;
}

std::optional<Time> time(std::string_view text) { return read_time(text, ZoneRule::utc_only); }

std::string roles_text(const Assertion& assertion) {
    std::string text;
    for (const RoleOffer& offer : assertion.roles)
        text += (text.empty() ? "" : " ") + offer.role.text() + "," + offer.provider.text();
    return text;
}

} // namespace

TEST_CASE("every good response says what its provider meant") {
    for (const auto& row : read_saml_table("accept.tsv")) {
        CAPTURE(row[0]);
        const std::string text = read_saml_data("accept/" + row[0]);
        auto assertion = read_assertion(text);
        REQUIRE(assertion);
        CHECK(assertion->base64().equals(row[0].ends_with(".xml") ? base64_encode(text).reveal() : text));
        CHECK(assertion->encrypted == (row[1] == "encrypted"));
        if (assertion->encrypted) {
            CHECK(assertion->roles.empty());
            CHECK(assertion->name_id.empty());
            continue;
        }
        CHECK(assertion->issuer == row[2]);
        CHECK(assertion->name_id == row[3]);
        CHECK(assertion->name_id_format == row[4]);
        CHECK(assertion->id == row[5]);
        CHECK(assertion->recipient == row[6]);
        CHECK(roles_text(*assertion) == row[7]);
        CHECK(assertion->session_name.value_or("") == row[8]);
        CHECK((assertion->session_duration ? std::to_string(*assertion->session_duration) : "") == row[9]);
        CHECK(assertion->source_identity.value_or("") == row[10]);
        CHECK(assertion->not_on_or_after == time(row[11]));
        CHECK(assertion->session_not_on_or_after == time(row[12]));
        CHECK(assertion->issue_instant);
        CHECK_FALSE(assertion->audiences.empty());
    }
}

TEST_CASE("every bad response is refused for its reason when it is read") {
    for (const auto& row : read_saml_table("refuse.tsv")) {
        if (row[1] != "assertion")
            continue;
        CAPTURE(row[0]);
        auto assertion = read_assertion(read_saml_data("refuse/" + row[0]));
        REQUIRE_FALSE(assertion);
        CHECK(assertion.error().code == code_of(row[2]));
        CHECK(assertion.error().peer == row[2]);
    }
}

TEST_CASE("XML and its base64 are read alike, and STS gets the same text") {
    const std::string xml = read_saml_data("accept/accept_plain.xml");
    auto from_xml = read_assertion(xml);
    auto from_base64 = read_assertion(base64_encode(xml).reveal());
    REQUIRE(from_xml);
    REQUIRE(from_base64);
    CHECK(from_xml->base64().equals(from_base64->base64().reveal()));
    CHECK(from_xml->name_id == from_base64->name_id);
}

TEST_CASE("what is neither XML nor base64 is refused as no base64") {
    auto assertion = read_assertion("SAMLResponse=PHA%2B");
    REQUIRE_FALSE(assertion);
    CHECK(assertion.error().code == Code::response_malformed);
    CHECK(assertion.error().peer == "base64");
}

TEST_CASE("what is absent is empty") {
    auto assertion = read("");
    REQUIRE(assertion);
    CHECK(assertion->name_id.empty());
    CHECK(assertion->roles.empty());
    CHECK_FALSE(assertion->session_name);
    CHECK_FALSE(assertion->not_on_or_after);
    CHECK(assertion->issue_instant == time("2027-03-14T09:26:53Z"));
}

TEST_CASE("a value is its whole text: references, CDATA and white space included") {
    auto assertion = read("<Subject><NameID> a&#98;<![CDATA[<c>]]>&amp; </NameID></Subject>");
    REQUIRE(assertion);
    CHECK(assertion->name_id == " ab<c>& ");
}

TEST_CASE("an element inside a value is refused") {
    CHECK(reason("<Issuer>a<b/></Issuer>") == "markup");
    CHECK(reason("<Subject><NameID><b>a</b>c</NameID></Subject>") == "markup");
    CHECK(reason(statement(attribute(aws + "RoleSessionName", value("a<b/>c")))) == "markup");
    CHECK(reason("<Conditions><AudienceRestriction><Audience>a<b/></Audience></AudienceRestriction></Conditions>") ==
          "markup");
}

TEST_CASE("a value with elements of somebody else's attribute is left out") {
    auto assertion =
        read(statement(attribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.10", value("<NameID>x</NameID>") + value("y"))));
    REQUIRE(assertion);
    REQUIRE(assertion->attributes.size() == 1);
    CHECK(assertion->attributes[0].second == std::vector<std::string>{"y"});
}

TEST_CASE("what may stand once and stands twice is refused") {
    CHECK(reason("<Issuer>a</Issuer><Issuer>b</Issuer>") == "issuer");
    CHECK(reason("<Subject/><Subject/>") == "subject");
    CHECK(reason("<Subject><NameID>a</NameID><NameID>b</NameID></Subject>") == "subject");
    CHECK(reason("<Subject><SubjectConfirmation/><SubjectConfirmation/></Subject>") == "confirmation");
    CHECK(reason("<Conditions/><Conditions/>") == "conditions");
    CHECK(reason(statement(attribute(aws + "Role", "")) + statement(attribute(aws + "Role", ""))) == "attribute");
}

TEST_CASE("an attribute under AWS's name and again under the one of China is one too many") {
    const std::string china = "http://www.amazonaws.cn/SAML/Attributes/";
    CHECK(reason(statement(attribute(china + "RoleSessionName", value("mara")))) == "accepted");
    CHECK(reason(statement(attribute(aws + "RoleSessionName", value("mara")) +
                           attribute(china + "RoleSessionName", value("eve")))) == "attribute");
}

TEST_CASE("an attribute that only looks like one of AWS's is none") {
    for (const std::string& name : {std::string("Role"), aws + "role",
                                    std::string("https://aws.amazon.com/saml/attributes/Role"), " " + aws + "Role"}) {
        auto assertion = read(statement(attribute(name, value("x"))));
        REQUIRE(assertion);
        CHECK(assertion->roles.empty());
    }
}

TEST_CASE("a session name is as STS takes it") {
    const auto named = [](const std::string& name) {
        return reason(statement(attribute(aws + "RoleSessionName", value(name))));
    };
    CHECK(named("a_B9+=,.@-") == "accepted");
    CHECK(named(std::string(64, 'a')) == "accepted");
    for (const std::string& name : {std::string("a"), std::string(65, 'a'), std::string("a b"), std::string("mara\n"),
                                    std::string("\xC3\xA4\xC3\xA4"), std::string()})
        CHECK(named(name) == "session-name");
    CHECK(reason(statement(attribute(aws + "RoleSessionName", ""))) == "attribute");
    CHECK(reason(statement(attribute(aws + "RoleSessionName", value("ab") + value("cd")))) == "attribute");
}

TEST_CASE("a session duration is one whole number that AWS takes") {
    const auto lasts = [](const std::string& text) {
        return reason(statement(attribute(aws + "SessionDuration", value(text))));
    };
    CHECK(lasts("900") == "accepted");
    CHECK(lasts("43200") == "accepted");
    for (const char* text :
         {"899", "43201", "", " 900", "900 ", "+900", "9e2", "900.0", "4294970896", "-3600", "0x384"})
        CHECK(lasts(text) == "session-duration");
}

TEST_CASE("a source identity does not begin with aws:") {
    CHECK(reason(statement(attribute(aws + "SourceIdentity", value("mara")))) == "accepted");
    CHECK(reason(statement(attribute(aws + "SourceIdentity", value("aws:mara")))) == "source-identity");
}

TEST_CASE("the earlier end counts, wherever it stands") {
    const auto ends = [](const std::string& conditions, const std::string& confirmation) {
        return read("<Subject><SubjectConfirmation><SubjectConfirmationData" + confirmation +
                    "/></SubjectConfirmation></Subject><Conditions" + conditions + "/>")
            ->not_on_or_after;
    };
    const std::string early = " NotOnOrAfter='2027-03-14T09:00:00Z'";
    const std::string late = " NotOnOrAfter='2027-03-14T10:00:00Z'";
    for (const auto& end : {ends(early, late), ends(late, early), ends(early, ""), ends("", early)})
        CHECK(end == time("2027-03-14T09:00:00Z"));
    CHECK_FALSE(ends("", ""));
}

TEST_CASE("an instant that is none is refused where it counts") {
    for (const char* text :
         {"2027-02-30T09:00:00Z", "2027-03-14T09:00:00", "2027-03-14T09:00:00+00:00", "tomorrow", ""}) {
        CHECK(reason("<Conditions NotOnOrAfter='" + std::string(text) + "'/>") == "time-format");
        CHECK(reason("<AuthnStatement SessionNotOnOrAfter='" + std::string(text) + "'/>") == "time-format");
    }
}

TEST_CASE("an assertion is fresh until a minute after its end") {
    Assertion assertion;
    assertion.not_on_or_after = time("2027-03-14T09:31:53Z");
    CHECK(check_fresh(assertion, *time("2027-03-14T09:26:53Z")));
    CHECK(check_fresh(assertion, *time("2027-03-14T09:32:52.999Z")));
}

TEST_CASE("an assertion past its end is refused with both times") {
    Assertion assertion;
    assertion.not_on_or_after = time("2027-03-14T09:31:53Z");
    auto fresh = check_fresh(assertion, *time("2027-03-14T09:32:53Z"));
    REQUIRE_FALSE(fresh);
    CHECK(fresh.error().code == Code::assertion_expired);
    CHECK(fresh.error().message.find("2027-03-14T09:31:53Z") != std::string::npos);
    CHECK(fresh.error().message.find("2027-03-14T09:32:53Z") != std::string::npos);
}

TEST_CASE("an assertion that names no end is left to STS") {
    CHECK(check_fresh(Assertion{}, *time("2027-03-14T09:32:53Z")));
}
