#include "saml/gate.h"

#include "base/limits.h"
#include "base/text.h"
#include "saml/tree.h"

#include <libxml/tree.h>

#include <algorithm>
#include <set>
#include <string>

namespace awsfed::saml {

namespace {

constexpr std::string_view success = "urn:oasis:names:tc:SAML:2.0:status:Success";

// ---- every node ---------------------------------------------------------------------------

class Walk {
public:
    explicit Walk(Shape& shape) : shape_(shape) {}

    Result<void> element(const xmlNode* node, int depth, int prefixes) {
        if (depth > xml_depth_max || ++elements_ > xml_elements_max)
            return malformed("limits", "The SAML response has more than {} levels or {} elements.", xml_depth_max,
                             xml_elements_max);
        AWSFED_CHECK(check_namespaces(node, prefixes));
        AWSFED_CHECK(check_attributes(node));
        for (const xmlNode* child = node->children; child != nullptr; child = child->next) {
            if (child->type == XML_ELEMENT_NODE) {
                AWSFED_CHECK(element(child, depth + 1, prefixes));
            } else if (child->type != XML_TEXT_NODE && child->type != XML_CDATA_SECTION_NODE) {
                return stray_markup();
            } else if (view(child->content).size() > xml_text_bytes_max) {
                return malformed("limits", "The SAML response has a text of more than {} bytes.", xml_text_bytes_max);
            }
        }
        return {};
    }

    // To be called when the whole tree has passed element().
    Result<void> places(const xmlNode* node) {
        AWSFED_CHECK(check_place(node));
        if (node->parent == shape_.response && shape_.response != nullptr)
            AWSFED_CHECK(check_response_child(node));
        for (const xmlNode* child = first_element(node); child != nullptr; child = next_element(child))
            AWSFED_CHECK(places(child));
        return {};
    }

    static Failure stray_markup() {
        return malformed("markup", "The SAML response holds a comment, a processing instruction or an entity.");
    }

private:
    // A relative namespace URI makes canonicalisation fail, and code that takes the failure for an empty
    // text has accepted forgeries (CVE-2025-66568). An ampersand in one libxml2 writes as it is, so that the form is
    // not that of the standard, and no XML.
    static Result<void> check_namespaces(const xmlNode* node, int& prefixes) {
        for (const xmlNs* ns = node->nsDef; ns != nullptr; ns = ns->next) {
            const std::string_view uri = view(ns->href);
            const std::size_t scheme = uri.find_first_of(":/?#");
            if (!uri.empty() && (scheme == uri.npos || scheme == 0 || uri[scheme] != ':'))
                return malformed("c14n", "The SAML response has the relative namespace \"{}\".", printable(uri, 80));
            if (uri.find('&') != uri.npos)
                return malformed("c14n", "The SAML response has a namespace with an ampersand: \"{}\".",
                                 printable(uri, 80));
            if (uri.size() > xml_namespace_bytes_max)
                return malformed("limits", "The SAML response has a namespace of {} bytes.", uri.size());
            if (++prefixes > xml_prefixes_max)
                return malformed("limits", "The SAML response has more than {} namespace prefixes in one place.",
                                 xml_prefixes_max);
        }
        return {};
    }

    Result<void> check_attributes(const xmlNode* node) {
        int count = 0;
        for (const xmlAttr* attr = node->properties; attr != nullptr; attr = attr->next) {
            if (++count > xml_attributes_max || ++attributes_ > xml_attributes_in_all_max)
                return malformed("limits", "The SAML response has more than {} attributes, or {} in one element.",
                                 xml_attributes_in_all_max, xml_attributes_max);
            const std::string_view name = view(attr->name);
            const bool names_element = equal_ignoring_case(name, "id");
            const bool xml_base = attr->ns != nullptr && name == "base" && view(attr->ns->prefix) == "xml";
            // Readers that look for "ID" without its namespace would find the wrong one.
            if (xml_base || (names_element && attr->ns != nullptr))
                return malformed("id", "The SAML response has the attribute {}:{}.", view(attr->ns->prefix), name);
            if (names_element)
                AWSFED_CHECK(take_id(attribute(node, name).value_or("")));
        }
        return {};
    }

    // An xs:ID, but it may begin with a digit: some providers send bare GUIDs. That a signature's
    // reference names one element and no other rests on this.
    Result<void> take_id(const std::string& id) {
        const std::string name = "_" + id;
        if (id.empty() || id.size() > saml_id_chars_max ||
            xmlValidateNCName(reinterpret_cast<const xmlChar*>(name.c_str()), 0) != 0)
            return malformed("id", "The SAML response has the ID \"{}\", which is no XML name.", printable(id, 80));
        if (!ids_.insert(id).second)
            return malformed("id", "The SAML response has the ID \"{}\" twice.", printable(id, 80));
        return {};
    }

    // Beside what the schema has (saml-core 3.3.3) nothing stands in a response: a signature whose namespace was spoilt
    // would look like none.
    Result<void> check_response_child(const xmlNode* node) const {
        const bool known = is(node, assertion_ns, "Issuer") || is(node, signature_ns, "Signature") ||
                           is(node, protocol_ns, "Extensions") || is(node, protocol_ns, "Status") ||
                           node == shape_.assertion;
        if (!known)
            return malformed("structure", "The SAML response holds a {}, which has no place there.",
                             printable(view(node->name), 40));
        return {};
    }

    // A second response, assertion or signature is how a forged one is put where a reader looks, and the
    // signed one where only the verifier looks.
    Result<void> check_place(const xmlNode* node) {
        const bool response = is(node, protocol_ns, "Response");
        const bool assertion = is(node, assertion_ns, "Assertion") || is(node, assertion_ns, "EncryptedAssertion");
        if ((response && node != shape_.response) || (assertion && node != shape_.assertion))
            return malformed("structure", "The SAML response holds another {} inside.", view(node->name));
        if (is(node, signature_ns, "Signature"))
            return check_signature_place(node);
        if (is(node, signature_ns, "SignedInfo") && !is(node->parent, signature_ns, "Signature"))
            return malformed("structure", "The SAML response holds a SignedInfo outside a Signature.");
        return {};
    }

    // Right behind the Issuer, or first in a response without one: the schema's sequence leaves no other place.
    Result<void> check_signature_place(const xmlNode* node) {
        const xmlNode* first = first_element(node->parent);
        const bool behind_issuer = is(first, assertion_ns, "Issuer") && node == next_element(first);
        if (node->parent == shape_.response) {
            const bool no_issuer = children(node->parent, assertion_ns, "Issuer").empty();
            if (behind_issuer || (no_issuer && node == first)) {
                shape_.response_signature = node;
                return {};
            }
        } else if (node->parent == shape_.assertion && !shape_.encrypted && behind_issuer) {
            shape_.assertion_signature = node;
            return {};
        }
        return malformed("structure", "The SAML response has a Signature where none may stand.");
    }

    Shape& shape_;
    std::set<std::string> ids_;
    int elements_ = 0;
    int attributes_ = 0;
};

// ---- the response -------------------------------------------------------------------------

Result<void> check_version(const xmlNode* node) {
    const std::string version = attribute(node, "Version").value_or("");
    if (version != "2.0")
        return malformed("version", "The {} has the version \"{}\", not 2.0.", view(node->name),
                         printable(version, 20));
    return {};
}

std::string_view last_part(std::string_view uri) { return uri.substr(uri.find_last_of(":/") + 1); }

// The top code says whose fault it was; the one inside it says what happened.
Failure refused_by_provider(const xmlNode* status, const xmlNode* code, const std::string& top) {
    const auto inner = children(code, protocol_ns, "StatusCode");
    const std::string exact = inner.empty() ? top : attribute(inner.front(), "Value").value_or(top);
    std::string said;
    if (const auto messages = children(status, protocol_ns, "StatusMessage"); !messages.empty())
        said = text_of(messages.front()).value_or("");
    const std::string detail = inner.empty() ? "" : fmt::format(" ({})", printable(last_part(exact), 80));
    const std::string words = trimmed(said).empty() ? "." : fmt::format(": {}", printable(trimmed(said)));
    return fail(Code::idp_refused, "The identity provider answered {}{}{}", printable(last_part(top), 80), detail,
                words)
        .peer(printable(exact));
}

// The status is not covered by an assertion's signature, so it may only lead to a refusal.
Result<void> status_of(const xmlNode* response) {
    AWSFED_TRY(const xmlNode* status, only_child(response, protocol_ns, "Status", "status"));
    if (status == nullptr)
        return malformed("status", "The SAML response has no Status.");
    AWSFED_TRY(const xmlNode* code, only_child(status, protocol_ns, "StatusCode", "status"));
    const std::string value = code == nullptr ? "" : attribute(code, "Value").value_or("");
    if (value.empty())
        return malformed("status", "The SAML response has no StatusCode.");
    if (value != success)
        return refused_by_provider(status, code, value);
    return {};
}

Result<void> find_assertion(Shape& shape) {
    std::size_t count = 0;
    for (const xmlNode* node = first_element(shape.response); node != nullptr; node = next_element(node)) {
        const bool encrypted = is(node, assertion_ns, "EncryptedAssertion");
        if (!encrypted && !is(node, assertion_ns, "Assertion"))
            continue;
        shape.assertion = node;
        shape.encrypted = encrypted;
        ++count;
    }
    if (count != 1)
        return malformed("structure", "The SAML response has {} assertions, not one.", count);
    return {};
}

Result<const xmlNode*> root_of(const xmlDoc& document) {
    if (document.intSubset != nullptr || document.extSubset != nullptr)
        return malformed("doctype", "The SAML response holds a document type declaration.");
    const xmlNode* root = nullptr;
    for (const xmlNode* node = document.children; node != nullptr; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            return Walk::stray_markup();
        root = node;
    }
    if (root == nullptr)
        return malformed("structure", "The XML has no element.");
    return root;
}

} // namespace

Result<Shape> check_response_shape(const xmlDoc& document) {
    Shape shape;
    AWSFED_TRY(shape.response, root_of(document));
    if (!is(shape.response, protocol_ns, "Response"))
        return malformed("structure", "The XML is not a SAML 2.0 response.");
    Walk walk(shape);
    AWSFED_CHECK(walk.element(shape.response, 1, 0));
    AWSFED_CHECK(find_assertion(shape));
    AWSFED_CHECK(walk.places(shape.response));
    AWSFED_CHECK(check_version(shape.response));
    if (!shape.encrypted)
        AWSFED_CHECK(check_version(shape.assertion));
    return shape;
}

Result<Shape> check_assertion_shape(const xmlDoc& document) {
    Shape shape;
    AWSFED_TRY(shape.assertion, root_of(document));
    if (!is(shape.assertion, assertion_ns, "Assertion"))
        return malformed("structure", "The XML is not a SAML 2.0 assertion.");
    Walk walk(shape);
    AWSFED_CHECK(walk.element(shape.assertion, 1, 0));
    AWSFED_CHECK(walk.places(shape.assertion));
    AWSFED_CHECK(check_version(shape.assertion));
    return shape;
}

Result<void> check_ids(const Shape& shape) {
    for (const xmlNode* node : {shape.response, shape.encrypted ? nullptr : shape.assertion}) {
        if (node != nullptr && !attribute(node, "ID"))
            return malformed("id", "The {} has no ID.", view(node->name));
    }
    return {};
}

Result<void> check_status(const xmlDoc& document) {
    const xmlNode* response = xmlDocGetRootElement(const_cast<xmlDoc*>(&document)); // NOLINT: it takes no const
    if (response == nullptr || !is(response, protocol_ns, "Response"))
        return {}; // the shape says so
    return status_of(response);
}

} // namespace awsfed::saml
