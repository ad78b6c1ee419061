// XML answers of WS-Trust, ECP and SAML, by their root and what stands in it.
#include "idp/page_rules.h"

#include "base/limits.h"
#include "base/text.h"
#include "markup/xml_reader.h"

#include <algorithm>

namespace awsfed::pages {

namespace {

std::string text_at(const XmlElement& element, std::initializer_list<std::string_view> path) {
    std::optional<XmlElement> here = element;
    for (const std::string_view name : path) {
        here = here->child(name);
        if (!here)
            return {};
    }
    return std::string(trimmed(here->plain_text()));
}

std::string local(std::string_view qualified) { return std::string(qualified.substr(qualified.rfind(':') + 1)); }

// "ID3242" or "MSIS7068" at the front of a fault's reason.
std::string code_of_reason(std::string_view reason) {
    const std::string_view word = reason.substr(0, reason.find(':'));
    const bool id = word.starts_with("ID") && word.size() > 2 && word.find_first_not_of("0123456789", 2) == word.npos;
    return id ? std::string(word) : msis_code(reason);
}

// WS-Trust's and WS-Security's fault codes. FailedAuthentication stands for both a wrong password (WS-Security's,
// ID3242) and for a rule that refuses the user (WS-Trust's, MSIS7068); the code tells them apart.
PageClass class_of_fault(std::string_view subcode, std::string_view code, bool authorization) {
    if (subcode == "InvalidSecurity" || subcode == "MessageExpired")
        return PageClass::clock_skew_suspected;
    if (authorization || code == "MSIS7068" || code == "MSIS5007")
        return PageClass::access_denied;
    if (code == "ID3242" || (code.empty() && subcode == "FailedAuthentication"))
        return PageClass::credentials_refused;
    return PageClass::idp_error;
}

PageVerdict fault_verdict(const XmlElement& fault) {
    std::string subcode = local(text_at(fault, {"Code", "Subcode", "Value"}));
    if (subcode.empty())
        subcode = local(text_at(fault, {"faultcode"})); // SOAP 1.1
    std::string reason = text_at(fault, {"Reason", "Text"});
    if (reason.empty())
        reason = text_at(fault, {"faultstring"});
    const auto detail = fault.child("Detail") ? fault.child("Detail") : fault.child("detail");
    const bool authorization = detail && detail->child("IssuanceAuthorizationFault").has_value();
    const std::string code = code_of_reason(reason);
    PageVerdict verdict =
        stop_with(class_of_fault(subcode, code, authorization), "It is a SOAP fault.", printable(reason));
    verdict.code = code.empty() ? printable(subcode, 80) : code;
    return verdict;
}

PageVerdict envelope_verdict(const XmlElement& envelope) {
    const auto body = envelope.child("Body");
    const auto content = body ? body->first() : std::nullopt;
    if (!content)
        return stop(PageClass::other, "It is a SOAP envelope without content.");
    const std::string_view name = content->name();
    if (name == "Fault")
        return fault_verdict(*content);
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
