// Proves a SAML response by the settings of the group "trust" and the host's word on replays.
#pragma once

#include "base/cancel.h"
#include "flow/context.h"
#include "saml/verifier.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace awsfed {

// The verdict on a response in the form that response_form names. What is wrong with the response is in the verdict;
// an error is about the settings, or the way to the metadata. `at`: empty means the present. Only a verdict on the
// present asks the host about a replay.
Result<Verdict> verify_response(const Context& context, const Settings* call, std::string_view response,
                                std::optional<Time> at, const Cancel& cancel);

// The verifier for what a call will spend; empty when nothing says whom to believe. With require_verified that is
// assertion_unproved. Made before a password is sent, so that what is wrong with the settings costs no attempt.
Result<std::optional<Verifier>> verifier_for_use(const Context& context, const Settings& settings, const Log& log,
                                                 const Cancel& cancel);

struct Proved {
    std::shared_ptr<const Assertion> assertion;
    std::string verification; // "pinned" or "url", by where the keys came from; "unchecked": nobody looked
};

// An assertion before it is spent. Where trust is configured it must verify, and what it says is read from what was
// signed; else the hints are taken. Refusals are assertion_unproved, signer_not_in_metadata, session_name_invalid,
// assertion_expired and assertion_replayed, with the reason in Error::peer.
Result<Proved> prove(const Context& context, const Settings& settings, const std::optional<Verifier>& verifier,
                     std::shared_ptr<const Assertion> hints, const Log& log);

// What STS will answer as NameQualifier (API_AssumeRoleWithSAML): one provider in one account has one.
std::string predicted_name_qualifier(std::string_view issuer, const Arn& provider);

} // namespace awsfed
