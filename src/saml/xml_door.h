// The one way from bytes to an XML tree, for all that this room reads: responses, what is decrypted, octets whose
// signature has been verified, and metadata. One parser with one set of options, so that no two readers differ.
//
// Refused, with the reason in Error::peer: size (empty, or longer than its kind may be), encoding (anything but UTF-8
// and US-ASCII, a NUL), doctype (a DOCTYPE or an entity declaration), limits (attributes of one element), malformed
// (not well-formed, or not so in its namespaces).
#pragma once

#include "base/limits.h"
#include "base/result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

// libxml2's own names, so that its headers stay inside this room.
struct _xmlDoc;        // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
struct _xmlParserCtxt; // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

namespace awsfed::saml {

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

struct FreeTree {
    void operator()(_xmlDoc* document) const;
};
using XmlTree = std::unique_ptr<_xmlDoc, FreeTree>;

// What is being read, for limits and for error texts.
struct XmlKind {
    std::string_view name; // "SAML response"
    Code code;             // of everything that is refused
    std::size_t bytes_max;
    std::size_t declarations_max = xml_declarations_max; // of namespaces
};

// libxml2's parser. One that reads several texts of the same message keeps their names, which repeat.
class XmlParser {
public:
    XmlParser();
    ~XmlParser();
    XmlParser(const XmlParser&) = delete;
    XmlParser& operator=(const XmlParser&) = delete;

    Result<XmlTree> open(std::string_view xml, const XmlKind& kind);

private:
    _xmlParserCtxt* context_;
};

Result<XmlTree> open_xml(std::string_view xml, const XmlKind& kind);

// A refusal of that kind. The reason is one word of a closed list, in Error::peer.
template <class... Args>
Failure refused(const XmlKind& kind, std::string_view reason, fmt::format_string<Args...> text, Args&&... args) {
    return fail(kind.code, text, std::forward<Args>(args)...).peer(std::string(reason));
}

} // namespace awsfed::saml
