#include "idp/soap_fault.h"

#include "document.h"

#include <doctest/doctest.h>

using namespace awsfed;

namespace {

const Time noon = *read_time("2026-11-24T16:00:00Z", ZoneRule::utc_only);

Error error_of(const std::string& text) {
    const auto envelope = XmlReader::parse(text, 100'000);
    REQUIRE(envelope);
    const auto fault = soap_fault_in(envelope->root());
    REQUIRE(fault);
    const Url url = *Url::parse("https://sts.example/adfs/services/trust/13/usernamemixed");
    return failure_of(*fault, {url, "urn:amazon:webservices", noon}).take();
}

void check(const std::string& name, Code code, const std::string& peer) {
    CAPTURE(name);
    const Error error = error_of(document(name + ".xml"));
    CHECK(row_of(error.code).text == row_of(code).text);
    CHECK(error.peer == peer);
    CHECK(error.retry_after_ms == -1);
}

} // namespace

TEST_CASE("each fault has its own error, and the code of AD FS with it") {
    check("fault_refused", Code::credentials_refused, "ID3242");
    check("fault_refused_without_code", Code::credentials_refused, "FailedAuthentication");
    check("fault_denied", Code::idp_denied, "MSIS7068");
    check("fault_not_authorized", Code::idp_denied, "MSIS3127");
    check("fault_relying_party", Code::relying_party_unknown, "ID3082");
    check("fault_scope", Code::relying_party_unknown, "InvalidScope");
    check("fault_clock", Code::idp_clock_skew, "InvalidSecurity");
    check("fault_security", Code::idp_error, "InvalidSecurity");
    check("fault_internal", Code::idp_error, "InternalServiceFault");
    check("fault_other", Code::idp_error, "MSIS3127");
}

TEST_CASE("FailedAuthentication is a wrong password only where WS-Security says it") {
    check("fault_trust_without_code", Code::idp_error, "FailedAuthentication");
    const std::string prefixes =
        replaced(document("fault_refused_without_code.xml"), "a:FailedAuthentication", "other:FailedAuthentication");
    CHECK(error_of(prefixes).code == Code::idp_error);
}

TEST_CASE("the fault's own time tells by how much the clocks differ") {
    CHECK(error_of(document("fault_clock.xml")).message ==
          "The clock of AD FS at https://sts.example is 3601 s ahead of that of this machine.");
    const std::string behind = replaced(document("fault_clock.xml"), "2026-11-24T17:00:01Z", "2026-11-24T15:50:00Z");
    CHECK(error_of(behind).message ==
          "The clock of AD FS at https://sts.example is 600 s behind that of this machine.");
    const std::string silent = replaced(document("fault_clock.xml"), "2026-11-24T17:00:01Z", "soon");
    CHECK(error_of(silent).code == Code::idp_clock_skew);
}

TEST_CASE("the relying party is named, with its setting") {
    const Error error = error_of(document("fault_relying_party.xml"));
    CHECK(error.setting == "relying_party");
    CHECK(error.message.find("urn:amazon:webservices") != std::string::npos);
    CHECK(error_of(document("fault_internal.xml")).advice.find("relying_party") != std::string::npos);
}

TEST_CASE("what a server says is printable and cut") {
    const std::string text = replaced(document("fault_other.xml"), "MSIS3127: The request failed.",
                                      "MSIS3127: a\nb\t" + std::string(5000, 'x'));
    const Error error = error_of(text);
    CHECK(error.message.size() < 500);
    CHECK(error.message.find('\n') == std::string::npos);
    const std::string code = replaced(document("fault_scope.xml"), "a:InvalidScope", "a:" + std::string(5000, 'y'));
    CHECK(error_of(code).peer.size() < 100);
}

TEST_CASE("SOAP 1.1 is read, too") {
    const Error error = error_of(
        R"(<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">w:FailedAuthentication</faultcode><faultstring>no</faultstring></e:Fault></e:Body></e:Envelope>)");
    CHECK(error.code == Code::credentials_refused);
}

TEST_CASE("an envelope without a fault has none") {
    const auto envelope = XmlReader::parse(document("token_13.xml"), 100'000);
    REQUIRE(envelope);
    CHECK_FALSE(soap_fault_in(envelope->root()));
}

TEST_CASE("a code has an end, however long the server writes it") {
    const std::string long_one =
        replaced(document("fault_refused.xml"), "ID3242:", "ID" + std::string(50'000, '7') + ":");
    CHECK(error_of(long_one).peer.size() <= 200);
    CHECK(error_of(long_one).message.size() <= 600);
}
