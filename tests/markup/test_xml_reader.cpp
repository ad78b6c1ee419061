#include "markup/xml_reader.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

namespace {

constexpr std::size_t bytes_max = 1024 * 1024;

std::string outcome_of(std::string_view text) {
    const auto document = XmlReader::parse(text, bytes_max);
    if (document)
        return "accepted";
    switch (document.error()) {
    case XmlFault::cut_off: return "cut off";
    case XmlFault::malformed: return "malformed";
    case XmlFault::forbidden: return "forbidden";
    }
    return "unknown";
}

} // namespace

TEST_CASE("elements are found by their local name, whatever the prefix") {
    const auto document = XmlReader::parse("<n:A xmlns:n='u'><n:B>1</n:B><B>2</B><C/></n:A>", bytes_max);
    REQUIRE(document);
    CHECK(document->root().name() == "A");
    REQUIRE(document->root().child("B"));
    CHECK(document->root().child("B")->text().reveal() == "1");
    CHECK(document->root().children("B").size() == 2);
    const auto second = document->root().first()->next();
    REQUIRE(second);
    CHECK(second->text().reveal() == "2");
    CHECK(second->next()->name() == "C");
    CHECK_FALSE(second->next()->next());
    CHECK_FALSE(second->next()->first());
    CHECK_FALSE(document->root().child("n:B"));
    CHECK_FALSE(document->root().child("D"));
}

TEST_CASE("a child of a child is not a child") {
    const auto document = XmlReader::parse("<A><X><B>1</B></X></A>", bytes_max);
    REQUIRE(document);
    CHECK_FALSE(document->root().child("B"));
}

TEST_CASE("text is joined across comments, CDATA and references") {
    const auto document =
        XmlReader::parse("<A>a<!-- & -->b<![CDATA[&c;<d>]]>&lt;&#101;&#x66;&amp;<B>no</B> g</A>", bytes_max);
    REQUIRE(document);
    CHECK(document->root().text().reveal() == "ab&c;<d><ef& g");
}

TEST_CASE("a byte order mark, a declaration, comments and blanks around the root are accepted") {
    CHECK(outcome_of("\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?>\r\n<!-- x --><A/>\n") == "accepted");
}

TEST_CASE("a DTD and entities are forbidden") {
    CHECK(outcome_of("<!DOCTYPE A [<!ENTITY k 'v'>]><A>&k;</A>") == "forbidden");
    CHECK(outcome_of("<!DOCTYPE A><A/>") == "forbidden");
    CHECK(outcome_of("<A>&k;</A>") == "forbidden");
    CHECK(outcome_of("<A>&nbsp;</A>") == "forbidden");
    CHECK(outcome_of("<A b='&k;'/>") == "forbidden");
    CHECK(outcome_of("<A>a & b</A>") == "forbidden");
}

TEST_CASE("characters that XML does not have are forbidden, as they are and as references") {
    CHECK(outcome_of(std::string_view("<A>\0</A>", 8)) == "forbidden");
    CHECK(outcome_of("<A>\x01</A>") == "forbidden");
    CHECK(outcome_of("<A>&#0;</A>") == "forbidden");
    CHECK(outcome_of("<A>&#x1B;</A>") == "forbidden");
    CHECK(outcome_of("<A>&#xD800;</A>") == "forbidden");
    CHECK(outcome_of("<A>&#99999999999;</A>") == "forbidden");
    CHECK(outcome_of("<A>&#10;</A>") == "accepted");
    for (std::size_t at = 3; at < 150; ++at) { // wherever it stands
        std::string text = "<A>" + std::string(150, 'x') + "</A>";
        CHECK(outcome_of(text) == "accepted");
        CHECK(outcome_of(text.replace(at, 1, "\x01")) == "forbidden");
        CHECK(outcome_of(text.replace(at, 1, "&")) == "forbidden");
    }
}

TEST_CASE("broken UTF-8 is malformed, and another encoding forbidden") {
    CHECK(outcome_of("<A>\xC3(</A>") == "malformed");
    CHECK(outcome_of("<A>\xED\xA0\x80</A>") == "malformed");
    CHECK(outcome_of("<?xml version='1.0' encoding='ISO-8859-1'?><A/>") == "forbidden");
}

TEST_CASE("what is not one well-formed document is malformed") {
    CHECK(outcome_of("text") == "malformed");
    CHECK(outcome_of("<A/><B/>") == "malformed");
    CHECK(outcome_of("<A/>rest") == "malformed");
    CHECK(outcome_of("<A><B></A></B>") == "malformed");
    CHECK(outcome_of("<A b=c></A>") == "malformed");
}

TEST_CASE("nesting is forbidden beyond the limit, however deep it goes") {
    const auto nested = [](int depth) {
        std::string text;
        for (int i = 0; i < depth; ++i)
            text += "<a>";
        for (int i = 0; i < depth; ++i)
            text += "</a>";
        return text;
    };
    CHECK(outcome_of(nested(64)) == "accepted");
    CHECK(outcome_of(nested(65)) == "forbidden");
    CHECK(outcome_of(nested(140'000)) == "forbidden");
}

TEST_CASE("a text above the size limit is forbidden") { CHECK_FALSE(XmlReader::parse("<A>12345</A>", 8)); }

TEST_CASE("a document that is cut anywhere is called cut off, not malformed") {
    const std::string whole =
        "<?xml version=\"1.0\"?><A xmlns='u'><!-- c --><B>\xC3\xA9 &amp; &#x20;</B><![CDATA[x]]></A>";
    REQUIRE(outcome_of(whole) == "accepted");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK(outcome_of(std::string_view(whole).substr(0, size)) == "cut off");
    }
}

TEST_CASE("a moved document keeps its elements") {
    auto document = XmlReader::parse("<A><B>1</B></A>", bytes_max);
    REQUIRE(document);
    const XmlReader moved = std::move(*document);
    CHECK(moved.root().child("B")->text().reveal() == "1");
}

namespace {

std::string source_of(std::string_view text, std::initializer_list<std::string_view> path) {
    const auto document = XmlReader::parse(text, bytes_max);
    REQUIRE(document);
    std::optional<XmlElement> here = document->root();
    for (const std::string_view name : path) {
        here = here->child(name);
        REQUIRE(here);
    }
    return std::string(here->source(text));
}

} // namespace

TEST_CASE("an element's octets are those of the text, from its first to its last") {
    CHECK(source_of("<A/>", {}) == "<A/>");
    CHECK(source_of("<A></A  >\n", {}) == "<A></A  >");
    CHECK(source_of("\xEF\xBB\xBF<?xml version='1.0'?><!-- x --><A>1</A><!-- y -->", {}) == "<A>1</A>");
    CHECK(source_of("<A><B/></A>", {"B"}) == "<B/>");
    CHECK(source_of("<A><B></B></A>", {"B"}) == "<B></B>");
    CHECK(source_of("<A>x<B a='>'>&lt;\r\n<C/></B >\r\n</A>", {"B"}) == "<B a='>'>&lt;\r\n<C/></B >");
    CHECK(source_of("<A><B>1</B><C/></A>", {"B"}) == "<B>1</B>");
    CHECK(source_of("<A><B>1</B>x</A>", {"B"}) == "<B>1</B>");
    CHECK(source_of("<A><B>1</B><!-- x --></A>", {"B"}) == "<B>1</B>");
    CHECK(source_of("<A><B>1</B><![CDATA[x]]></A>", {"B"}) == "<B>1</B>");
    CHECK(source_of("<A><B>1</B><?x y?></A>", {"B"}) == "<B>1</B>");
    CHECK(source_of("<A><B><C><D>1</D ></C\n></B></A> <!-- x -->", {"B", "C", "D"}) == "<D>1</D >");
    CHECK(source_of("<A><B><C>1</C></B ><B/></A>", {"B", "C"}) == "<C>1</C>");
    CHECK(source_of("<A><B>\xC3\xA4\xE2\x82\xAC</B></A>", {"B"}) == "<B>\xC3\xA4\xE2\x82\xAC</B>");
}

TEST_CASE("namespaces are those of the element and of what is around it") {
    const auto document = XmlReader::parse(
        "<a:A xmlns:a='urn:a' xmlns='urn:d' xmlns:b='urn:b'><a:B xmlns:a='urn:other' xmlns=''/><C/></a:A>", bytes_max);
    REQUIRE(document);
    const XmlElement outer = document->root(), inner = *outer.child("B");
    CHECK(outer.namespace_name() == "urn:a");
    CHECK(inner.namespace_name() == "urn:other");
    CHECK(outer.child("C")->namespace_name() == "urn:d");
    CHECK(inner.namespace_of("b") == "urn:b");
    CHECK(inner.namespace_of("").empty());
    CHECK(inner.namespace_of("c").empty());
    const auto all = inner.namespaces();
    REQUIRE(all.size() == 3);
    CHECK(all[0].prefix == "a");
    CHECK(all[0].name == "urn:other");
    CHECK(all[1].prefix.empty());
    CHECK(all[1].name.empty());
    CHECK(all[2].prefix == "b");
}

TEST_CASE("an attribute is found by its local name, and a declaration is none") {
    const auto document = XmlReader::parse("<A xmlns:u='urn:u' xmlns:n='x' u:Id='1&amp;2'/>", bytes_max);
    REQUIRE(document);
    CHECK(document->root().attribute("Id") == "1&2");
    CHECK_FALSE(document->root().attribute("n"));
    CHECK_FALSE(document->root().attribute("u"));
    CHECK_FALSE(document->root().attribute("xmlns"));
}

TEST_CASE("many declarations are gathered in one go") {
    std::string text = "<A";
    for (int i = 0; i < 50'000; ++i)
        text += " xmlns:a" + std::to_string(i) + "='u'";
    const auto document = XmlReader::parse(text + "/>", bytes_max);
    REQUIRE(document);
    CHECK(document->root().namespaces().size() == 50'000);
}
