#include "saml/response_door.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/text.h"
#include "saml/gate.h"
#include "saml/tree.h"

#include <libxml/parser.h>

#include <algorithm>
#include <new>

namespace awsfed {

using namespace saml;

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool begins_like_xml(std::string_view bytes) {
    if (bytes.starts_with(byte_order_mark))
        bytes.remove_prefix(byte_order_mark.size());
    return trimmed(bytes).starts_with('<');
}

// ---- the bytes ----------------------------------------------------------------------------

// The encoding that the XML declaration names, empty without one (XML 1.0, 2.8 and 4.3.3).
std::string declared_encoding(std::string_view xml) {
    if (!xml.starts_with("<?xml"))
        return {};
    const std::string_view declaration = xml.substr(0, xml.find("?>"));
    std::size_t at = declaration.find("encoding");
    if (at == declaration.npos)
        return {};
    at = declaration.find_first_of("\"'", at);
    if (at == declaration.npos)
        return {};
    const std::size_t end = declaration.find(declaration[at], at + 1);
    return lower_ascii(declaration.substr(at + 1, end - at - 1));
}

// libxml2 would read UTF-16 and Latin-1 as well, and believe an "encoding" that contradicts the bytes.
Result<void> check_encoding(std::string_view xml) {
    if (xml.find('\0') != xml.npos)
        return malformed("encoding", "The SAML response holds NUL bytes.");
    if (!is_utf8(xml))
        return malformed("encoding", "The SAML response is not UTF-8.");
    const std::string encoding = declared_encoding(xml);
    const bool ascii = std::ranges::all_of(xml, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!encoding.empty() && encoding != "utf-8" && !(encoding == "us-ascii" && ascii))
        return malformed("encoding", "The SAML response declares the encoding \"{}\", not UTF-8.",
                         printable(encoding, 40));
    return {};
}

Result<void> check_no_doctype(std::string_view xml) {
    for (std::size_t at = 0; (at = xml.find("<!", at)) != xml.npos; at += 2) {
        const std::string_view word = xml.substr(at + 2, 7);
        if (equal_ignoring_case(word, "doctype") || equal_ignoring_case(word.substr(0, 6), "entity"))
            return malformed("doctype", "The SAML response holds a document type declaration.");
    }
    return {};
}

// Attributes and namespace declarations of the start tag at `at`: each has one pair of quotes. Moves on
// to the end of the tag.
std::size_t attributes_of_tag(std::string_view xml, std::size_t& at) {
    std::size_t count = 0;
    while ((at = xml.find_first_of("\"'>", at)) != xml.npos && xml[at] != '>') {
        ++count;
        at = xml.find(xml[at], at + 1);
        if (at == xml.npos)
            break;
        ++at;
    }
    at = std::min(at, xml.size());
    return count;
}

// libxml2 2.9 takes quadratic time over the attributes of a tag, and canonicalisation does in every
// version; so they are counted before. The exact limits are checked on the tree.
Result<void> check_tags(std::string_view xml) {
    for (std::size_t at = 0; (at = xml.find('<', at)) != xml.npos;) {
        if (attributes_of_tag(xml, at) > xml_attributes_max + xml_prefixes_max)
            return malformed("limits", "The SAML response has an element with more than {} attributes.",
                             xml_attributes_max);
    }
    return {};
}

// ---- the parser ---------------------------------------------------------------------------

struct FreeContext {
    void operator()(xmlParserCtxt* context) const {
        xmlFreeDoc(context->myDoc);
        context->myDoc = nullptr;
        xmlFreeParserCtxt(context);
    }
};

// Errors are counted by the context and printed by nobody. A template, since newer versions of libxml2
// hand the error over as const.
template <class E>
void keep_quiet(void*, E*) {}

using Context = std::unique_ptr<xmlParserCtxt, FreeContext>;

Result<xmlDoc*> parse(Context& context, std::string_view xml) {
    // Not among the options: NOENT and DTDLOAD, which would read files and resolve entities; HUGE, which
    // lifts libxml2's own limits; RECOVER.
    const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    context->sax->serror = keep_quiet;
    xmlDoc* document =
        xmlCtxtReadMemory(context.get(), xml.data(), static_cast<int>(xml.size()), nullptr, "UTF-8", options);
    const bool whole = document != nullptr && context->wellFormed == 1;
    if (!whole || context->nsWellFormed != 1) {
        xmlFreeDoc(document);
        return malformed("malformed", "The SAML response is not well-formed XML (line {}).", context->lastError.line);
    }
    return document;
}

} // namespace

void SamlDocument::Free::operator()(_xmlDoc* document) const { xmlFreeDoc(document); }

Result<SamlDocument> open_response_xml(std::string_view xml) {
    if (trimmed(xml).empty())
        return malformed("size", "The SAML response is empty.");
    if (xml.size() > saml_base64_chars_max / 4 * 3)
        return malformed("size", "The SAML response has {} bytes; STS takes {} base64 characters, which are {} bytes.",
                         xml.size(), saml_base64_chars_max, saml_base64_chars_max / 4 * 3);
    if (xml.starts_with(byte_order_mark))
        xml.remove_prefix(byte_order_mark.size());
    AWSFED_CHECK(check_encoding(xml));
    AWSFED_CHECK(check_no_doctype(xml));
    AWSFED_CHECK(check_tags(xml));

    Context context(xmlNewParserCtxt());
    if (!context)
        throw std::bad_alloc();
    SamlDocument saml;
    AWSFED_TRY(xmlDoc * document, parse(context, xml));
    saml.document_.reset(document);
    AWSFED_TRY(const Shape shape, check_shape(*document));
    saml.response_ = shape.response;
    saml.assertion_ = shape.assertion;
    saml.encrypted_ = shape.encrypted;
    return saml;
}

Result<SamlDocument> open_response(std::string_view base64_text) {
    if (trimmed(base64_text).empty())
        return malformed("size", "The SAML response is empty.");
    if (base64_text.size() > saml_base64_chars_max)
        return malformed("size", "The SAML response has {} base64 characters; STS takes {}.", base64_text.size(),
                         saml_base64_chars_max);
    const std::optional<Secret> xml = base64_decode(base64_text);
    if (!xml)
        return malformed("base64", "The SAML response is not base64.");
    if (!begins_like_xml(xml->reveal()))
        return malformed("base64", "The SAML response is base64, but not of XML.")
            .advice("Give the value of the field SAMLResponse as the form has it, not the deflated one of a redirect.");
    return open_response_xml(xml->reveal());
}

} // namespace awsfed
