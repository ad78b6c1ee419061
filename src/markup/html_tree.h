// The tree of a page as libxml2's HTML parser makes it, and small questions about its nodes. Inside of markup only.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "base/text.h"

#include <libxml/tree.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace awsfed::html {

struct FreeXml {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
    void operator()(xmlChar* text) const {
        OPENSSL_cleanse(text, static_cast<std::size_t>(xmlStrlen(text)));
        xmlFree(text);
    }
};

using Document = std::unique_ptr<xmlDoc, FreeXml>;
using Text = std::unique_ptr<xmlChar, FreeXml>;

// The page in UTF-8, whatever it came in. See read_page for what is refused.
Result<Document> read_tree(std::string_view html, std::string_view content_type);

inline std::string_view view(const xmlChar* text) {
    return text ? reinterpret_cast<const char*>(text) : std::string_view();
}
inline const xmlChar* chars(const char* text) { return reinterpret_cast<const xmlChar*>(text); }

inline bool is(const xmlNode* node, std::string_view name) {
    return node->type == XML_ELEMENT_NODE && view(node->name) == name;
}

// What stands in these is text or inert for a browser, even where libxml2 sees elements.
inline bool is_opaque(const xmlNode* node) {
    constexpr std::array<std::string_view, 9> names{"script", "style",   "template", "textarea", "title",
                                                    "iframe", "noembed", "noframes", "xmp"};
    return node->type == XML_ELEMENT_NODE && std::ranges::find(names, view(node->name)) != names.end();
}

// The next node in document order, without what is inside an opaque one.
inline const xmlNode* next_node(const xmlNode* node) {
    if (node->children != nullptr && node->type == XML_ELEMENT_NODE && !is_opaque(node))
        return node->children;
    while (node != nullptr && node->next == nullptr)
        node = node->parent;
    return node == nullptr ? nullptr : node->next;
}

template <class Visit>
void for_each_element(const xmlDoc* document, Visit visit) {
    if (document == nullptr)
        return;
    for (const xmlNode* node = document->children; node != nullptr; node = next_node(node)) {
        if (node->type == XML_ELEMENT_NODE)
            visit(node);
    }
}

inline bool has(const xmlNode* node, const char* name) { return xmlHasProp(node, chars(name)) != nullptr; }

inline Text attribute(const xmlNode* node, const char* name) { return Text(xmlGetNoNsProp(node, chars(name))); }

inline std::string attribute_text(const xmlNode* node, const char* name) {
    return std::string(view(attribute(node, name).get()));
}

inline std::string attribute_word(const xmlNode* node, const char* name) {
    return lower_ascii(trimmed(attribute_text(node, name)));
}

inline std::optional<std::string> optional_attribute(const xmlNode* node, const char* name) {
    if (!has(node, name))
        return std::nullopt;
    return std::string(trimmed(attribute_text(node, name)));
}

inline Secret attribute_secret(const xmlNode* node, const char* name) {
    return Secret(view(attribute(node, name).get()));
}

inline Secret content_secret(const xmlNode* node) { return Secret(view(Text(xmlNodeGetContent(node)).get())); }

} // namespace awsfed::html
