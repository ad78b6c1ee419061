// The strict door for SAML responses. What passes is one well-formed XML tree of the shape that
// saml-core 3.3.3 and the Web SSO profile give a response; nothing in it has been verified.
//
// It refuses what forgeries are made of before anything is read: document types and entities, comments
// and processing instructions, a second assertion or response anywhere, signatures out of place, IDs
// that occur twice. Refusals are response_malformed, and Error::peer has the reason in one word: size,
// base64, encoding, doctype, limits, malformed, markup, structure, id, c14n, version, status.
#pragma once

#include "base/result.h"

#include <memory>
#include <string_view>

// libxml2's own names, so that its headers stay inside this room.
struct _xmlDoc;  // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
struct _xmlNode; // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

namespace awsfed {

// A tree that came through the door, and owns it.
class SamlDocument {
public:
    const _xmlDoc* document() const { return document_.get(); }
    const _xmlNode* response() const { return response_; }
    // The one Assertion or EncryptedAssertion, a child of the response.
    const _xmlNode* assertion() const { return assertion_; }
    bool encrypted() const { return encrypted_; }

private:
    friend Result<SamlDocument> open_response_xml(std::string_view xml);

    struct Free {
        void operator()(_xmlDoc* document) const;
    };

    SamlDocument() = default;

    std::unique_ptr<_xmlDoc, Free> document_;
    const _xmlNode* response_ = nullptr;
    const _xmlNode* assertion_ = nullptr;
    bool encrypted_ = false;
};

// The text of a SAMLResponse field (HTTP-POST binding): base64, at most as long as STS takes.
// A status other than Success is idp_refused, with the provider's status code and message.
Result<SamlDocument> open_response(std::string_view base64_text);

// The same for the XML itself.
Result<SamlDocument> open_response_xml(std::string_view xml);

} // namespace awsfed
