// Small questions to a libxml2 tree. Names are always a namespace and a local name: a prefix means nothing.
#pragma once

#include "base/result.h"

#include <libxml/tree.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::saml {

inline constexpr std::string_view protocol_ns = "urn:oasis:names:tc:SAML:2.0:protocol";
inline constexpr std::string_view assertion_ns = "urn:oasis:names:tc:SAML:2.0:assertion";
inline constexpr std::string_view signature_ns = "http://www.w3.org/2000/09/xmldsig#";

inline std::string_view view(const xmlChar* text) {
    return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

bool is(const xmlNode* node, std::string_view ns, std::string_view name);

const xmlNode* first_element(const xmlNode* parent);
const xmlNode* next_element(const xmlNode* node);
std::vector<const xmlNode*> children(const xmlNode* parent, std::string_view ns, std::string_view name);

// The only child of that name, null when there is none. Two would be a question of who reads which, so
// they are refused, for the reason that is given.
Result<const xmlNode*> only_child(const xmlNode* parent, std::string_view ns, std::string_view name,
                                  std::string_view reason);

// An attribute without a namespace. (libxml2's usual getter would take x:ID for ID.)
std::optional<std::string> attribute(const xmlNode* node, std::string_view name);

// Everything in an element that holds text only, as it stands there. Text that a comment or CDATA cuts
// into pieces is one text; an element in it is refused ("markup").
Result<std::string> text_of(const xmlNode* node);
bool holds_element(const xmlNode* node);

// A response that is not as it must be. The reason is one word of a closed list, in Error::peer.
template <class... Args>
Failure malformed(std::string_view reason, fmt::format_string<Args...> text, Args&&... args) {
    return fail(Code::response_malformed, text, std::forward<Args>(args)...).peer(std::string(reason));
}

} // namespace awsfed::saml
