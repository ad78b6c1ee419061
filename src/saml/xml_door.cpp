#include "saml/xml_door.h"

#include "base/limits.h"
#include "base/text.h"

#include <libxml/parser.h>

#include <algorithm>
#include <new>

namespace awsfed::saml {

namespace {

// ---- the bytes ----------------------------------------------------------------------------

// What the XML declaration says of itself, empty where it does not (XML 1.0, 2.8 and 4.3.3).
std::string declared(std::string_view xml, std::string_view name) {
    if (!xml.starts_with("<?xml"))
        return {};
    const std::string_view declaration = xml.substr(0, xml.find("?>"));
    std::size_t at = declaration.find(name);
    if (at == declaration.npos)
        return {};
    at = declaration.find_first_of("\"'", at);
    if (at == declaration.npos)
        return {};
    const std::size_t end = declaration.find(declaration[at], at + 1);
    return lower_ascii(declaration.substr(at + 1, end - at - 1));
}

// libxml2 would read UTF-16 and Latin-1 as well, and believe an "encoding" that contradicts the bytes.
Result<void> check_encoding(std::string_view xml, const XmlKind& kind) {
    if (xml.find('\0') != xml.npos)
        return refused(kind, "encoding", "The {} holds NUL bytes.", kind.name);
    if (!is_utf8(xml))
        return refused(kind, "encoding", "The {} is not UTF-8.", kind.name);
    const std::string encoding = declared(xml, "encoding");
    const auto ascii = [xml] {
        return std::ranges::all_of(xml, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    };
    if (!encoding.empty() && encoding != "utf-8" && !(encoding == "us-ascii" && ascii()))
        return refused(kind, "encoding", "The {} declares the encoding \"{}\", not UTF-8.", kind.name,
                       printable(encoding, 40));
    // XML 1.1 has other line ends, and libxml2 reads it as if it were 1.0.
    if (const std::string version = declared(xml, "version"); !version.empty() && version != "1.0")
        return refused(kind, "encoding", "The {} declares XML {}, not 1.0.", kind.name, printable(version, 20));
    if (xml.starts_with(byte_order_mark)) // the second one
        return refused(kind, "encoding", "The {} begins with two byte order marks.", kind.name);
    return {};
}

Result<void> check_no_doctype(std::string_view xml, const XmlKind& kind) {
    for (std::size_t at = 0; (at = xml.find("<!", at)) != xml.npos; at += 2) {
        const std::string_view word = xml.substr(at + 2, 7);
        if (equal_ignoring_case(word, "doctype") || equal_ignoring_case(word.substr(0, 6), "entity"))
            return refused(kind, "doctype", "The {} holds a document type declaration.", kind.name);
    }
    return {};
}

// libxml2 looks it up in catalogs of the machine, and in the environment, before anybody has looked at the tree.
Result<void> check_no_catalog(std::string_view xml, const XmlKind& kind) {
    if (xml.find("<?oasis-xml-catalog") != xml.npos)
        return refused(kind, "markup", "The {} names a catalog.", kind.name);
    return {};
}

// The parser looks through all namespaces in scope for each name.
Result<void> check_declarations(std::string_view xml, const XmlKind& kind) {
    constexpr std::string_view declaration = "xmlns";
    std::size_t count = 0;
    for (std::size_t at = 0; (at = xml.find(declaration, at)) != xml.npos; at += declaration.size()) {
        if (++count > kind.declarations_max)
            return refused(kind, "limits", "The {} has more than {} namespace declarations.", kind.name,
                           kind.declarations_max);
    }
    return {};
}

// Attributes and namespace declarations of a start tag: each has one pair of quotes.
std::size_t attributes_of_tag(std::string_view tag) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = tag.find_first_of("\"'>", at)) != tag.npos && tag[at] != '>'; ++at) {
        ++count;
        at = tag.find(tag[at], at + 1);
        if (at == tag.npos)
            break;
    }
    return count;
}

// libxml2 2.9 takes quadratic time over the attributes of a tag, and canonicalisation does in every
// version; so they are counted before. The exact limits are checked on the tree.
//
// No tag has a '<' inside, so what stands between two of them is looked at by itself: a lone quote in a comment, in
// CDATA or in a broken tag, which libxml2 reads on behind, hides no later tag.
Result<void> check_tags(std::string_view xml, const XmlKind& kind) {
    constexpr std::size_t too_many = xml_attributes_max + xml_prefixes_max;
    constexpr std::size_t shortest_attribute = 4; // a=""
    for (std::size_t at = xml.find('<'); at != xml.npos;) {
        const std::size_t next = xml.find('<', at + 1);
        const std::string_view tag = xml.substr(at, next - at);
        if (tag.size() > too_many * shortest_attribute && attributes_of_tag(tag) > too_many)
            return refused(kind, "limits", "The {} has an element with more than {} attributes.", kind.name,
                           xml_attributes_max);
        at = next;
    }
    return {};
}

// ---- the parser ---------------------------------------------------------------------------

// Errors are counted by the context and printed by nobody. A template, since newer versions of libxml2
// hand the error over as const.
template <class E>
void keep_quiet(void*, E*) {}

} // namespace

void FreeTree::operator()(_xmlDoc* document) const { xmlFreeDoc(document); }

XmlParser::XmlParser() : context_(xmlNewParserCtxt()) {
    if (context_ == nullptr)
        throw std::bad_alloc();
    context_->sax->serror = keep_quiet;
    // A host may have told libxml2 to forget white space (xmlKeepBlanksDefault); what was signed has it.
    context_->keepBlanks = 1;
    context_->sax->ignorableWhitespace = context_->sax->characters;
}

XmlParser::~XmlParser() { xmlFreeParserCtxt(context_); }

Result<XmlTree> XmlParser::open(std::string_view xml, const XmlKind& kind) {
    if (trimmed(xml).empty())
        return refused(kind, "size", "The {} is empty.", kind.name);
    if (xml.size() > kind.bytes_max)
        return refused(kind, "size", "The {} has {} bytes; {} are taken.", kind.name, xml.size(), kind.bytes_max);
    if (xml.starts_with(byte_order_mark))
        xml.remove_prefix(byte_order_mark.size());
    AWSFED_CHECK(check_encoding(xml, kind));
    AWSFED_CHECK(check_no_doctype(xml, kind));
    AWSFED_CHECK(check_no_catalog(xml, kind));
    AWSFED_CHECK(check_declarations(xml, kind));
    AWSFED_CHECK(check_tags(xml, kind));

    // Not among the options: NOENT and DTDLOAD, which would read files and resolve entities; HUGE, which
    // lifts libxml2's own limits; RECOVER. COMPACT keeps short texts in their nodes: no tree is ever changed.
    const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT;
    XmlTree document(xmlCtxtReadMemory(context_, xml.data(), static_cast<int>(xml.size()), nullptr, "UTF-8", options));
    const bool whole = document != nullptr && context_->wellFormed == 1;
    if (!whole || context_->nsWellFormed != 1)
        return refused(kind, "malformed", "The {} is not well-formed XML (line {}).", kind.name,
                       context_->lastError.line);
    return document;
}

Result<XmlTree> open_xml(std::string_view xml, const XmlKind& kind) { return XmlParser().open(xml, kind); }

} // namespace awsfed::saml
