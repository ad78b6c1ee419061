#include "saml/assertion_text.h"

#include "saml/tree.h"

namespace awsfed::saml {

namespace {

Result<std::optional<std::string>> issuer_of(const xmlNode* parent) {
    AWSFED_TRY(const xmlNode* issuer, only_child(parent, assertion_ns, "Issuer", "issuer"));
    if (issuer == nullptr)
        return std::nullopt;
    return text_of(issuer);
}

Result<ConfirmationText> read_confirmation(const xmlNode* node) {
    ConfirmationText out;
    out.method = attribute(node, "Method").value_or("");
    AWSFED_TRY(const xmlNode* data, only_child(node, assertion_ns, "SubjectConfirmationData", "confirmation"));
    if (data == nullptr)
        return out;
    out.has_data = true;
    out.recipient = attribute(data, "Recipient");
    out.not_before = attribute(data, "NotBefore");
    out.not_on_or_after = attribute(data, "NotOnOrAfter");
    out.in_response_to = attribute(data, "InResponseTo");
    return out;
}

Result<void> read_subject(const xmlNode* assertion, AssertionText& out) {
    AWSFED_TRY(const xmlNode* subject, only_child(assertion, assertion_ns, "Subject", "subject"));
    if (subject == nullptr)
        return {};
    out.has_subject = true;
    AWSFED_TRY(const xmlNode* name_id, only_child(subject, assertion_ns, "NameID", "subject"));
    if (name_id != nullptr) {
        AWSFED_TRY(out.name_id, text_of(name_id));
        out.name_id_format = attribute(name_id, "Format").value_or("");
    }
    for (const xmlNode* node : children(subject, assertion_ns, "SubjectConfirmation")) {
        AWSFED_TRY(ConfirmationText confirmation, read_confirmation(node));
        out.confirmations.push_back(std::move(confirmation));
    }
    return {};
}

Result<ConditionsText> read_conditions(const xmlNode* node) {
    ConditionsText out;
    out.not_before = attribute(node, "NotBefore");
    out.not_on_or_after = attribute(node, "NotOnOrAfter");
    for (const xmlNode* condition = first_element(node); condition; condition = next_element(condition)) {
        if (is(condition, assertion_ns, "OneTimeUse")) {
            out.one_time_use = true;
        } else if (is(condition, assertion_ns, "AudienceRestriction")) {
            std::vector<std::string>& audiences = out.audiences.emplace_back();
            for (const xmlNode* audience : children(condition, assertion_ns, "Audience")) {
                AWSFED_TRY(std::string text, text_of(audience));
                audiences.push_back(std::move(text));
            }
        } else if (!is(condition, assertion_ns, "ProxyRestriction")) {
            out.unknown.emplace_back(view(condition->name));
        }
    }
    return out;
}

AttributeText read_attribute(const xmlNode* node) {
    AttributeText out;
    out.name = attribute(node, "Name").value_or("");
    for (const xmlNode* value : children(node, assertion_ns, "AttributeValue")) {
        if (auto text = text_of(value))
            out.values.push_back(*std::move(text));
        else
            out.has_markup = true; // as eduPersonTargetedID has it
    }
    return out;
}

} // namespace

Result<AssertionText> read_assertion_text(const xmlNode* assertion) {
    AssertionText out;
    out.id = attribute(assertion, "ID").value_or("");
    out.issue_instant = attribute(assertion, "IssueInstant").value_or("");
    AWSFED_TRY(out.issuer, issuer_of(assertion));
    AWSFED_CHECK(read_subject(assertion, out));
    for (const xmlNode* node : children(assertion, assertion_ns, "Conditions")) {
        AWSFED_TRY(ConditionsText conditions, read_conditions(node));
        out.conditions.push_back(std::move(conditions));
    }
    for (const xmlNode* node : children(assertion, assertion_ns, "AuthnStatement"))
        out.session_ends.push_back(attribute(node, "SessionNotOnOrAfter"));
    for (const xmlNode* statement : children(assertion, assertion_ns, "AttributeStatement")) {
        for (const xmlNode* node : children(statement, assertion_ns, "Attribute"))
            out.attributes.push_back(read_attribute(node));
    }
    return out;
}

Result<ResponseText> read_response_text(const xmlNode* response) {
    ResponseText out;
    AWSFED_TRY(out.issuer, issuer_of(response));
    out.destination = attribute(response, "Destination");
    out.in_response_to = attribute(response, "InResponseTo");
    return out;
}

} // namespace awsfed::saml
