// What stands in an assertion, word for word and unjudged: the one reader of its tree. Whether the words are those of a
// verified signature or mere hints, whether they are right and what AWS makes of them, others decide.
#pragma once

#include "base/result.h"
#include "saml/gate.h"

#include <optional>
#include <string>
#include <vector>

namespace awsfed::saml {

struct ConfirmationText {
    std::string method;
    bool has_data = false;
    std::optional<std::string> recipient;
    std::optional<std::string> not_before;
    std::optional<std::string> not_on_or_after;
    std::optional<std::string> in_response_to;
};

struct ConditionsText {
    std::optional<std::string> not_before;
    std::optional<std::string> not_on_or_after;
    std::vector<std::vector<std::string>> audiences; // one list for each AudienceRestriction
    bool one_time_use = false;
    std::vector<std::string> unknown; // names of conditions that nobody here understands
};

struct AttributeText {
    std::string name;
    std::vector<std::string> values;
    bool has_markup = false; // a value holds elements, and is left out
};

// Of the Response around the assertion.
struct ResponseText {
    std::optional<std::string> issuer;
    std::optional<std::string> destination;
    std::optional<std::string> in_response_to;
};

struct AssertionText {
    std::string id;
    std::optional<std::string> issuer;
    std::string issue_instant;
    bool has_subject = false;
    std::optional<std::string> name_id;
    std::string name_id_format;
    std::vector<ConfirmationText> confirmations;
    std::vector<ConditionsText> conditions;
    std::vector<std::optional<std::string>> session_ends; // SessionNotOnOrAfter of each AuthnStatement
    std::vector<AttributeText> attributes; // in the order of the message
};

// Refused ("markup") where an Issuer, NameID or Audience holds an element, and where an Issuer, Subject or NameID
// stands twice ("issuer", "subject"): two readers could read that differently.
Result<AssertionText> read_assertion_text(const _xmlNode* assertion);
Result<ResponseText> read_response_text(const _xmlNode* response);

} // namespace awsfed::saml
