// XML of a known, simple shape: answers of STS and the like. It is never used for SAML, which needs
// one tree for reading and for signatures.
//
// Strict: a DOCTYPE, an entity beyond the five of XML, a NUL, broken UTF-8 and deep nesting are
// refused before anything is read. The text stays in locked memory, since an STS answer holds keys.
#pragma once

#include "base/secret.h"

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pugi {
struct xml_node_struct;
}

namespace awsfed {

enum class XmlFault {
    cut_off,   // the text ends before the document does: the connection broke, repeating may help
    malformed, // not well-formed XML 1.0
    forbidden, // well-formed perhaps, but of a kind that no right answer has
};

struct XmlNamespace {
    std::string prefix; // empty: the default one
    std::string name;   // empty: the prefix means nothing here
};

// An element of a document. It borrows from the document and must not outlive it.
class XmlElement {
public:
    // Without its namespace prefix: servers choose their own prefixes and namespace names.
    std::string_view name() const;

    // Element by element: the first below this one, and the one that follows this one.
    std::optional<XmlElement> first() const;
    std::optional<XmlElement> next() const;
    std::vector<XmlElement> children(std::string_view name) const;
    // The first direct child of that name.
    std::optional<XmlElement> child(std::string_view name) const;

    // The element's own character data, joined across comments and CDATA sections. Text of child
    // elements is not part of it.
    Secret text() const;
    // The same for a text that is known to be no secret: not in locked memory, and cheaper.
    std::string plain_text() const;
    // The value of the attribute of that local name; of several the first.
    std::optional<std::string> attribute(std::string_view name) const;

    // Where the namespace itself matters: that of the element, and what a prefix means within it (as in a text that is
    // a qualified name); empty where it has none.
    std::string namespace_name() const;
    std::string namespace_of(std::string_view prefix) const;
    // All that are declared here or around, the innermost of each prefix.
    std::vector<XmlNamespace> namespaces() const;

    // The element's octets, from '<' to the '>' that ends it, in the text that the document was parsed from.
    std::string_view source(std::string_view parsed) const;

private:
    friend class XmlReader;
    explicit XmlElement(pugi::xml_node_struct* node) : node_(node) {}
    static std::optional<XmlElement> of(pugi::xml_node_struct* node);
    pugi::xml_node_struct* node_;
};

class XmlReader {
public:
    static std::expected<XmlReader, XmlFault> parse(std::string_view text, std::size_t bytes_max);
    XmlReader(XmlReader&&) noexcept;
    XmlReader& operator=(XmlReader&&) noexcept;
    ~XmlReader();

    XmlElement root() const;

private:
    struct Document;
    explicit XmlReader(std::unique_ptr<Document> document);
    std::unique_ptr<Document> document_;
};

} // namespace awsfed
