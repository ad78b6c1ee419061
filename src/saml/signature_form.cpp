#include "saml/signature_form.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/text.h"
#include "saml/tree.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>

namespace awsfed::saml {

namespace {

constexpr std::string_view exclusive_c14n = "http://www.w3.org/2001/10/xml-exc-c14n#";
constexpr std::string_view enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

struct NamedSignature {
    std::string_view uri;
    SignatureAlgorithm algorithm;
};
// RFC 9231, section 2.3. Of RSA-PSS those whose parameters their name fixes.
constexpr NamedSignature signature_algorithms[] = {
    {"http://www.w3.org/2000/09/xmldsig#rsa-sha1", SignatureAlgorithm::rsa_sha1},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", SignatureAlgorithm::rsa_sha256},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", SignatureAlgorithm::rsa_sha384},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", SignatureAlgorithm::rsa_sha512},
    {"http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", SignatureAlgorithm::rsa_pss_sha256},
    {"http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1", SignatureAlgorithm::rsa_pss_sha384},
    {"http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", SignatureAlgorithm::rsa_pss_sha512},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", SignatureAlgorithm::ecdsa_sha256},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", SignatureAlgorithm::ecdsa_sha384},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", SignatureAlgorithm::ecdsa_sha512},
};

struct NamedDigest {
    std::string_view uri;
    DigestAlgorithm algorithm;
    std::size_t bytes;
};
constexpr NamedDigest digest_algorithms[] = {
    {"http://www.w3.org/2000/09/xmldsig#sha1", DigestAlgorithm::sha1, 20},
    {"http://www.w3.org/2001/04/xmlenc#sha256", DigestAlgorithm::sha256, 32},
    {"http://www.w3.org/2001/04/xmldsig-more#sha384", DigestAlgorithm::sha384, 48},
    {"http://www.w3.org/2001/04/xmlenc#sha512", DigestAlgorithm::sha512, 64},
};

constexpr int inclusive_prefixes_max = 16; // providers list one or two

// The child elements must be exactly these, in this order, with nothing but white space around them. The last one may
// be missing where `last_is_optional`.
template <std::size_t count>
Result<std::array<const xmlNode*, count>> exact_children(const xmlNode* parent,
                                                         const std::array<std::string_view, count>& names,
                                                         std::string_view reason, bool last_is_optional = false) {
    std::array<const xmlNode*, count> found{};
    std::size_t at = 0;
    for (const xmlNode* child = parent->children; child != nullptr; child = child->next) {
        const bool blank = child->type != XML_ELEMENT_NODE && trimmed(view(child->content)).empty();
        if (blank)
            continue;
        if (at == count || !is(child, signature_ns, names[at]))
            return malformed(reason, "The {} of a signature holds something else than {}.", view(parent->name),
                             fmt::join(names, ", "));
        found[at++] = child;
    }
    if (at < count - (last_is_optional ? 1 : 0))
        return malformed(reason, "The {} of a signature has no {}.", view(parent->name), names[at]);
    return found;
}

// Nothing but attributes of these names.
Result<void> only_attributes(const xmlNode* node, std::initializer_list<std::string_view> names) {
    for (const xmlAttr* attr = node->properties; attr != nullptr; attr = attr->next) {
        bool known = false;
        for (const std::string_view name : names)
            known |= attr->ns == nullptr && view(attr->name) == name;
        if (!known)
            return malformed("signature-form", "The {} of a signature has the attribute {}.", view(node->name),
                             printable(view(attr->name), 40));
    }
    return {};
}

// Base64 of at least one byte, decoded.
Result<std::string> bytes_in(const xmlNode* node) {
    AWSFED_TRY(const std::string text, text_of(node));
    std::optional<std::string> bytes = base64_decode_public(text);
    if (!bytes || bytes->empty())
        return malformed("signature-form", "The {} of a signature is not base64.", view(node->name));
    return *std::move(bytes);
}

// White space alone stands between the prefixes of a list (NMTOKENS): what a comma joins is one word, and no prefix.
std::vector<std::string> prefixes_in(std::string_view list) {
    std::vector<std::string> prefixes;
    for (list = trimmed(list); !list.empty(); list = trimmed(list)) {
        const std::size_t end = std::min(list.find_first_of(" \t\r\n"), list.size());
        prefixes.emplace_back(list.substr(0, end));
        list.remove_prefix(end);
    }
    return prefixes;
}

// Exclusive canonicalisation, with at most the list of prefixes that it may have
// (https://www.w3.org/TR/xml-exc-c14n/, section 3), which is handed out.
Result<std::vector<std::string>> canonicalisation_prefixes(const xmlNode* node, std::string_view reason) {
    const std::string algorithm = attribute(node, "Algorithm").value_or("");
    if (algorithm != exclusive_c14n)
        return malformed(reason, "The signature uses \"{}\", not exclusive canonicalisation.",
                         printable(algorithm, 80));
    AWSFED_CHECK(only_attributes(node, {"Algorithm"}));
    const xmlNode* list = first_element(node);
    if (list == nullptr)
        return std::vector<std::string>();
    if (!is(list, exclusive_c14n, "InclusiveNamespaces") || next_element(list) != nullptr || holds_element(list))
        return malformed("signature-form", "The canonicalisation of a signature has a parameter that it may not have.");
    AWSFED_CHECK(only_attributes(list, {"PrefixList"}));
    std::vector<std::string> prefixes = prefixes_in(attribute(list, "PrefixList").value_or(""));
    if (prefixes.size() > inclusive_prefixes_max)
        return malformed("signature-form", "The canonicalisation of a signature lists {} prefixes.", prefixes.size());
    return prefixes;
}

Result<SignatureAlgorithm> signature_algorithm(const xmlNode* method) {
    const std::string uri = attribute(method, "Algorithm").value_or("");
    for (const NamedSignature& known : signature_algorithms) {
        if (known.uri != uri)
            continue;
        AWSFED_CHECK(only_attributes(method, {"Algorithm"}));
        if (holds_element(method))
            return malformed("signature-form", "The signature algorithm has a parameter that it may not have.");
        return known.algorithm;
    }
    return malformed("algorithm", "The signature algorithm \"{}\" is not accepted.", printable(uri, 80));
}

Result<const NamedDigest*> digest_algorithm(const xmlNode* method) {
    const std::string uri = attribute(method, "Algorithm").value_or("");
    for (const NamedDigest& known : digest_algorithms) {
        if (known.uri != uri)
            continue;
        AWSFED_CHECK(only_attributes(method, {"Algorithm"}));
        if (holds_element(method))
            return malformed("signature-form", "The digest algorithm has a parameter that it may not have.");
        return &known;
    }
    return malformed("algorithm", "The digest algorithm \"{}\" is not accepted.", printable(uri, 80));
}

Result<std::vector<std::string>> read_transforms(const xmlNode* transforms) {
    AWSFED_TRY(auto two, exact_children<2>(transforms, {"Transform", "Transform"}, "transform"));
    AWSFED_CHECK(only_attributes(transforms, {}));
    const std::string first = attribute(two[0], "Algorithm").value_or("");
    if (first != enveloped || holds_element(two[0]))
        return malformed("transform", "The first transform of the signature is \"{}\", not enveloped-signature.",
                         printable(first, 80));
    AWSFED_CHECK(only_attributes(two[0], {"Algorithm"}));
    return canonicalisation_prefixes(two[1], "transform");
}

// "#" and the ID of the element that the signature stands in, byte for byte: xmlsec would take XPointers, lists of IDs
// and URLs.
Result<void> check_reference_uri(const xmlNode* reference, const std::string& id) {
    const std::optional<std::string> uri = attribute(reference, "URI");
    if (!uri || *uri != "#" + id)
        return malformed("reference", "The signature refers to \"{}\", not to the element that it stands in.",
                         printable(uri.value_or(""), 80));
    return only_attributes(reference, {"URI", "Id"});
}

// The parts of the one reference.
struct ReferenceParts {
    const xmlNode* reference;
    const xmlNode* transforms;
    const xmlNode* method;
    const xmlNode* value;
};

Result<ReferenceParts> parts_of_reference(const xmlNode* signed_info) {
    const auto references = children(signed_info, signature_ns, "Reference");
    if (references.size() != 1)
        return malformed("reference", "The signature has {} references, not one.", references.size());
    if (children(references.front(), signature_ns, "Transforms").empty())
        return malformed("transform", "The signature has no transforms.");
    AWSFED_TRY(auto parts,
               exact_children<3>(references.front(), {"Transforms", "DigestMethod", "DigestValue"}, "signature-form"));
    return ReferenceParts{references.front(), parts[0], parts[1], parts[2]};
}

Failure weak() {
    return malformed("algorithm", "The signature uses SHA-1, which can be forged.")
        .advice("Have the identity provider sign with RSA-SHA256, or set saml_allow to sha1 until it does.");
}

} // namespace

DigestAlgorithm SignatureForm::signature_hash() const {
    switch (algorithm) {
    case SignatureAlgorithm::rsa_sha1: return DigestAlgorithm::sha1;
    case SignatureAlgorithm::rsa_sha256:
    case SignatureAlgorithm::rsa_pss_sha256:
    case SignatureAlgorithm::ecdsa_sha256: return DigestAlgorithm::sha256;
    case SignatureAlgorithm::rsa_sha384:
    case SignatureAlgorithm::rsa_pss_sha384:
    case SignatureAlgorithm::ecdsa_sha384: return DigestAlgorithm::sha384;
    case SignatureAlgorithm::rsa_sha512:
    case SignatureAlgorithm::rsa_pss_sha512:
    case SignatureAlgorithm::ecdsa_sha512: break;
    }
    return DigestAlgorithm::sha512;
}

Result<SignatureForm> read_signature_form(const xmlNode* signature, bool allow_sha1) {
    AWSFED_TRY(auto parts,
               exact_children<3>(signature, {"SignedInfo", "SignatureValue", "KeyInfo"}, "signature-form", true));
    AWSFED_TRY(const ReferenceParts reference, parts_of_reference(parts[0]));
    AWSFED_TRY(auto info, exact_children<3>(parts[0], {"CanonicalizationMethod", "SignatureMethod", "Reference"},
                                            "signature-form"));

    for (const xmlNode* node : {signature, parts[0], parts[1]})
        AWSFED_CHECK(only_attributes(node, {"Id"}));
    AWSFED_CHECK(only_attributes(reference.value, {}));

    SignatureForm form{};
    form.signature = signature;
    form.signed_info = parts[0];
    form.signed_element = signature->parent;
    form.id = attribute(signature->parent, "ID").value_or("");
    AWSFED_TRY(form.algorithm, signature_algorithm(info[1]));
    AWSFED_TRY(const NamedDigest* digest, digest_algorithm(reference.method));
    form.digest = digest->algorithm;
    if (form.uses_sha1() && !allow_sha1)
        return weak();
    AWSFED_TRY(form.info_prefixes, canonicalisation_prefixes(info[0], "algorithm"));

    if (form.id.empty())
        return malformed("id", "The signed {} has no ID.", view(signature->parent->name));
    AWSFED_CHECK(check_reference_uri(reference.reference, form.id));
    AWSFED_TRY(form.element_prefixes, read_transforms(reference.transforms));
    AWSFED_TRY(form.digest_value, bytes_in(reference.value));
    if (form.digest_value.size() != digest->bytes)
        return malformed("signature-form", "The digest of the signature has {} bytes, not {}.",
                         form.digest_value.size(), digest->bytes);
    AWSFED_TRY(form.signature_value, bytes_in(parts[1]));
    return form;
}

} // namespace awsfed::saml
