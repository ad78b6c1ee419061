#include "saml/response_door.h"

#include "base/base64.h"
#include "base/limits.h"
#include "data_file.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>

using namespace awsfed;

namespace {

constexpr std::string_view protocol = "urn:oasis:names:tc:SAML:2.0:protocol";

// A response as small as one can be; the parts are put in as they are.
std::string response(const std::string& attributes = "", const std::string& inside = "",
                     const std::string& value = "<s:AttributeValue>x</s:AttributeValue>") {
    return "<p:Response xmlns:p=\"" + std::string(protocol) +
           "\" xmlns:s=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_r\" Version=\"2.0\"" + attributes +
           "><p:Extensions>" + inside +
           "</p:Extensions><p:Status><p:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></p:Status>"
           "<s:Assertion ID=\"_a\" Version=\"2.0\"><s:AttributeStatement><s:Attribute Name=\"n\">" +
           value + "</s:Attribute></s:AttributeStatement></s:Assertion></p:Response>";
}

std::string repeated(std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i)
        out += text;
    return out;
}

// "accepted", or the reason in one word.
std::string verdict(std::string_view xml) {
    auto document = open_response_xml(xml);
    if (document)
        return "accepted";
    CHECK(document.error().code == Code::response_malformed);
    return document.error().peer;
}

std::string with_status(const std::string& code, const std::string& message) {
    return "<p:Response xmlns:p=\"" + std::string(protocol) + "\" ID=\"_r\" Version=\"2.0\"><p:Status>" + code +
           message + "</p:Status></p:Response>";
}

} // namespace

TEST_CASE("every good response passes the door, and its assertion is found") {
    for (const auto& row : read_saml_table("accept.tsv")) {
        CAPTURE(row[0]);
        const std::string text = read_saml_data("accept/" + row[0]);
        auto document = row[0].ends_with(".xml") ? open_response_xml(text) : open_response(text);
        REQUIRE(document);
        CHECK(document->encrypted() == (row[1] == "encrypted"));
        CHECK(document->assertion() != nullptr);
    }
}

TEST_CASE("every bad response is refused for its reason") {
    for (const auto& row : read_saml_table("refuse.tsv")) {
        CAPTURE(row[0]);
        const std::string text = read_saml_data("refuse/" + row[0]);
        auto document = row[0].ends_with(".xml") ? open_response_xml(text) : open_response(text);
        if (row[1] == "assertion") {
            CHECK(document); // its shape is right; the reader of the assertion refuses it
            continue;
        }
        REQUIRE_FALSE(document);
        const bool status = row[0] == "refuse_unsigned_status.xml";
        CHECK(document.error().code == (status ? Code::idp_refused : Code::response_malformed));
        const auto reasons = split(row[2], ' ');
        CHECK(std::ranges::find(reasons, document.error().peer) != reasons.end());
    }
}

TEST_CASE("a response as large as STS takes is read, and one byte more is refused before it is parsed") {
    const std::size_t bytes = saml_base64_chars_max / 4 * 3;
    const std::string half = "<s:AttributeValue>" + std::string(bytes / 2, 'x') + "</s:AttributeValue>";
    const std::size_t rest = bytes - response("", "", half + "<s:AttributeValue></s:AttributeValue>").size();
    const auto sized = [&](std::size_t size) {
        return response("", "", half + "<s:AttributeValue>" + std::string(size, 'x') + "</s:AttributeValue>");
    };
    CHECK(verdict(sized(rest)) == "accepted");
    CHECK(verdict(sized(rest + 1)) == "size");
    CHECK(open_response(base64_encode(sized(rest)).reveal()));

    auto longer = open_response(std::string(saml_base64_chars_max + 4, 'A'));
    REQUIRE_FALSE(longer);
    CHECK(longer.error().peer == "size");
}

TEST_CASE("a text as long as the limit is read, and one byte more is not") {
    const auto sized = [](std::size_t size) {
        return response("", "", "<s:AttributeValue>" + std::string(size, 'x') + "</s:AttributeValue>");
    };
    CHECK(verdict(sized(xml_text_bytes_max)) == "accepted");
    CHECK(verdict(sized(xml_text_bytes_max + 1)) == "limits");
}

TEST_CASE("an empty response is refused as such") {
    for (const char* nothing : {"", " \r\n"}) {
        CHECK(verdict(nothing) == "size");
        CHECK(open_response(nothing).error().peer == "size");
    }
}

TEST_CASE("base64 of something else than XML is refused with the hint that fits") {
    auto document = open_response(base64_encode("<?php").reveal());
    REQUIRE_FALSE(document);
    CHECK(document.error().peer == "malformed");

    document = open_response(base64_encode("fVLLbtswEPwVg").reveal());
    REQUIRE_FALSE(document);
    CHECK(document.error().peer == "base64");
    CHECK(document.error().advice.find("SAMLResponse") != std::string::npos);
}

TEST_CASE("a byte order mark and a declaration of UTF-8 or US-ASCII pass, other declarations do not") {
    CHECK(verdict("\xEF\xBB\xBF" + response()) == "accepted");
    CHECK(verdict("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + response()) == "accepted");
    CHECK(verdict("<?xml version='1.0' encoding = 'us-ascii' ?>" + response()) == "accepted");
    CHECK(verdict("<?xml version=\"1.0\" encoding=\"us-ascii\"?>" +
                  response("", "", "<s:AttributeValue>\xC3\xA4</s:AttributeValue>")) == "encoding");
    for (const char* name : {"ISO-8859-1", "UTF-16", "UTF-7", "utf-8 ", "EBCDIC-CP-US"})
        CHECK(verdict("<?xml version=\"1.0\" encoding=\"" + std::string(name) + "\"?>" + response()) == "encoding");
}

TEST_CASE("entities do not grow, and document types are refused before a parser sees them") {
    std::string laughs = "<!DOCTYPE r [<!ENTITY a0 \"ha\">";
    for (int i = 1; i < 30; ++i)
        laughs += fmt::format("<!ENTITY a{0} \"&a{1};&a{1};\">", i, i - 1);
    CHECK(verdict(laughs + "]>" + response("", "", "<s:AttributeValue>&a29;</s:AttributeValue>")) == "doctype");
    CHECK(verdict("<!DOCTYPE r SYSTEM \"file:///etc/passwd\">" + response()) == "doctype");
    CHECK(verdict(response("", "<!ENTITY x \"y\">")) == "doctype");
    CHECK(verdict(response(" x=\"&boo;\"")) == "malformed");
    CHECK(verdict(response("", "", "<s:AttributeValue>&boo;</s:AttributeValue>")) == "malformed");
    CHECK(verdict(response(" x=\"&amp;&lt;\"")) == "accepted");
}

TEST_CASE("comments and processing instructions are refused wherever they stand") {
    for (const std::string stray : {"<!--c-->", "<?pi x?>"}) {
        CHECK(verdict(stray + response()) == "markup");
        CHECK(verdict(response() + stray) == "markup");
        CHECK(verdict(response("", stray)) == "markup");
        CHECK(verdict(response("", "", "<s:AttributeValue>a" + stray + "b</s:AttributeValue>")) == "markup");
    }
    CHECK(verdict(response("", "", "<s:AttributeValue>a<![CDATA[<b>]]>c</s:AttributeValue>")) == "accepted");
}

TEST_CASE("depth, elements, attributes and prefixes have limits") {
    const auto nested = [](int levels) { return response("", repeated("<x>", levels) + repeated("</x>", levels)); };
    CHECK(verdict(nested(62)) == "accepted"); // and the two around it
    CHECK(verdict(nested(63)) == "limits");
    CHECK(verdict(nested(200)) == "limits");
    CHECK(verdict(nested(9000)) != "accepted");

    CHECK(verdict(response("", repeated("<x/>", 4900))) == "accepted");
    CHECK(verdict(response("", repeated("<x/>", 5000))) == "limits");

    std::string thirty;
    for (int i = 0; i < 30; ++i)
        thirty += fmt::format(" a{}=''", i);
    CHECK(verdict(response(thirty)) == "accepted"); // with ID and Version
    CHECK(verdict(response(thirty + " b=''")) == "limits");

    std::string prefixes;
    for (int i = 0; i < 62; ++i)
        prefixes += fmt::format(" xmlns:a{}='urn:a'", i);
    CHECK(verdict(response(prefixes)) == "accepted"); // with those of the response
    CHECK(verdict(response(prefixes + " xmlns:b='urn:b'")) == "limits");
}

TEST_CASE("thousands of attributes are refused in no time") {
    std::string many;
    for (int i = 0; i < 6000; ++i)
        many += fmt::format(" a{}=''", i);
    const auto started = std::chrono::steady_clock::now();
    CHECK(verdict(response(many)) == "limits");
    CHECK(verdict(response("", "<x" + many + "/>")) == "limits");
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(2));
}

TEST_CASE("IDs are there, are names, occur once and have no namespace") {
    CHECK(verdict(response("", "<x ID='_x'/><x Id='y.y-1'/><x id='9f'/>")) == "accepted");
    CHECK(verdict(response("", "<x ID='_a'/>")) == "id");
    CHECK(verdict(response("", "<x id='_r'/>")) == "id");
    CHECK(verdict(response("", "<x xml:id='_x'/>")) == "id");
    CHECK(verdict(response("", "<x xml:base='urn:x'/>")) == "id");
    CHECK(verdict(response(" p:ID='_x'")) == "id");
    for (const char* id : {"", "a b", "a'b", "#a", "a/b", "a:b"})
        CHECK(verdict(response("", "<x ID=\"" + std::string(id) + "\"/>")) == "id");
    CHECK(verdict(response("", "<x ID='" + std::string(256, 'a') + "'/>")) == "accepted");
    CHECK(verdict(response("", "<x ID='" + std::string(257, 'a') + "'/>")) == "id");
}

TEST_CASE("a signature stands right behind the issuer, or first in a response that has none") {
    const std::string signature = "<d:Signature xmlns:d='http://www.w3.org/2000/09/xmldsig#'/>";
    const std::string open = response();
    const auto after = [&](const std::string& tag, const std::string& text) {
        std::string changed = open;
        return changed.insert(changed.find('>', changed.find(tag)) + 1, text);
    };
    CHECK(verdict(after("<p:Response", signature)) == "accepted");
    CHECK(verdict(after("<p:Response", "<s:Issuer>i</s:Issuer>" + signature)) == "accepted");
    CHECK(verdict(after("<s:Assertion", "<s:Issuer>i</s:Issuer>" + signature)) == "accepted");
    CHECK(verdict(after("<s:Assertion", signature)) == "structure");
    CHECK(verdict(after("<p:Response", signature + "<s:Issuer>i</s:Issuer>")) == "structure");
    CHECK(verdict(after("<p:Response", signature + signature)) == "structure");
    CHECK(verdict(after("</p:Status", signature)) == "structure");
    CHECK(verdict(after("<s:Attribute ", signature)) == "structure");
    CHECK(verdict(response("", "<x><d:SignedInfo xmlns:d='http://www.w3.org/2000/09/xmldsig#'/></x>")) == "structure");
}

TEST_CASE("what has no place in a response is refused: a signature with a spoilt namespace would look like none") {
    std::string spoilt = response();
    const std::string signature = "<d:Signature xmlns:d='http://www.w3.org/2000/09/xmldsig!'/>";
    CHECK(verdict(spoilt.insert(spoilt.find("<p:Extensions>"), signature)) == "structure");
    CHECK(verdict(response("", signature)) == "accepted"); // extensions are free
}

TEST_CASE("another assertion, in whatever place and form, is refused") {
    for (const char* other : {"<s:Assertion ID='_b'/>", "<s:EncryptedAssertion/>", "<x><s:Assertion/></x>",
                              "<p:Extensions><p:Response/></p:Extensions>", "<x><s:EncryptedAssertion/></x>"})
        CHECK(verdict(response("", other)) == "structure");
    CHECK(verdict("<Response/>") == "structure");
}

TEST_CASE("a relative namespace, which canonicalisation fails on, is refused") {
    CHECK(verdict(response("", "<x xmlns='urn:x' xmlns:y='http://y'/>")) == "accepted");
    CHECK(verdict(response("", "<x xmlns:y='1'/>")) == "c14n");
    CHECK(verdict(response("", "<x xmlns='a/b:c'/>")) == "c14n");
}

TEST_CASE("a namespace with an ampersand, which libxml2 writes into a canonical form as it is, is refused") {
    CHECK(verdict(response("", "<x xmlns='urn:x?a=1;b=2'/>")) == "accepted");
    CHECK(verdict(response("", "<x xmlns='urn:x?a=1&amp;b=2'/>")) == "c14n");
    CHECK(verdict(response("", "<y:x xmlns:y='urn:x&#38;lt;'/>")) == "c14n");
    for (const char* sign : {"&lt;", "&quot;", "&#9;", "&#10;", "&#13;"})
        CHECK(verdict(response("", std::string("<x xmlns='urn:x") + sign + "y'/>")) == "malformed"); // no URI
}

TEST_CASE("a truncated response is refused at every length") {
    const std::string whole = response();
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK(verdict(std::string_view(whole).substr(0, size)) != "accepted");
    CHECK(verdict(whole) == "accepted");
}

TEST_CASE("a provider's refusal is told with its code and its words") {
    auto document = open_response_xml(
        with_status("<p:StatusCode Value='urn:oasis:names:tc:SAML:2.0:status:Responder'><p:StatusCode "
                    "Value='urn:oasis:names:tc:SAML:2.0:status:AuthnFailed'/></p:StatusCode>",
                    "<p:StatusMessage> Not\x7fyou. </p:StatusMessage>"));
    REQUIRE_FALSE(document);
    CHECK(document.error().code == Code::idp_refused);
    CHECK(document.error().peer == "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed");
    CHECK(document.error().message == "The identity provider answered Responder (AuthnFailed): Not?you.");
}

TEST_CASE("a refusal without words or inner code is told as well") {
    auto document = open_response_xml(with_status("<p:StatusCode Value='urn:x:Requester'/>", ""));
    REQUIRE_FALSE(document);
    CHECK(document.error().code == Code::idp_refused);
    CHECK(document.error().message == "The identity provider answered Requester.");
}

TEST_CASE("a response without a status, or with two, is malformed") {
    CHECK(verdict(with_status("", "")) == "status");
    CHECK(verdict(with_status("<p:StatusCode/>", "")) == "status");
    std::string two = response();
    CHECK(verdict(two.insert(two.find("<p:Status>"), "<p:Status/>")) == "status");
}

TEST_CASE("no part of a response is in a message about it") {
    auto document = open_response_xml(response("", "<secret-part"));
    REQUIRE_FALSE(document);
    CHECK(document.error().message.find("secret-part") == std::string::npos);
}
