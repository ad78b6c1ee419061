#include "markup/xml_reader.h"

#include "base/limits.h"
#include "base/text.h"

#include <pugixml.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>

namespace awsfed {

namespace {

using Fault = std::optional<XmlFault>;

// Everything is kept that a check or a text needs; pugixml expands the five entities and character
// references only.
constexpr unsigned int parse_options = pugi::parse_cdata | pugi::parse_comments | pugi::parse_pi |
                                       pugi::parse_declaration | pugi::parse_doctype | pugi::parse_escapes |
                                       pugi::parse_eol | pugi::parse_ws_pcdata | pugi::parse_fragment;

// XML 1.0, 2.2: Char.
bool is_xml_char(std::uint32_t c) {
    return c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
           (c >= 0x10000 && c <= 0x10FFFF);
}

// The name between '&' and ';'.
bool is_allowed_reference(std::string_view name) {
    for (const std::string_view known : {"lt", "gt", "amp", "quot", "apos"}) {
        if (name == known)
            return true;
    }
    if (!name.starts_with('#'))
        return false;
    name.remove_prefix(1);
    const bool hexadecimal = name.starts_with('x');
    if (hexadecimal)
        name.remove_prefix(1);
    std::uint32_t value = 0;
    const char* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data(), end, value, hexadecimal ? 16 : 10);
    return error == std::errc() && stop == end && is_xml_char(value);
}

// A cut can fall into the middle of a UTF-8 sequence; that is a cut, not a broken text.
Fault encoding_fault(std::string_view text) {
    if (is_utf8(text))
        return std::nullopt;
    for (std::size_t tail = 1; tail <= 3 && tail <= text.size(); ++tail) {
        const auto lead = static_cast<unsigned char>(text[text.size() - tail]);
        if (lead >= 0xC2 && lead <= 0xF4 && is_utf8(text.substr(0, text.size() - tail)))
            return XmlFault::cut_off;
    }
    return XmlFault::malformed;
}

Fault reference_fault(std::string_view text) {
    constexpr std::string_view reference_chars = "#abcdefghijklmnopqrstuvwxyzABCDEF0123456789";
    while (true) {
        const std::size_t at = std::min({text.find('&'), text.find("<![CDATA["), text.find("<!--")});
        if (at == text.npos)
            return std::nullopt;
        text.remove_prefix(at);
        if (text.front() == '&') {
            const std::size_t end = std::min(text.find_first_not_of(reference_chars, 1), text.size());
            if (end == text.size())
                return XmlFault::cut_off;
            if (text[end] != ';' || !is_allowed_reference(text.substr(1, end - 1)))
                return XmlFault::forbidden;
            text.remove_prefix(end + 1);
            continue;
        }
        // An ampersand in a comment or a CDATA section is just that.
        const std::string_view closing = text.starts_with("<!--") ? "-->" : "]]>";
        const std::size_t end = text.find(closing);
        if (end == text.npos)
            return XmlFault::cut_off;
        text.remove_prefix(end + closing.size());
    }
}

struct BytesSeen {
    unsigned char control = 0; // one that XML 1.0 has no place for
    unsigned char not_ascii = 0;
    unsigned char exclamation = 0, ampersand = 0; // as of "<!DOCTYPE" and "&lt;"
    std::size_t tags = 0;                         // '<': as many as there are, or more
};

// The sums have no branch, and the number is fixed, so that the compiler looks at all of them at once.
template <std::size_t count>
void look_at(const char* bytes, BytesSeen& seen) {
    static_assert(count < 256);
    unsigned char control = 0, not_ascii = 0, exclamation = 0, ampersand = 0, tags = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        control |= static_cast<unsigned char>(byte < 0x20) & static_cast<unsigned char>(byte != '\t') &
                   static_cast<unsigned char>(byte != '\n') & static_cast<unsigned char>(byte != '\r');
        not_ascii |= byte & 0x80;
        exclamation |= static_cast<unsigned char>(byte == '!');
        ampersand |= static_cast<unsigned char>(byte == '&');
        tags = static_cast<unsigned char>(tags + (byte == '<'));
    }
    seen.control |= control;
    seen.not_ascii |= not_ascii;
    seen.exclamation |= exclamation;
    seen.ampersand |= ampersand;
    seen.tags += tags;
}

BytesSeen bytes_seen(std::string_view text) {
    constexpr std::size_t block = 128;
    BytesSeen seen;
    if (text.size() >= block) { // what is left behind the last one is looked at together with what is before it
        const char* const last = text.data() + text.size() - block;
        for (const char* at = text.data(); at < last; at += block)
            look_at<block>(at, seen);
        look_at<block>(last, seen);
    } else {
        for (const char& c : text)
            look_at<1>(&c, seen);
    }
    return seen;
}

// What can be said of the bytes before a parser sees them.
Fault fault_of_bytes(std::string_view text, const BytesSeen& seen) {
    if (seen.control != 0)
        return XmlFault::forbidden;
    const bool has_declarations = seen.exclamation != 0 && text.find("<!") != text.npos;
    if (has_declarations && (text.find("<!DOCTYPE") != text.npos || text.find("<!ENTITY") != text.npos))
        return XmlFault::forbidden;
    if (seen.not_ascii != 0) {
        if (const Fault fault = encoding_fault(text))
            return fault;
    }
    return has_declarations || seen.ampersand != 0 ? reference_fault(text) : std::nullopt;
}

bool is_utf8_declaration(const pugi::xml_node& declaration) {
    const std::string_view encoding = declaration.attribute("encoding").as_string("UTF-8");
    return equal_ignoring_case(encoding, "UTF-8") || equal_ignoring_case(encoding, "US-ASCII");
}

// Exactly one element at the top, and beside it nothing but a declaration, comments and blanks.
Fault fault_of_top(const pugi::xml_document& document) {
    int elements = 0;
    for (pugi::xml_node node = document.first_child(); node; node = node.next_sibling()) {
        switch (node.type()) {
        case pugi::node_element: ++elements; break;
        case pugi::node_comment:
        case pugi::node_pi: break;
        case pugi::node_declaration:
            if (!is_utf8_declaration(node))
                return XmlFault::forbidden;
            break;
        case pugi::node_pcdata:
            if (!trimmed(node.value()).empty())
                return XmlFault::malformed;
            break;
        default: return XmlFault::forbidden;
        }
    }
    if (elements == 0)
        return XmlFault::cut_off;
    return elements == 1 ? std::nullopt : Fault(XmlFault::malformed);
}

// Walks without recursion, so that depth costs no stack.
Fault fault_of_depth(const pugi::xml_document& document) {
    int depth = 0;
    pugi::xml_node node = document.first_child();
    while (node) {
        if (const pugi::xml_node below = node.first_child()) {
            if (++depth >= xml_depth_max)
                return XmlFault::forbidden;
            node = below;
            continue;
        }
        while (node && node != document && !node.next_sibling()) {
            node = node.parent();
            --depth;
        }
        node = node == document ? pugi::xml_node() : node.next_sibling();
    }
    return std::nullopt;
}

std::string_view without_byte_order_mark(std::string_view text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

std::string_view local_name(std::string_view name) { return name.substr(name.find(':') + 1); }

} // namespace

struct XmlReader::Document {
    Secret bytes; // pugixml works in place: names and texts point in here
    pugi::xml_document tree;
};

XmlReader::XmlReader(std::unique_ptr<Document> document) : document_(std::move(document)) {}
XmlReader::XmlReader(XmlReader&&) noexcept = default;
XmlReader& XmlReader::operator=(XmlReader&&) noexcept = default;
XmlReader::~XmlReader() = default;

std::expected<XmlReader, XmlFault> XmlReader::parse(std::string_view text, std::size_t bytes_max) {
    text = without_byte_order_mark(text);
    if (text.size() > bytes_max)
        return std::unexpected(XmlFault::forbidden);
    if (trimmed(text).empty())
        return std::unexpected(XmlFault::cut_off);
    const BytesSeen seen = bytes_seen(text);
    if (const Fault fault = fault_of_bytes(text, seen))
        return std::unexpected(*fault);

    auto document = std::make_unique<Document>();
    char* bytes = document->bytes.grow(text.size());
    std::ranges::copy(text, bytes);
    const pugi::xml_parse_result outcome =
        document->tree.load_buffer_inplace(bytes, text.size(), parse_options, pugi::encoding_utf8);
    if (outcome.status == pugi::status_out_of_memory)
        throw std::bad_alloc();
    if (!outcome) {
        // A document that is only cut off is right up to its end, or up to a tag that is not closed.
        const bool at_end = static_cast<std::size_t>(outcome.offset) + 1 >= text.size();
        const bool in_tag = text.substr(text.rfind('<') + 1).find('>') == text.npos;
        return std::unexpected(at_end || in_tag ? XmlFault::cut_off : XmlFault::malformed);
    }
    if (const Fault fault = fault_of_top(document->tree))
        return std::unexpected(*fault);
    const bool may_be_deep = seen.tags >= xml_depth_max; // fewer tags are not so deep
    if (const Fault fault = may_be_deep ? fault_of_depth(document->tree) : std::nullopt)
        return std::unexpected(*fault);
    return XmlReader(std::move(document));
}

XmlElement XmlReader::root() const { return XmlElement(document_->tree.document_element().internal_object()); }

std::string_view XmlElement::name() const { return local_name(pugi::xml_node(node_).name()); }

namespace {

pugi::xml_node element_from(pugi::xml_node node) {
    while (node && node.type() != pugi::node_element)
        node = node.next_sibling();
    return node;
}

} // namespace

std::optional<XmlElement> XmlElement::of(pugi::xml_node_struct* node) {
    return node != nullptr ? std::optional(XmlElement(node)) : std::nullopt;
}

std::optional<XmlElement> XmlElement::first() const {
    return of(element_from(pugi::xml_node(node_).first_child()).internal_object());
}

std::optional<XmlElement> XmlElement::next() const {
    return of(element_from(pugi::xml_node(node_).next_sibling()).internal_object());
}

std::vector<XmlElement> XmlElement::children(std::string_view name) const {
    std::vector<XmlElement> found;
    for (std::optional<XmlElement> element = first(); element; element = element->next()) {
        if (element->name() == name)
            found.push_back(*element);
    }
    return found;
}

std::optional<XmlElement> XmlElement::child(std::string_view name) const {
    std::optional<XmlElement> element = first();
    while (element && element->name() != name)
        element = element->next();
    return element;
}

namespace {

template <class Text>
Text joined_text(const pugi::xml_node& element) {
    Text joined;
    for (pugi::xml_node node = element.first_child(); node; node = node.next_sibling()) {
        const pugi::xml_node_type type = node.type();
        if (type == pugi::node_pcdata || type == pugi::node_cdata)
            joined.append(std::string_view(node.value()));
    }
    return joined;
}

bool declares_namespace(std::string_view attribute) { return attribute == "xmlns" || attribute.starts_with("xmlns:"); }

// Where a node begins, from the start of the text; what pugixml points at stands a little behind that.
std::size_t beginning_of(const pugi::xml_node& node) {
    const auto at = static_cast<std::size_t>(node.offset_debug());
    switch (node.type()) {
    case pugi::node_element: return at - std::string_view("<").size();
    case pugi::node_declaration:
    case pugi::node_pi: return at - std::string_view("<?").size();
    case pugi::node_comment: return at - std::string_view("<!--").size();
    case pugi::node_cdata: return at - std::string_view("<![CDATA[").size();
    default: return at;
    }
}

// pugixml does not tell where an element ends. Every character between two tags is a node of its own here, so behind
// it stand the end tags of the elements around it, as many as end together with it, and then the next node.
std::size_t end_of(const pugi::xml_node& element, std::string_view text) {
    std::size_t end_tags = 0;
    pugi::xml_node last = element;
    while (last.parent() && !last.next_sibling()) {
        last = last.parent();
        ++end_tags;
    }
    std::size_t end = 0;
    if (last.parent()) {
        end = beginning_of(last.next_sibling());
    } else { // the document itself: it has no tag, and blanks at its end are no node
        end = text.rfind('>') + 1;
        --end_tags;
    }
    for (; end_tags > 0; --end_tags)
        end = text.rfind('<', end - 1);
    return end;
}

} // namespace

std::string_view XmlElement::source(std::string_view parsed) const {
    const pugi::xml_node element(node_);
    const std::string_view text = without_byte_order_mark(parsed);
    const std::size_t begin = beginning_of(element);
    return text.substr(begin, end_of(element, text) - begin);
}

std::optional<std::string> XmlElement::attribute(std::string_view name) const {
    for (const pugi::xml_attribute& one : pugi::xml_node(node_).attributes()) {
        if (!declares_namespace(one.name()) && local_name(one.name()) == name)
            return one.value();
    }
    return std::nullopt;
}

std::vector<XmlNamespace> XmlElement::namespaces() const {
    std::vector<XmlNamespace> found;
    std::set<std::string_view> prefixes;
    for (pugi::xml_node node(node_); node; node = node.parent()) {
        for (const pugi::xml_attribute& one : node.attributes()) {
            const std::string_view name = one.name();
            if (!declares_namespace(name))
                continue;
            const std::string_view prefix = name.substr(std::min(name.size(), std::string_view("xmlns:").size()));
            if (prefixes.insert(prefix).second)
                found.push_back({std::string(prefix), one.value()});
        }
    }
    return found;
}

std::string XmlElement::namespace_of(std::string_view prefix) const {
    const std::string declaration = prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix);
    for (pugi::xml_node node(node_); node; node = node.parent()) {
        if (const pugi::xml_attribute one = node.attribute(declaration.c_str()))
            return one.value();
    }
    return {};
}

std::string XmlElement::namespace_name() const {
    const std::string_view name = pugi::xml_node(node_).name();
    const std::size_t colon = name.find(':');
    return namespace_of(colon == name.npos ? std::string_view() : name.substr(0, colon));
}

Secret XmlElement::text() const { return joined_text<Secret>(pugi::xml_node(node_)); }
std::string XmlElement::plain_text() const { return joined_text<std::string>(pugi::xml_node(node_)); }

} // namespace awsfed
