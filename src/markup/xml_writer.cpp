#include "markup/xml_writer.h"

#include "base/text.h"

#include <algorithm>
#include <stdexcept>

namespace awsfed {

namespace {

bool is_forbidden_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

// A reader turns CR into LF (XML 1.0, 2.11), and white space in an attribute into blanks (3.3.3), unless they are
// written as references.
std::string_view reference_for(char c, bool in_attribute) {
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;"; // only "]]>" is forbidden in a text
    case '\r': return "&#xD;";
    case '"': return in_attribute ? "&quot;" : "";
    case '\t': return in_attribute ? "&#x9;" : "";
    case '\n': return in_attribute ? "&#xA;" : "";
    default: return "";
    }
}

void append_escaped(Secret& out, std::string_view text, bool in_attribute) {
    if (!is_xml_text(text))
        throw std::logic_error("XML cannot carry this text.");
    for (const char c : text) {
        const std::string_view reference = reference_for(c, in_attribute);
        if (reference.empty())
            out.append(c);
        else
            out.append(reference);
    }
}

} // namespace

bool is_xml_text(std::string_view text) {
    return is_utf8(text) && std::ranges::none_of(text, is_forbidden_control) &&
           text.find("\xEF\xBF\xBE") == text.npos && text.find("\xEF\xBF\xBF") == text.npos;
}

void XmlWriter::open(std::string_view name, Attributes attributes) {
    end_start_tag();
    out_.append('<');
    out_.append(name);
    open_.emplace_back(name);
    in_start_tag_ = true;
    for (const auto& [attribute_name, value] : attributes)
        attribute(attribute_name, value);
}

void XmlWriter::attribute(std::string_view name, std::string_view value) {
    if (!in_start_tag_)
        throw std::logic_error("The start tag is over.");
    out_.append(' ');
    out_.append(name);
    out_.append("=\"");
    append_escaped(out_, value, true);
    out_.append('"');
}

void XmlWriter::end_start_tag() {
    if (in_start_tag_)
        out_.append('>');
    in_start_tag_ = false;
}

void XmlWriter::close() {
    if (in_start_tag_) {
        out_.append("/>");
        in_start_tag_ = false;
    } else {
        out_.append("</");
        out_.append(open_.back());
        out_.append('>');
    }
    open_.pop_back();
}

void XmlWriter::text(std::string_view text) {
    end_start_tag();
    append_escaped(out_, text, false);
}

void XmlWriter::element(std::string_view name, std::string_view content, Attributes attributes) {
    open(name, attributes);
    text(content);
    close();
}

void XmlWriter::insert(std::string_view xml) {
    end_start_tag();
    out_.append(xml);
}

Secret XmlWriter::take() && {
    if (!open_.empty())
        throw std::logic_error("An element is still open.");
    return std::move(out_);
}

} // namespace awsfed
