#include "saml/assertion.h"

#include "base/base64.h"
#include "base/text.h"
#include "saml/tree.h"

#include <algorithm>
#include <charconv>

namespace awsfed {

using namespace saml;

namespace {

// The second one is that of the China regions (https://docs.amazonaws.cn/en_us/IAM/latest/UserGuide/).
constexpr std::string_view aws_prefix = "https://aws.amazon.com/SAML/Attributes/";
constexpr std::string_view aws_cn_prefix = "http://www.amazonaws.cn/SAML/Attributes/";

constexpr auto fresh_tolerance = std::chrono::seconds(60);

// "Role" of the full name, empty when it is none of AWS's.
std::string_view aws_name(std::string_view name) {
    for (const std::string_view prefix : {aws_prefix, aws_cn_prefix}) {
        if (name.starts_with(prefix))
            return name.substr(prefix.size());
    }
    return {};
}

// ---- times, subject, conditions -----------------------------------------------------------

Result<std::optional<Time>> time_of(const xmlNode* node, std::string_view name) {
    const std::optional<std::string> text = attribute(node, name);
    if (!text)
        return std::nullopt;
    const std::optional<Time> time = read_time(*text, ZoneRule::utc_only);
    if (!time)
        return malformed("time-format", "{} \"{}\" is not an instant in UTC, as SAML has it.", name,
                         printable(*text, 60));
    return time;
}

// The earlier of two, where both are there.
std::optional<Time> earlier(const std::optional<Time>& a, const std::optional<Time>& b) {
    if (!a || !b)
        return a ? a : b;
    return std::min(*a, *b);
}

Result<void> read_confirmation(const xmlNode* subject, Assertion& out) {
    AWSFED_TRY(const xmlNode* confirmation, only_child(subject, assertion_ns, "SubjectConfirmation", "confirmation"));
    if (confirmation == nullptr)
        return {};
    AWSFED_TRY(const xmlNode* data, only_child(confirmation, assertion_ns, "SubjectConfirmationData", "confirmation"));
    if (data == nullptr)
        return {};
    out.recipient = attribute(data, "Recipient").value_or("");
    AWSFED_TRY(const std::optional<Time> end, time_of(data, "NotOnOrAfter"));
    out.not_on_or_after = earlier(out.not_on_or_after, end);
    return {};
}

Result<void> read_subject(const xmlNode* assertion, Assertion& out) {
    AWSFED_TRY(const xmlNode* subject, only_child(assertion, assertion_ns, "Subject", "subject"));
    if (subject == nullptr)
        return {};
    AWSFED_TRY(const xmlNode* name_id, only_child(subject, assertion_ns, "NameID", "subject"));
    if (name_id != nullptr) {
        AWSFED_TRY(out.name_id, text_of(name_id));
        out.name_id_format = attribute(name_id, "Format").value_or("");
    }
    return read_confirmation(subject, out);
}

Result<void> read_conditions(const xmlNode* assertion, Assertion& out) {
    AWSFED_TRY(const xmlNode* conditions, only_child(assertion, assertion_ns, "Conditions", "conditions"));
    if (conditions == nullptr)
        return {};
    AWSFED_TRY(out.not_before, time_of(conditions, "NotBefore"));
    AWSFED_TRY(const std::optional<Time> end, time_of(conditions, "NotOnOrAfter"));
    out.not_on_or_after = earlier(out.not_on_or_after, end);
    for (const xmlNode* restriction : children(conditions, assertion_ns, "AudienceRestriction")) {
        for (const xmlNode* audience : children(restriction, assertion_ns, "Audience")) {
            AWSFED_TRY(std::string text, text_of(audience));
            out.audiences.push_back(std::move(text));
        }
    }
    return {};
}

Result<void> read_head(const xmlNode* assertion, Assertion& out) {
    out.id = attribute(assertion, "ID").value_or("");
    // Nothing is decided by it, and some providers write +00:00 for Z here.
    out.issue_instant = read_time(attribute(assertion, "IssueInstant").value_or(""), ZoneRule::any_offset);
    AWSFED_TRY(const xmlNode* issuer, only_child(assertion, assertion_ns, "Issuer", "issuer"));
    if (issuer != nullptr) {
        AWSFED_TRY(out.issuer, text_of(issuer));
    }
    for (const xmlNode* statement : children(assertion, assertion_ns, "AuthnStatement")) {
        AWSFED_TRY(const std::optional<Time> end, time_of(statement, "SessionNotOnOrAfter"));
        out.session_not_on_or_after = earlier(out.session_not_on_or_after, end);
    }
    return {};
}

// ---- attributes ---------------------------------------------------------------------------

using Values = std::vector<std::string>;

// Other attributes than AWS's may hold elements, as eduPersonTargetedID does; such a value is left out.
Result<Values> values_of(const xmlNode* attribute_node, bool for_aws) {
    Values values;
    for (const xmlNode* value : children(attribute_node, assertion_ns, "AttributeValue")) {
        if (!for_aws && holds_element(value))
            continue;
        AWSFED_TRY(std::string text, text_of(value));
        values.push_back(std::move(text));
    }
    return values;
}

Result<void> read_attributes(const xmlNode* assertion, Assertion& out) {
    for (const xmlNode* statement : children(assertion, assertion_ns, "AttributeStatement")) {
        for (const xmlNode* node : children(statement, assertion_ns, "Attribute")) {
            std::string name = attribute(node, "Name").value_or("");
            const std::string_view short_name = aws_name(name);
            const bool twice = !short_name.empty() && std::ranges::any_of(out.attributes, [&](const auto& known) {
                return aws_name(known.first) == short_name;
            });
            if (twice)
                return malformed("attribute", "The assertion has the attribute {} twice.", printable(short_name))
                    .advice(
                        "Ask the administrators of the identity provider to send one attribute with several values.");
            AWSFED_TRY(Values values, values_of(node, !short_name.empty()));
            out.attributes.emplace_back(std::move(name), std::move(values));
        }
    }
    return {};
}

const Values* aws_values(const Assertion& assertion, std::string_view short_name) {
    const auto found =
        std::ranges::find(assertion.attributes, short_name, [](const auto& known) { return aws_name(known.first); });
    return found == assertion.attributes.end() ? nullptr : &found->second;
}

Result<std::optional<std::string>> single_value(const Assertion& assertion, std::string_view short_name) {
    const Values* values = aws_values(assertion, short_name);
    if (values == nullptr)
        return std::nullopt;
    if (values->size() != 1)
        return malformed("attribute", "The attribute {} has {} values, not one.", short_name, values->size());
    return values->front();
}

// What STS takes as RoleSessionName and SourceIdentity: [\w+=,.@-]{2,64}.
bool is_session_name(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_+=,.@-").find(c) != std::string_view::npos;
    };
    return text.size() >= 2 && text.size() <= 64 && std::ranges::all_of(text, allowed);
}

Result<void> read_session(Assertion& out) {
    AWSFED_TRY(out.session_name, single_value(out, "RoleSessionName"));
    if (out.session_name && !is_session_name(*out.session_name))
        return malformed("session-name",
                         "The attribute RoleSessionName is \"{}\"; AWS takes 2 to 64 letters, digits and _+=,.@-.",
                         printable(*out.session_name));
    AWSFED_TRY(out.source_identity, single_value(out, "SourceIdentity"));
    if (out.source_identity && (!is_session_name(*out.source_identity) || out.source_identity->starts_with("aws:")))
        return malformed("source-identity",
                         "The attribute SourceIdentity is \"{}\"; AWS takes 2 to 64 letters, digits and _+=,.@-.",
                         printable(*out.source_identity));
    return {};
}

Result<void> read_duration(Assertion& out) {
    AWSFED_TRY(const std::optional<std::string> text, single_value(out, "SessionDuration"));
    if (!text)
        return {};
    int seconds = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (error != std::errc() || end != text->data() + text->size() || seconds < 900 || seconds > 43'200)
        return malformed("session-duration", "The attribute SessionDuration is \"{}\"; AWS takes 900 to 43200 seconds.",
                         printable(*text));
    out.session_duration = seconds;
    return {};
}

Result<void> read_roles(Assertion& out) {
    const Values* values = aws_values(out, "Role");
    if (values == nullptr)
        return {};
    for (const std::string& value : *values) {
        AWSFED_TRY(RoleOffer offer, read_role_offer(value));
        out.roles.push_back(std::move(offer));
    }
    return {};
}

Result<Assertion> read_plain(const xmlNode* node) {
    Assertion assertion;
    AWSFED_CHECK(read_head(node, assertion));
    AWSFED_CHECK(read_subject(node, assertion));
    AWSFED_CHECK(read_conditions(node, assertion));
    AWSFED_CHECK(read_attributes(node, assertion));
    AWSFED_CHECK(read_roles(assertion));
    AWSFED_CHECK(read_session(assertion));
    AWSFED_CHECK(read_duration(assertion));
    return assertion;
}

} // namespace

Result<Assertion> read_assertion(std::string_view text) {
    std::string_view start = text;
    if (start.starts_with("\xEF\xBB\xBF"))
        start.remove_prefix(3);
    const bool xml = trimmed(start).starts_with('<');
    AWSFED_TRY(const SamlDocument document, xml ? open_response_xml(text) : open_response(text));

    Assertion assertion;
    assertion.encrypted = document.encrypted();
    if (!document.encrypted()) {
        AWSFED_TRY(assertion, read_plain(document.assertion()));
    }
    assertion.base64 = xml ? base64_encode(text) : Secret(text);
    return assertion;
}

Result<void> check_fresh(const Assertion& assertion, Time now) {
    if (!assertion.not_on_or_after || now < *assertion.not_on_or_after + fresh_tolerance)
        return {};
    return fail(Code::assertion_expired, "The assertion was good until {}, and it is {} now.",
                iso_time(*assertion.not_on_or_after), iso_time(now));
}

} // namespace awsfed
