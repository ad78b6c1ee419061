#include "saml/response_door.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/text.h"
#include "saml/gate.h"
#include "saml/tree.h"

namespace awsfed {

using namespace saml;

namespace {

// Base64 of more bytes than this is longer than STS takes.
constexpr XmlKind response_kind{"SAML response", Code::response_malformed, saml_base64_chars_max / 4 * 3};

} // namespace

bool begins_like_xml(std::string_view bytes) {
    if (bytes.starts_with(byte_order_mark))
        bytes.remove_prefix(byte_order_mark.size());
    return trimmed(bytes).starts_with('<');
}

Result<SamlDocument> open_response_xml(std::string_view xml, StatusRule rule, XmlParser& parser) {
    SamlDocument saml;
    AWSFED_TRY(saml.tree_, parser.open(xml, response_kind));
    // A failure is told as one, also where the rest of the answer is missing or odd.
    if (rule == StatusRule::success_only)
        AWSFED_CHECK(check_status(*saml.tree_));
    AWSFED_TRY(saml.shape_, check_response_shape(*saml.tree_));
    if (rule == StatusRule::success_only)
        AWSFED_CHECK(check_ids(saml.shape_));
    return saml;
}

Result<SamlDocument> open_response(std::string_view base64_text, StatusRule rule, XmlParser& parser) {
    if (trimmed(base64_text).empty())
        return malformed("size", "The SAML response is empty.");
    if (base64_text.size() > saml_base64_chars_max)
        return malformed("size", "The SAML response has {} base64 characters; STS takes {}.", base64_text.size(),
                         saml_base64_chars_max);
    const std::optional<Secret> xml = base64_decode(base64_text);
    if (!xml)
        return malformed("base64", "The SAML response is not base64.");
    if (!begins_like_xml(xml->reveal()))
        return malformed("base64", "The SAML response is base64, but not of XML.")
            .advice("Give the value of the field SAMLResponse as the form has it, not the deflated one of a redirect.");
    return open_response_xml(xml->reveal(), rule, parser);
}

Result<SamlDocument> open_response(std::string_view base64_text, StatusRule rule) {
    XmlParser parser;
    return open_response(base64_text, rule, parser);
}

Result<SamlDocument> open_response_xml(std::string_view xml, StatusRule rule) {
    XmlParser parser;
    return open_response_xml(xml, rule, parser);
}

} // namespace awsfed
