#include "sandbox/saml_token.h"

#include "base/base64.h"
#include "saml/response_door.h"
#include "saml/tree.h"
#include "sandbox/exchange.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/templates.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

#include <chrono>
#include <memory>
#include <stdexcept>

namespace awsfed::sandbox {

namespace {

constexpr std::chrono::minutes confirmation_life{5}; // SubjectConfirmationData of AD FS
constexpr std::chrono::minutes token_life{60};       // TokenLifetime of a relying party

struct FreeDocument {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
struct FreeBuffer {
    void operator()(xmlBuffer* buffer) const { xmlBufferFree(buffer); }
};
struct FreeContext {
    void operator()(xmlSecDSigCtx* context) const { xmlSecDSigCtxDestroy(context); }
};
using Document = std::unique_ptr<xmlDoc, FreeDocument>;
using Context = std::unique_ptr<xmlSecDSigCtx, FreeContext>;

const xmlChar* xml(const char* text) { return reinterpret_cast<const xmlChar*>(text); }

void must(bool done) {
    if (!done)
        throw std::runtime_error("xmlsec or libxml2 could not do what is always possible.");
}

// AD FS writes milliseconds; ours are always full seconds.
std::string saml_time(Time time) {
    std::string text = iso_time(time);
    text.insert(text.size() - 1, ".000");
    return text;
}

std::string attribute(std::string_view name, const std::vector<std::string>& values) {
    std::string text = fmt::format("<Attribute Name=\"{}\">", name);
    for (const std::string& value : values)
        text += fmt::format("<AttributeValue>{}</AttributeValue>", escaped(value));
    return text + "</Attribute>";
}

// In AD FS's order: the provider stands before the role.
std::string attributes(const TokenTerms& terms) {
    std::string text;
    if (!terms.user.session_name.empty())
        text += attribute("https://aws.amazon.com/SAML/Attributes/RoleSessionName", {terms.user.session_name});
    std::vector<std::string> offers;
    for (const Arn& role : terms.user.roles)
        offers.push_back(fmt::format("{},{}", terms.provider.arn.text(), role.text()));
    if (!offers.empty())
        text += attribute("https://aws.amazon.com/SAML/Attributes/Role", offers);
    return text.empty() ? text : fmt::format("<AttributeStatement>{}</AttributeStatement>", text);
}

std::string assertion_text(const TokenTerms& terms, std::string_view id, std::string_view in_response_to) {
    const std::string issued = saml_time(terms.issued);
    return fmt::format(
        R"(<Assertion ID="{id}" IssueInstant="{issued}" Version="2.0" xmlns="urn:oasis:names:tc:SAML:2.0:assertion">)"
        R"(<Issuer>{issuer}</Issuer><Subject>)"
        R"(<NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">CORP\{user}</NameID>)"
        R"(<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">)"
        R"(<SubjectConfirmationData{request} NotOnOrAfter="{confirmed}" Recipient="{recipient}"/>)"
        R"(</SubjectConfirmation></Subject><Conditions NotBefore="{issued}" NotOnOrAfter="{ends}">)"
        R"(<AudienceRestriction><Audience>{audience}</Audience></AudienceRestriction></Conditions>{attributes})"
        R"(<AuthnStatement AuthnInstant="{issued}" SessionIndex="{id}"><AuthnContext><AuthnContextClassRef>)"
        R"(urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</AuthnContextClassRef></AuthnContext>)"
        R"(</AuthnStatement></Assertion>)",
        fmt::arg("id", id), fmt::arg("issued", issued), fmt::arg("issuer", escaped(terms.provider.issuer)),
        fmt::arg("user", escaped(terms.user.name)), fmt::arg("request", in_response_to),
        fmt::arg("confirmed", saml_time(terms.issued + confirmation_life)),
        fmt::arg("recipient", escaped(terms.recipient)), fmt::arg("ends", saml_time(terms.issued + token_life)),
        fmt::arg("audience", escaped(terms.audience)), fmt::arg("attributes", attributes(terms)));
}

std::string response_text(const TokenTerms& terms) {
    const std::string in_response_to =
        terms.request_id.empty() ? "" : fmt::format(" InResponseTo=\"{}\"", escaped(terms.request_id));
    return fmt::format(R"(<samlp:Response ID="_{}" Version="2.0" IssueInstant="{}" Destination="{}")"
                       R"( Consent="urn:oasis:names:tc:SAML:2.0:consent:unspecified"{})"
                       R"( xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">)"
                       R"(<Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">{}</Issuer><samlp:Status>)"
                       R"(<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{})"
                       R"(</samlp:Response>)",
                       random_hex(16), saml_time(terms.issued), escaped(terms.recipient), in_response_to,
                       escaped(terms.provider.issuer), assertion_text(terms, "_" + random_hex(16), in_response_to));
}

xmlNode* assertion_in(xmlDoc* document) {
    for (xmlNode* node = xmlDocGetRootElement(document)->children; node != nullptr; node = node->next) {
        if (saml::is(node, saml::assertion_ns, "Assertion"))
            return node;
    }
    return nullptr;
}

// So that "#ID" in a signature finds its element. xmlsec wants a list that ends with null.
void register_ids(xmlDoc* document) {
    const xmlChar* names[] = {xml("ID"), nullptr};
    xmlSecAddIDs(document, xmlDocGetRootElement(document), names);
}

Context context_with(const Key& key) {
    Context context(xmlSecDSigCtxCreate(nullptr));
    must(context != nullptr);
    const std::string pem = key_pem(key);
    context->signKey = xmlSecCryptoAppKeyLoadMemory(reinterpret_cast<const xmlSecByte*>(pem.data()),
                                                    static_cast<xmlSecSize>(pem.size()), xmlSecKeyDataFormatPem,
                                                    nullptr, nullptr, nullptr);
    must(context->signKey != nullptr);
    return context;
}

// <ds:Signature> behind the Issuer, where saml-core 2.3.3 has it.
void sign_assertion(xmlDoc* document, const Identity& identity) {
    xmlNode* assertion = assertion_in(document);
    must(assertion != nullptr);
    register_ids(document);
    const auto id = saml::attribute(assertion, "ID");
    xmlNode* signature = xmlSecTmplSignatureCreateNsPref(document, xmlSecTransformExclC14NId,
                                                         xmlSecTransformRsaSha256Id, nullptr, xml("ds"));
    must(signature != nullptr && xmlAddNextSibling(assertion->children, signature) != nullptr);
    xmlNode* reference = xmlSecTmplSignatureAddReference(signature, xmlSecTransformSha256Id, nullptr,
                                                         xml(("#" + id.value_or("")).c_str()), nullptr);
    must(reference != nullptr && xmlSecTmplReferenceAddTransform(reference, xmlSecTransformEnvelopedId) != nullptr &&
         xmlSecTmplReferenceAddTransform(reference, xmlSecTransformExclC14NId) != nullptr);
    const Context context = context_with(identity.key);
    must(xmlSecDSigCtxSign(context.get(), signature) == 0);

    // The certificate is a hint for people who look at the message; whoever checks has it from elsewhere.
    xmlNode* info = xmlSecTmplSignatureEnsureKeyInfo(signature, nullptr);
    must(info != nullptr);
    xmlNode* data = xmlSecTmplKeyInfoAddX509Data(info);
    must(data != nullptr);
    xmlNewTextChild(data, data->ns, xml("X509Certificate"), xml(base64_der(identity.certificate).c_str()));
}

// Without an XML declaration, as AD FS writes it.
std::string text_of(xmlDoc* document) {
    const std::unique_ptr<xmlBuffer, FreeBuffer> out(xmlBufferCreate());
    must(out != nullptr && xmlNodeDump(out.get(), document, xmlDocGetRootElement(document), 0, 0) > 0);
    return {reinterpret_cast<const char*>(xmlBufferContent(out.get())),
            static_cast<std::size_t>(xmlBufferLength(out.get()))};
}

Failure bad_signature(std::string_view why) { return saml::malformed("signature", "The assertion {}.", why); }

// One reference, to the assertion itself, by the transforms that we write: whatever else a signature may say
// is refused before anything is computed.
Result<void> check_reference(const xmlNode* assertion, const xmlNode* signature) {
    const auto infos = saml::children(signature, saml::signature_ns, "SignedInfo");
    if (infos.size() != 1)
        return bad_signature("has a signature without SignedInfo");
    const auto references = saml::children(infos.front(), saml::signature_ns, "Reference");
    const auto id = saml::attribute(assertion, "ID");
    if (references.size() != 1 || !id || saml::attribute(references.front(), "URI") != "#" + *id)
        return bad_signature("is not what its signature speaks of");
    return {};
}

} // namespace

TokenService::TokenService(Time now)
    : own_(make_signing_identity("ADFS Signing - awsfed-sandbox", now)),
      stranger_(make_signing_identity("ADFS Signing - stranger", now)) {
    xmlInitParser();
    must(xmlSecInit() >= 0 && xmlSecCryptoAppInit(nullptr) >= 0 && xmlSecCryptoInit() >= 0);
    // What it would print is told by the result already.
    xmlSecErrorsSetCallback([](const char*, int, const char*, const char*, const char*, int, const char*) {});
}

TokenService::~TokenService() {
    xmlSecCryptoShutdown();
    xmlSecCryptoAppShutdown();
    xmlSecShutdown();
}

std::string TokenService::issue(const TokenTerms& terms, bool by_stranger) const {
    const std::string text = response_text(terms);
    const Document document(
        xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, "UTF-8", XML_PARSE_NONET));
    must(document != nullptr);
    sign_assertion(document.get(), by_stranger ? stranger_ : own_);
    return std::string(base64_encode(text_of(document.get())).reveal());
}

Result<Assertion> TokenService::check(std::string_view base64) const {
    AWSFED_TRY(Assertion assertion, read_assertion(base64));
    if (assertion.encrypted)
        return bad_signature("is encrypted, which the sandbox does not read");
    AWSFED_TRY(const SamlDocument door, open_response(base64));
    // xmlsec writes into the tree that it checks.
    const Document copy(
        xmlCopyDoc(const_cast<xmlDoc*>(door.document()), 1)); // NOLINT(cppcoreguidelines-pro-type-const-cast)
    must(copy != nullptr);
    xmlNode* element = assertion_in(copy.get());
    must(element != nullptr);
    const auto signatures = saml::children(element, saml::signature_ns, "Signature");
    if (signatures.size() != 1)
        return bad_signature("is not signed");
    AWSFED_CHECK(check_reference(element, signatures.front()));

    register_ids(copy.get());
    const Context context = context_with(own_.key);
    context->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
    for (const xmlSecTransformId allowed :
         {xmlSecTransformEnvelopedId, xmlSecTransformExclC14NId, xmlSecTransformSha256Id, xmlSecTransformRsaSha256Id}) {
        must(xmlSecDSigCtxEnableReferenceTransform(context.get(), allowed) == 0 &&
             xmlSecDSigCtxEnableSignatureTransform(context.get(), allowed) == 0);
    }
    auto* signature = const_cast<xmlNode*>(signatures.front()); // NOLINT(cppcoreguidelines-pro-type-const-cast)
    if (xmlSecDSigCtxVerify(context.get(), signature) != 0 || context->status != xmlSecDSigStatusSucceeded)
        return bad_signature("bears a signature that is not by the key of the identity provider");
    return assertion;
}

std::string TokenService::metadata(const Provider& provider, std::string_view sign_in_url) const {
    return fmt::format(
        R"(<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{}">)"
        R"(<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">)"
        R"(<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>)"
        R"(<X509Certificate>{}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>)"
        R"(<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{}"/>)"
        R"(</IDPSSODescriptor></EntityDescriptor>)",
        escaped(provider.issuer), base64_der(own_.certificate), escaped(sign_in_url));
}

} // namespace awsfed::sandbox
