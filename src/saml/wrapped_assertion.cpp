#include "saml/wrapped_assertion.h"

#include "markup/xml_writer.h"
#include "saml/tree.h"

namespace awsfed {

namespace {

constexpr std::string_view success = "urn:oasis:names:tc:SAML:2.0:status:Success";
constexpr std::string_view own_prefix = "samlp";

// Declares it again, but for what is the case without.
Result<void> declare(XmlWriter& xml, const XmlNamespace& one) {
    if (!is_xml_text(one.name))
        return saml::malformed("encoding", "The name of a namespace around the assertion is no text.");
    if (one.prefix == own_prefix && one.name != saml::protocol_ns)
        return saml::malformed("structure", "The assertion stands where \"{}\" means another namespace than SAML's.",
                               own_prefix);
    if (one.prefix != own_prefix && !one.name.empty())
        xml.attribute(one.prefix.empty() ? "xmlns" : "xmlns:" + one.prefix, one.name);
    return {};
}

} // namespace

Result<Secret> response_around(const BareAssertion& assertion, std::string_view id, Time issue_instant) {
    XmlWriter xml;
    xml.open("samlp:Response", {{"xmlns:samlp", saml::protocol_ns},
                                {"ID", id},
                                {"Version", "2.0"},
                                {"IssueInstant", iso_time(issue_instant)}});
    for (const XmlNamespace& one : assertion.inherited)
        AWSFED_CHECK(declare(xml, one));
    if (!is_xml_text(assertion.issuer))
        return saml::malformed("encoding", "The issuer of the assertion is no text.");
    if (!assertion.issuer.empty())
        xml.element("saml:Issuer", assertion.issuer, {{"xmlns:saml", saml::assertion_ns}});
    xml.open("samlp:Status");
    xml.open("samlp:StatusCode", {{"Value", success}});
    xml.close();
    xml.close();
    xml.insert(assertion.xml);
    xml.close();
    return std::move(xml).take();
}

} // namespace awsfed
