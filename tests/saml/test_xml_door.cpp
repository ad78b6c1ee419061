#include "saml/xml_door.h"

#include "saml/tree.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <libxml/globals.h>
#include <libxml/parser.h>

#include <string>

using namespace awsfed;
using namespace awsfed::saml;

namespace {

constexpr XmlKind kind{"test", Code::response_malformed, 100'000};

// "read", or the reason in one word.
std::string outcome(XmlParser& parser, std::string_view xml) {
    const auto tree = parser.open(xml, kind);
    return tree ? "read" : tree.error().peer;
}
std::string outcome(std::string_view xml) {
    XmlParser parser;
    return outcome(parser, xml);
}

std::string text_of_root(XmlParser& parser, std::string_view xml) {
    const auto tree = parser.open(xml, kind);
    REQUIRE(tree);
    return text_of(xmlDocGetRootElement(tree->get())).value_or("markup");
}

// What a host may have told libxml2 for itself, in this thread; it is as it was when this goes.
class HostSwitches {
public:
    HostSwitches() {
        xmlPedanticParserDefault(1);
        xmlLoadExtDtdDefaultValue = XML_DETECT_IDS | XML_COMPLETE_ATTRS;
        xmlDoValidityCheckingDefaultValue = 1;
    }
    ~HostSwitches() {
        xmlKeepBlanksDefault(blanks_);
        xmlSubstituteEntitiesDefault(entities_);
        xmlLineNumbersDefault(lines_);
        xmlPedanticParserDefault(0);
        xmlLoadExtDtdDefaultValue = 0;
        xmlDoValidityCheckingDefaultValue = 0;
    }
    HostSwitches(const HostSwitches&) = delete;
    HostSwitches& operator=(const HostSwitches&) = delete;

private:
    int blanks_ = xmlKeepBlanksDefault(0);
    int entities_ = xmlSubstituteEntitiesDefault(1);
    int lines_ = xmlLineNumbersDefault(0);
};

} // namespace

TEST_CASE("white space between elements is kept, whatever the host has told libxml2") {
    const auto children = [] {
        XmlParser parser;
        const auto tree = parser.open("<a>\n  <b/> <c>\t</c>\n</a>", kind);
        REQUIRE(tree);
        return xmlChildElementCount(xmlDocGetRootElement(tree->get())) == 2 &&
               xmlDocGetRootElement(tree->get())->children->type == XML_TEXT_NODE;
    };
    CHECK(children());
    const HostSwitches switches;
    CHECK(children());
    XmlParser parser;
    CHECK(text_of_root(parser, "<a> \n </a>") == " \n ");
    CHECK(outcome(parser, "<a>&b;</a>") == "malformed");
}

TEST_CASE("a parser that has refused a text reads the next one as if it were the first") {
    const std::string good = "<a xmlns='urn:a'>text</a>";
    XmlParser parser;
    CHECK(outcome(parser, good) == "read");
    const std::pair<std::string, std::string> refused[] = {
        {"<a>", "malformed"},
        {"<a></b>", "malformed"},
        {"<p:a/>", "malformed"},
        {"<a xmlns:p='urn:p' xmlns:q='urn:p' p:x='' q:x=''/>", "malformed"},
        {"<a x='' x=''/>", "malformed"},
        {"<a>&b;</a>", "malformed"},
        {"<a xmlns=' '/>", "malformed"},
        {good + good, "malformed"},
        {"<a b='" + std::string(50'000, 'x'), "malformed"},
        {"", "size"},
        {"<!DOCTYPE a [<!ENTITY text 'x'>]><a>&text;</a>", "doctype"},
        {"<?xml version='1.0' encoding='utf-16'?><a/>", "encoding"},
        {std::string(20'000, '<'), "malformed"},
    };
    for (const auto& [text, reason] : refused) {
        CAPTURE(text.substr(0, 60));
        CHECK(outcome(parser, text) == reason);
        CHECK(text_of_root(parser, good) == "text");
    }
}

TEST_CASE("XML 1.1 and a second byte order mark are refused before the parser sees them") {
    const std::string mark(byte_order_mark);
    CHECK(outcome(mark + "<?xml version='1.0'?><a/>") == "read");
    CHECK(outcome(mark + mark + "<a/>") == "encoding");
    for (const char* version : {"1.1", "1.9", "1.0 ", "2.0", "01.0"})
        CHECK(outcome(fmt::format("<?xml version='{}'?><a/>", version)) == "encoding");
    CHECK(outcome("<?xml encoding='utf-8' version='1.1'?><a/>") == "encoding");
    CHECK(outcome("<?xml version=''?><a/>") == "malformed");
}

TEST_CASE("a catalog is named in no place, or the parser would look it up") {
    const std::string catalog = "<?oasis-xml-catalog catalog='file:///nowhere'?>";
    CHECK(outcome(catalog + "<a/>") == "markup");
    CHECK(outcome("<a>" + catalog + "</a>") == "markup");
    CHECK(outcome("<a/>" + catalog) == "markup");
    CHECK(outcome("<a>&lt;?oasis-xml-catalog?></a>") == "read");
}

TEST_CASE("as many namespaces are declared as the kind of text may, and not one more") {
    const auto declaring = [](std::size_t count) {
        std::string xml = "<a>";
        for (std::size_t i = 0; i < count; ++i)
            xml += "<b xmlns='urn:b'/>";
        return xml + "</a>";
    };
    CHECK(outcome(declaring(xml_declarations_max)) == "read");
    CHECK(outcome(declaring(xml_declarations_max + 1)) == "limits");
    constexpr XmlKind few{"test", Code::metadata_malformed, 100'000, 2};
    CHECK(open_xml(declaring(2), few));
    const auto refused = open_xml(declaring(3), few);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::metadata_malformed);
    CHECK(refused.error().peer == "limits");
}
