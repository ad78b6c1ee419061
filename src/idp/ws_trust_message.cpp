#include "idp/ws_trust_message.h"

#include "base/text.h"
#include "markup/xml_writer.h"

#include <string>

namespace awsfed {

// ---- the request --------------------------------------------------------------------------

namespace {

constexpr std::string_view envelope_ns = "http://www.w3.org/2003/05/soap-envelope";
constexpr std::string_view addressing_ns = "http://www.w3.org/2005/08/addressing";
constexpr std::string_view anonymous = "http://www.w3.org/2005/08/addressing/anonymous";
constexpr std::string_view policy_ns = "http://schemas.xmlsoap.org/ws/2004/09/policy";
constexpr std::string_view security_ns =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
constexpr std::string_view utility_ns =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
constexpr std::string_view password_text =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";
constexpr std::string_view saml2_token = "urn:oasis:names:tc:SAML:2.0:assertion";
constexpr std::chrono::minutes request_life{10};

struct TrustWords {
    std::string_view ns, action, issue, bearer;
};

const TrustWords& words_of(TrustVersion version) {
    static constexpr TrustWords v13{"http://docs.oasis-open.org/ws-sx/ws-trust/200512",
                                    "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue",
                                    "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue",
                                    "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer"};
    static constexpr TrustWords v2005{"http://schemas.xmlsoap.org/ws/2005/02/trust",
                                      "http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue",
                                      "http://schemas.xmlsoap.org/ws/2005/02/trust/Issue",
                                      "http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey"};
    return version == TrustVersion::v13 ? v13 : v2005;
}

void write_security(XmlWriter& xml, const TokenRequest& request) {
    xml.open("o:Security", {{"s:mustUnderstand", "1"}, {"xmlns:o", security_ns}});
    xml.open("u:Timestamp", {{"u:Id", "_0"}});
    xml.element("u:Created", iso_time(request.created));
    xml.element("u:Expires", iso_time(request.created + request_life));
    xml.close();
    xml.open("o:UsernameToken", {{"u:Id", "_1"}});
    xml.element("o:Username", request.user);
    xml.element("o:Password", request.password.reveal(), {{"Type", password_text}});
    xml.close();
    xml.close();
}

void write_header(XmlWriter& xml, const TokenRequest& request) {
    xml.open("s:Header");
    xml.element("a:Action", words_of(request.endpoint.version).action, {{"s:mustUnderstand", "1"}});
    xml.element("a:MessageID", request.message_id);
    xml.open("a:ReplyTo");
    xml.element("a:Address", anonymous);
    xml.close();
    xml.element("a:To", request.endpoint.url.text(), {{"s:mustUnderstand", "1"}});
    write_security(xml, request);
    xml.close();
}

void write_body(XmlWriter& xml, const TokenRequest& request) {
    const TrustWords& words = words_of(request.endpoint.version);
    xml.open("s:Body");
    xml.open("t:RequestSecurityToken", {{"xmlns:t", words.ns}});
    xml.open("p:AppliesTo", {{"xmlns:p", policy_ns}});
    xml.open("a:EndpointReference");
    xml.element("a:Address", request.relying_party);
    xml.close();
    xml.close();
    xml.element("t:KeyType", words.bearer);
    xml.element("t:RequestType", words.issue);
    xml.element("t:TokenType", saml2_token);
    xml.close();
    xml.close();
}

} // namespace

Secret token_request(const TokenRequest& request) {
    XmlWriter xml;
    xml.open("s:Envelope", {{"xmlns:s", envelope_ns}, {"xmlns:a", addressing_ns}, {"xmlns:u", utility_ns}});
    write_header(xml, request);
    write_body(xml, request);
    xml.close();
    return std::move(xml).take();
}

std::string uuid_urn(std::string hex) {
    hex[12] = '4';                                                        // version: random
    hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) & 0b11U]; // variant
    const std::string_view all = hex;
    return fmt::format("urn:uuid:{}-{}-{}-{}-{}", all.substr(0, 8), all.substr(8, 4), all.substr(12, 4),
                       all.substr(16, 4), all.substr(20));
}

// ---- the answer ---------------------------------------------------------------------------

namespace {

constexpr std::string_view assertion_ns = "urn:oasis:names:tc:SAML:2.0:assertion";
constexpr std::string_view old_assertion_ns = "urn:oasis:names:tc:SAML:1.0:assertion"; // of 1.1, too

Failure no_assertion(std::string_view what) {
    return fail(Code::response_malformed, "AD FS answered the request for a token with {}.", what).peer("structure");
}

// 1.3 answers with a collection of one response, 2005 with the response.
std::optional<XmlElement> only_response(const XmlElement& envelope) {
    const auto body = envelope.child("Body");
    if (!body)
        return std::nullopt;
    const auto collection = body->child("RequestSecurityTokenResponseCollection");
    const auto responses = (collection ? *collection : *body).children("RequestSecurityTokenResponse");
    return responses.size() == 1 ? std::optional(responses.front()) : std::nullopt;
}

} // namespace

Result<BareAssertion> issued_assertion(const XmlElement& envelope, std::string_view answer) {
    const auto response = only_response(envelope);
    const auto holders = response ? response->children("RequestedSecurityToken") : std::vector<XmlElement>();
    const auto token = holders.size() == 1 ? holders.front().first() : std::nullopt;
    if (!token || token->next())
        return no_assertion("something else than one token");
    const std::string ns = token->namespace_name();
    if (ns == old_assertion_ns)
        return no_assertion("an assertion of SAML 1.1, which AWS does not take");
    const bool plain = token->name() == "Assertion";
    if (ns != assertion_ns || !(plain || token->name() == "EncryptedAssertion"))
        return no_assertion("a token of another kind than SAML 2.0");
    const auto issuer = plain ? token->child("Issuer") : std::nullopt;
    return BareAssertion{.xml = token->source(answer),
                         .inherited = holders.front().namespaces(),
                         .issuer = issuer ? issuer->plain_text() : ""};
}

} // namespace awsfed
