// XML answers of WS-Trust, ECP and SAML, by their root and what stands in it.
#include "idp/page_rules.h"

#include "base/limits.h"
#include "idp/soap_fault.h"
#include "markup/xml_reader.h"

namespace awsfed::pages {

namespace {

PageClass class_of(FaultKind kind) {
    switch (kind) {
    case FaultKind::credentials: return PageClass::credentials_refused;
    case FaultKind::authorization: return PageClass::access_denied;
    case FaultKind::security: return PageClass::clock_skew_suspected;
    case FaultKind::relying_party:
    case FaultKind::other: break;
    }
    return PageClass::idp_error;
}

PageVerdict envelope_verdict(const XmlElement& envelope) {
    const auto body = envelope.child("Body");
    const auto content = body ? body->first() : std::nullopt;
    if (!content)
        return stop(PageClass::other, "It is a SOAP envelope without content.");
    if (const auto fault = soap_fault_in(envelope)) {
        PageVerdict verdict = stop_with(class_of(fault->kind), "It is a SOAP fault.", fault->reason);
        verdict.code = fault->code;
        return verdict;
    }
    const std::string_view name = content->name();
    if (name == "Metadata" || name == "definitions")
        return stop(PageClass::wstrust_mex, "It is WS-Trust metadata in a SOAP envelope.");
    if (name == "RequestSecurityTokenResponse" || name == "RequestSecurityTokenResponseCollection")
        return stop(PageClass::wstrust_token, "It is WS-Trust's answer with a token.");
    if (name == "Response")
        return stop(PageClass::ecp_response, "It is a SAML response in a SOAP envelope.");
    return stop(PageClass::other, "It is a SOAP envelope with something else.");
}

} // namespace

PageVerdict xml_verdict(std::string_view body) {
    const auto reader = XmlReader::parse(body, page_bytes_max);
    if (!reader)
        return stop(PageClass::not_idp, "It says that it is XML, and is not.");
    const XmlElement root = reader->root();
    if (root.name() == "Envelope")
        return envelope_verdict(root);
    if (root.name() == "RequestSecurityTokenResponse" || root.name() == "RequestSecurityTokenResponseCollection")
        return stop(PageClass::wstrust_token, "It is WS-Trust's answer with a token.");
    if (root.name() == "definitions" || root.name() == "Metadata")
        return stop(PageClass::wstrust_mex, "It is WS-Trust metadata.");
    if (root.name() == "Response" || root.name() == "Assertion")
        return stop(PageClass::saml_xml, "It is a SAML document.");
    return stop(PageClass::other, "It is XML of another kind.");
}

} // namespace awsfed::pages
