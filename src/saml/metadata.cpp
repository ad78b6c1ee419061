#include "saml/metadata.h"

#include "base/limits.h"
#include "base/text.h"
#include "saml/tree.h"
#include "saml/xml_door.h"

#include <libxml/tree.h>

#include <algorithm>
#include <set>
#include <utility>

namespace awsfed {

namespace {

using namespace saml;

constexpr std::string_view metadata_ns = "urn:oasis:names:tc:SAML:2.0:metadata";
constexpr XmlKind metadata_kind{"SAML metadata", Code::metadata_malformed, metadata_bytes_max, metadata_bytes_max / 50};

// Comments are no part of a text, and do not cut it: nothing here is signed. Empty when an element stands in it.
std::optional<std::string> text_in(const xmlNode* node) {
    std::string text;
    for (const xmlNode* child = node->children; child != nullptr; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            return std::nullopt;
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
            text += view(child->content);
    }
    return text;
}

bool is_true(const std::string& value) { return trimmed(value) == "true" || trimmed(value) == "1"; }

// A tree takes some hundred times the memory of the bytes "<a/>", so what makes nodes is counted before.
Result<void> check_marks(std::string_view xml) {
    const auto tags = static_cast<std::size_t>(std::ranges::count(xml, '<'));
    const auto quotes =
        static_cast<std::size_t>(std::ranges::count_if(xml, [](char c) { return c == '"' || c == '\''; }));
    if (tags > metadata_marks_max || quotes > metadata_marks_max)
        return refused(metadata_kind, "limits", "The SAML metadata has {} tags and {} quotes; {} of each are taken.",
                       tags, quotes, metadata_marks_max);
    return {};
}

class Reader {
public:
    // An EntityDescriptor or an EntitiesDescriptor; other elements are nothing to us.
    Result<void> descriptor(const xmlNode* node, std::optional<Time> valid_until, int groups) {
        AWSFED_CHECK(shorten(valid_until, node));
        if (is(node, metadata_ns, "EntityDescriptor"))
            return entity(node, valid_until);
        if (++groups > metadata_groups_max)
            return refused(metadata_kind, "limits", "The SAML metadata has more than {} groups within each other.",
                           metadata_groups_max);
        for (const xmlNode* child = first_element(node); child != nullptr; child = next_element(child)) {
            if (is(child, metadata_ns, "EntityDescriptor") || is(child, metadata_ns, "EntitiesDescriptor"))
                AWSFED_CHECK(descriptor(child, valid_until, groups));
        }
        return {};
    }

    std::vector<IdpMetadata> take() { return std::move(providers_); }

private:
    Result<void> entity(const xmlNode* node, std::optional<Time> valid_until) {
        std::vector<const xmlNode*> roles = children(node, metadata_ns, "IDPSSODescriptor");
        std::erase_if(roles, [](const xmlNode* role) { return !speaks_saml2(role); });
        if (roles.empty())
            return {};
        IdpMetadata provider;
        provider.entity_id = attribute(node, "entityID").value_or("");
        provider.valid_until = valid_until;
        if (provider.entity_id.empty())
            return refused(metadata_kind, "structure",
                           "The SAML metadata has an identity provider without an entityID.");
        // Whose keys would count?
        if (!names_.insert(provider.entity_id).second)
            return refused(metadata_kind, "structure", "The SAML metadata has the identity provider \"{}\" twice.",
                           printable(provider.entity_id));
        if (names_.size() > metadata_providers_max)
            return refused(metadata_kind, "limits", "The SAML metadata has more than {} identity providers.",
                           metadata_providers_max);
        signing_.clear();
        encryption_.clear();
        for (const xmlNode* one : roles)
            AWSFED_CHECK(role(one, provider));
        providers_.push_back(std::move(provider));
        return {};
    }

    Result<void> role(const xmlNode* node, IdpMetadata& provider) {
        AWSFED_CHECK(shorten(provider.valid_until, node));
        provider.wants_signed_requests |= is_true(attribute(node, "WantAuthnRequestsSigned").value_or(""));
        for (const xmlNode* key : children(node, metadata_ns, "KeyDescriptor"))
            AWSFED_CHECK(key_descriptor(key, provider));
        for (const xmlNode* service : children(node, metadata_ns, "SingleSignOnService")) {
            IdpMetadata::Endpoint endpoint{attribute(service, "Binding").value_or(""),
                                           attribute(service, "Location").value_or("")};
            if (!endpoint.binding.empty() && !endpoint.location.empty())
                provider.single_sign_on.push_back(std::move(endpoint));
        }
        return {};
    }

    Result<void> key_descriptor(const xmlNode* node, IdpMetadata& provider) {
        const std::optional<std::string> use = attribute(node, "use");
        const bool signs = !use || *use == "signing";
        const bool encrypts = !use || *use == "encryption";
        if (!signs && !encrypts) {
            provider.unusable.push_back(
                fmt::format("A key is for \"{}\", which SAML does not know.", printable(*use, 40)));
            return {};
        }
        bool any = false;
        for (const xmlNode* info : children(node, signature_ns, "KeyInfo")) {
            for (const xmlNode* data : children(info, signature_ns, "X509Data")) {
                for (const xmlNode* element : children(data, signature_ns, "X509Certificate")) {
                    any = true;
                    AWSFED_TRY(const std::optional<Certificate> read, certificate(element, provider));
                    if (read && signs && signing_.insert(read->fingerprint).second)
                        provider.signing.push_back(*read);
                    if (read && encrypts && encryption_.insert(read->fingerprint).second)
                        provider.encryption.push_back(*read);
                }
            }
        }
        if (!any)
            provider.unusable.emplace_back("A key is given without a certificate.");
        return {};
    }

    // Empty, and noted, when it cannot be read.
    Result<std::optional<Certificate>> certificate(const xmlNode* element, IdpMetadata& provider) {
        if (++certificates_ > metadata_certificates_max)
            return refused(metadata_kind, "limits", "The SAML metadata has more than {} certificates.",
                           metadata_certificates_max);
        auto read = read_certificate_base64(text_in(element).value_or(""));
        if (!read) {
            provider.unusable.push_back(read.error().message);
            return std::nullopt;
        }
        return *std::move(read);
    }

    static bool speaks_saml2(const xmlNode* role) {
        const std::vector<std::string> protocols = items_of(attribute(role, "protocolSupportEnumeration").value_or(""));
        return std::ranges::find(protocols, protocol_ns) != protocols.end();
    }

    static Result<void> shorten(std::optional<Time>& valid_until, const xmlNode* node) {
        const std::optional<std::string> text = attribute(node, "validUntil");
        if (!text)
            return {};
        const std::optional<Time> until = read_time(trimmed(*text), ZoneRule::any_offset);
        if (!until)
            return refused(metadata_kind, "time-format",
                           "The SAML metadata is valid until \"{}\", which is no instant.", printable(*text, 40));
        valid_until = std::min(valid_until.value_or(*until), *until);
        return {};
    }

    std::vector<IdpMetadata> providers_;
    std::set<std::string> names_;
    std::set<std::string> signing_; // fingerprints of the present provider
    std::set<std::string> encryption_;
    std::size_t certificates_ = 0;
};

} // namespace

Result<std::vector<IdpMetadata>> read_metadata(std::string_view xml) {
    if (xml.size() <= metadata_bytes_max) // the door says so otherwise
        AWSFED_CHECK(check_marks(xml));
    AWSFED_TRY(const XmlTree tree, open_xml(xml, metadata_kind));
    const xmlNode* root = xmlDocGetRootElement(tree.get());
    if (!is(root, metadata_ns, "EntityDescriptor") && !is(root, metadata_ns, "EntitiesDescriptor"))
        return refused(metadata_kind, "structure", "The XML is not SAML 2.0 metadata, but \"{}\".",
                       printable(view(root->name), 40));
    Reader reader;
    AWSFED_CHECK(reader.descriptor(root, std::nullopt, 0));
    std::vector<IdpMetadata> providers = reader.take();
    if (providers.empty())
        return refused(metadata_kind, "structure", "The SAML metadata has no identity provider for SAML 2.0.");
    return providers;
}

} // namespace awsfed
