// What a SAML assertion says about a user, as AWS reads it
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html).
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "saml/response_door.h"
#include "saml/roles.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed {

// Texts stand as in the message. What is absent is empty here.
//
// By itself it is UNVERIFIED: hints for choosing a role and for failing early with a reason, and nothing to decide on
// who somebody is. A Verified<Assertion> (saml/verified.h) was read from octets whose signature has been verified.
struct Assertion {
    std::string id;
    std::string issuer;
    std::string name_id;
    std::string name_id_format;
    std::string recipient;
    std::vector<std::string> audiences;
    std::optional<Time> issue_instant; // empty also where it is malformed
    std::optional<Time> not_before;
    std::optional<Time> not_on_or_after; // the earlier of Conditions and SubjectConfirmationData
    std::optional<Time> session_not_on_or_after;
    std::string not_on_or_after_text; // both as written
    std::string session_not_on_or_after_text;

    std::vector<RoleOffer> roles; // in the order of the message
    std::optional<std::string> session_name;
    std::optional<int> session_duration; // seconds, 900 to 43,200
    std::optional<std::string> source_identity;
    std::vector<std::pair<std::string, std::string>> tags; // key and value, in the order of the message
    std::vector<std::string> transitive_tag_keys;
    // All attributes that hold text, in the order of the message, with their full names.
    std::vector<std::pair<std::string, std::vector<std::string>>> attributes;

    bool encrypted = false; // only STS can read it: all of the above is empty
    Secret response;        // the whole message as received: base64, or XML

    Secret base64() const; // the response for STS
};

// Reads a response from the value of a SAMLResponse field, or, where the text begins with '<', from XML,
// which is then encoded for STS.
//
// Beyond what the door refuses (see saml/response_door.h), it refuses what STS would for certain, and what two readers
// could read differently; what is missing is left to STS. Error::peer has the reason, a word of saml/aws_rules.h. With
// skip_bad_roles, values of Role that are not two ARNs are left out, as AWS itself would let the others pass.
Result<Assertion> read_assertion(std::string_view text, bool skip_bad_roles = false);

// That there is one, without which STS refuses; session_name_invalid. What is no name is refused when it is read.
Result<void> check_session_name(const Assertion& assertion);

// A look at the clock before the assertion is spent at STS: assertion_expired when its NotOnOrAfter has
// passed by more than a minute. The minute keeps a clock that is a little fast from refusing what AWS takes.
Result<void> check_fresh(const Assertion& assertion, Time now);

} // namespace awsfed
