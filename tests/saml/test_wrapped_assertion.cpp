#include "saml/wrapped_assertion.h"

#include "data_file.h"
#include "saml/assertion.h"
#include "saml/verifier.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using namespace awsfed;

namespace {

constexpr std::size_t bytes_max = 1'000'000;
const Time noon = *read_time("2027-03-14T09:27:20Z", ZoneRule::utc_only);

std::filesystem::path corpus() { return saml_data().parent_path().parent_path() / "vectors/data/saml"; }

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE_MESSAGE(file, "cannot open " << path);
    return {std::istreambuf_iterator<char>(file), {}};
}

AwsRules usual_rules() {
    AwsRules rules;
    rules.recipients = {"https://signin.aws.amazon.com/saml"};
    rules.audiences = {"urn:amazon:webservices"};
    rules.attribute_prefixes = {std::string(aws_attribute_prefix)};
    return rules;
}

Verdict verify(const std::string& message, const std::filesystem::path& metadata) {
    Trust trust;
    trust.providers = read_metadata(bytes_of(metadata)).value();
    trust.origin = "pinned";
    return Verifier(std::move(trust), usual_rules()).verify(message, ResponseForm::xml, noon);
}

// The assertion of a signed response, taken out of it and put into one of ours.
std::string wrapped_anew(const std::string& response) {
    const auto document = XmlReader::parse(response, bytes_max);
    REQUIRE(document);
    const auto assertion = document->root().child("Assertion");
    REQUIRE(assertion);
    const auto wrapped = response_around({.xml = assertion->source(response),
                                          .inherited = document->root().namespaces(),
                                          .issuer = assertion->child("Issuer")->plain_text()},
                                         "_1", noon);
    REQUIRE(wrapped);
    CHECK(wrapped->reveal().find(assertion->source(response)) != std::string::npos);
    return std::string(wrapped->reveal());
}

BareAssertion bare(std::vector<XmlNamespace> inherited) {
    return {.xml = "<Assertion xmlns='urn:oasis:names:tc:SAML:2.0:assertion'/>",
            .inherited = std::move(inherited),
            .issuer = "urn:idp"};
}

} // namespace

TEST_CASE("an assertion of each provider keeps its signature in a response of ours") {
    for (const char* name : {"adfs",
                             "entra",
                             "okta",
                             "okta-sign-assertion",
                             "ping",
                             "keycloak",
                             "keycloak-sign-assertion",
                             "shibboleth-sign-assertion",
                             "simplesamlphp",
                             "plain",
                             "all-default",
                             "one-quote",
                             "pretty",
                             "crlf-file",
                             "signature-value-cr",
                             "utf8-bom",
                             "charref",
                             "cdata",
                             "non-ascii",
                             "escapes",
                             "roles-120-typed"}) {
        CAPTURE(std::string(name));
        const std::string words(name);
        const std::string provider = words.substr(0, words.find('-'));
        const auto own = corpus() / "metadata" / (provider + ".xml");
        const auto metadata = std::filesystem::exists(own) ? own : corpus() / "metadata/plain.xml";
        const auto verdict = verify(wrapped_anew(bytes_of(corpus() / "valid" / (words + ".xml"))), metadata);
        const Check* failure = verdict.failure();
        CHECK_MESSAGE(verdict.accepted(), (failure ? failure->reason : ""));
    }
}

TEST_CASE("prefixes that the assertion inherits keep their meaning in names, values and lists") {
    const auto cases = saml_data() / "cases";
    for (const char* name :
         {"accept_inherited_prefix", "accept_inherited_prefix_listed", "accept_prefix_redefined", "accept_both_list"}) {
        CAPTURE(std::string(name));
        const std::string message = bytes_of(cases / "accept" / (std::string(name) + ".xml"));
        const auto before = verify(message, cases / "metadata/mill.xml");
        CHECK(before.accepted());
        const auto after = verify(wrapped_anew(message), cases / "metadata/mill.xml");
        CHECK_MESSAGE(after.accepted(), (after.failure() ? after.failure()->reason : ""));
    }
}

TEST_CASE("without what it inherited, an assertion is no XML any more, or is refused") {
    const std::string response = bytes_of(corpus() / "valid/keycloak.xml");
    const auto document = XmlReader::parse(response, bytes_max);
    const auto assertion = document->root().child("Assertion");
    const auto wrapped =
        response_around({.xml = assertion->source(response), .inherited = {}, .issuer = "x"}, "_1", noon);
    REQUIRE(wrapped);
    CHECK_FALSE(read_assertion(wrapped->reveal()));
}

TEST_CASE("a response says Success, has its id and time, and repeats what stood around the assertion") {
    const auto wrapped = response_around(bare({{"s", "urn:soap"}, {"", "urn:default"}, {"x", ""}}), "_12", noon);
    REQUIRE(wrapped);
    CHECK(
        wrapped->reveal() ==
        R"(<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_12" Version="2.0" IssueInstant="2027-03-14T09:27:20Z" xmlns:s="urn:soap" xmlns="urn:default">)"
        R"(<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">urn:idp</saml:Issuer>)"
        R"(<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>)"
        R"(<Assertion xmlns='urn:oasis:names:tc:SAML:2.0:assertion'/></samlp:Response>)");
}

TEST_CASE("what cannot be said again is refused") {
    const auto clash = response_around(bare({{"samlp", "urn:other"}}), "_1", noon);
    REQUIRE_FALSE(clash);
    CHECK(clash.error().code == Code::response_malformed);
    CHECK(clash.error().peer == "structure");
    CHECK(response_around(bare({{"samlp", "urn:oasis:names:tc:SAML:2.0:protocol"}}), "_1", noon));
    CHECK(response_around(bare({{"x", "\xEF\xBF\xBE"}}), "_1", noon).error().peer == "encoding");
    BareAssertion odd = bare({});
    odd.issuer = "\xEF\xBF\xBF";
    CHECK(response_around(odd, "_1", noon).error().peer == "encoding");
}
