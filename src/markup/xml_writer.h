// XML that is sent: elements, attributes and texts, written into a Secret since a password may be among them. It makes
// no document that its reader could take otherwise: whatever a text holds arrives as it is.
#pragma once

#include "base/secret.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed {

// Can XML 1.0 carry it at all? Not broken UTF-8, nor control characters but tab, CR and LF, nor U+FFFE and U+FFFF.
bool is_xml_text(std::string_view text);

class XmlWriter {
public:
    using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    // Names are as they shall stand there, with their prefixes; the caller declares those (xmlns:...).
    void open(std::string_view name, Attributes attributes = {});
    void close();
    void text(std::string_view text); // is_xml_text, as attributes' values must be
    void element(std::string_view name, std::string_view text, Attributes attributes = {});
    // To the element that was just opened.
    void attribute(std::string_view name, std::string_view value);
    // Octets that are XML already, unaltered.
    void insert(std::string_view xml);

    Secret take() &&; // once all is closed

private:
    void end_start_tag();

    Secret out_;
    std::vector<std::string> open_;
    bool in_start_tag_ = false;
};

} // namespace awsfed
