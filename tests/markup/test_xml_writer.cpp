#include "markup/xml_writer.h"

#include "markup/xml_reader.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace awsfed;

TEST_CASE("elements nest, and an empty one is short") {
    XmlWriter xml;
    xml.open("a:A", {{"xmlns:a", "urn:x"}, {"n", "1"}});
    xml.element("B", "text");
    xml.open("C");
    xml.close();
    xml.insert("<D>as it is</D>");
    xml.close();
    CHECK(std::move(xml).take().reveal() == R"(<a:A xmlns:a="urn:x" n="1"><B>text</B><C/><D>as it is</D></a:A>)");
}

TEST_CASE("whatever a text holds, a reader gets it back") {
    for (const std::string& text : std::initializer_list<std::string>{"Pä&<\"'>ß€😀", "]]>", "\r\n\t \n", "&amp;", "",
                                                                      "\xC2\x85\xE2\x80\xA8", " x "}) {
        CAPTURE(text);
        XmlWriter xml;
        xml.element("A", text, {{"b", text}});
        const Secret written = std::move(xml).take();
        const auto document = XmlReader::parse(written.reveal(), 1000);
        REQUIRE(document);
        CHECK(document->root().text().reveal() == text);
    }
}

TEST_CASE("white space in an attribute is written as references, and quotes too") {
    XmlWriter xml;
    xml.open("A", {{"b", "\t\n\r\"'<&>"}});
    xml.close();
    CHECK(std::move(xml).take().reveal() == R"(<A b="&#x9;&#xA;&#xD;&quot;'&lt;&amp;&gt;"/>)");
}

TEST_CASE("what XML 1.0 cannot carry is told, and never written") {
    CHECK(is_xml_text("Pä\t\r\n€😀\x7F"));
    for (const std::string& text :
         {std::string("\0", 1), std::string("a\x01"), std::string("\x1F"), std::string("\xFF"), std::string("\xC3"),
          std::string("\xEF\xBF\xBE"), std::string("\xEF\xBF\xBF")}) {
        CHECK_FALSE(is_xml_text(text));
        XmlWriter xml;
        xml.open("A");
        CHECK_THROWS_AS(xml.text(text), std::logic_error);
    }
}

TEST_CASE("an element that is left open, or an attribute that comes too late, is a defect") {
    XmlWriter xml;
    xml.open("A");
    xml.text("x");
    CHECK_THROWS_AS(xml.attribute("b", "1"), std::logic_error);
    CHECK_THROWS_AS(std::move(xml).take(), std::logic_error);
}
