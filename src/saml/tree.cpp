#include "saml/tree.h"

#include <cstring>

namespace awsfed::saml {

namespace {

// Without measuring the text first: most comparisons end at the first letter.
bool equals(const xmlChar* text, std::string_view word) {
    const char* letters = reinterpret_cast<const char*>(text); // NOLINT
    return letters != nullptr && std::strncmp(letters, word.data(), word.size()) == 0 && letters[word.size()] == '\0';
}

const xmlNode* element_from(const xmlNode* node) {
    while (node != nullptr && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}

} // namespace

bool is(const xmlNode* node, std::string_view ns, std::string_view name) {
    return node->type == XML_ELEMENT_NODE && node->ns != nullptr && equals(node->name, name) &&
           equals(node->ns->href, ns);
}

const xmlNode* first_element(const xmlNode* parent) { return element_from(parent->children); }
const xmlNode* next_element(const xmlNode* node) { return element_from(node->next); }

std::vector<const xmlNode*> children(const xmlNode* parent, std::string_view ns, std::string_view name) {
    std::vector<const xmlNode*> found;
    for (const xmlNode* node = first_element(parent); node != nullptr; node = next_element(node)) {
        if (is(node, ns, name))
            found.push_back(node);
    }
    return found;
}

Result<const xmlNode*> only_child(const xmlNode* parent, std::string_view ns, std::string_view name,
                                  std::string_view reason) {
    const std::vector<const xmlNode*> found = children(parent, ns, name);
    if (found.size() > 1)
        return malformed(reason, "The SAML response has {} {} elements where one may stand.", found.size(), name);
    return found.empty() ? nullptr : found.front();
}

std::optional<std::string> attribute(const xmlNode* node, std::string_view name) {
    for (const xmlAttr* attr = node->properties; attr != nullptr; attr = attr->next) {
        if (attr->ns != nullptr || view(attr->name) != name)
            continue;
        std::string value;
        for (const xmlNode* text = attr->children; text != nullptr; text = text->next)
            value += view(text->content);
        return value;
    }
    return std::nullopt;
}

Result<std::string> text_of(const xmlNode* node) {
    std::string text;
    for (const xmlNode* child = node->children; child != nullptr; child = child->next) {
        if (child->type != XML_TEXT_NODE && child->type != XML_CDATA_SECTION_NODE)
            return malformed("markup", "The element {} of the SAML response holds markup where text belongs.",
                             view(node->name));
        text += view(child->content);
    }
    return text;
}

bool holds_element(const xmlNode* node) { return first_element(node) != nullptr; }

} // namespace awsfed::saml
