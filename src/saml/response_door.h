// The strict door for SAML responses. What passes is one well-formed XML tree of the shape that
// saml-core 3.3.3 and the Web SSO profile give a response; nothing in it has been verified.
//
// It refuses what forgeries are made of before anything is read: document types and entities, comments
// and processing instructions, a second assertion or response anywhere, signatures out of place, IDs
// that occur twice. Refusals are response_malformed, and Error::peer has the reason in one word: size,
// base64, encoding, doctype, limits, malformed, markup, structure, id, c14n, version, status.
#pragma once

#include "base/result.h"
#include "saml/gate.h"
#include "saml/xml_door.h"

#include <string_view>

namespace awsfed {

// A status is covered by the signature of a response, not by that of an assertion: who verifies looks at it behind the
// signatures, and at missing IDs too.
enum class StatusRule { success_only, later };

// A tree that came through the door, and owns it.
class SamlDocument {
public:
    const _xmlDoc* document() const { return tree_.get(); }
    const _xmlNode* response() const { return shape_.response; }
    // The one Assertion or EncryptedAssertion, a child of the response.
    const _xmlNode* assertion() const { return shape_.assertion; }
    bool encrypted() const { return shape_.encrypted; }
    const saml::Shape& shape() const { return shape_; }

private:
    friend Result<SamlDocument> open_response_xml(std::string_view xml, StatusRule rule, saml::XmlParser& parser);

    SamlDocument() = default;

    saml::XmlTree tree_;
    saml::Shape shape_;
};

// Whether it begins as XML does, and not as base64.
bool begins_like_xml(std::string_view text);

// The text of a SAMLResponse field (HTTP-POST binding): base64, at most as long as STS takes.
// A status other than Success is idp_refused, with the provider's status code and message.
Result<SamlDocument> open_response(std::string_view base64_text, StatusRule rule = StatusRule::success_only);
Result<SamlDocument> open_response(std::string_view base64_text, StatusRule rule, saml::XmlParser& parser);

// The same for the XML itself.
Result<SamlDocument> open_response_xml(std::string_view xml, StatusRule rule = StatusRule::success_only);
Result<SamlDocument> open_response_xml(std::string_view xml, StatusRule rule, saml::XmlParser& parser);

} // namespace awsfed
