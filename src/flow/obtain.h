// From settings to credentials: sign in where there is an identity provider, then one STS call.
#pragma once

#include "aws/sts_action.h"
#include "aws/sts_answer.h"
#include "aws/sts_request.h"
#include "flow/context.h"
#include "flow/plan.h"
#include "saml/assertion.h"
#include "saml/verified.h"

#include <memory>

namespace awsfed {

// Never asks: where the sign-in leaves a question, Code::question_left names it.
Result<Credentials> obtain(const Context& context, const Settings* call, const Cancel& cancel);

// Verifies the response first, where trust is configured.
Result<Credentials> assume_role_with_saml(const Context& context, const Settings* call,
                                          std::shared_ptr<const Assertion> hints, const Cancel& cancel);
Result<Credentials> assume_role_with_saml(const Context& context, const Settings* call,
                                          const Verified<Assertion>& assertion, const Cancel& cancel);
// `source`: the caller's keys, or null for those of the settings.
Result<Credentials> session_by(StsAction action, const Context& context, const Settings* call,
                               const Credentials* source, const Cancel& cancel);
// A session that may do less than the one it is made of, by the session policy of the settings (narrow_by).
Result<Credentials> narrow(const Context& context, const Settings* call, const Credentials& session,
                           const Cancel& cancel);

// Of the call that follows a sign-in, all that can be known before it.
Result<void> check_before_sign_in(const StsRequest& planned);

// What any action of STS answers. The response and provider of assume-role-with-saml are those of the settings; where
// these ask for verified responses, it is refused.
Result<StsResult> ask_sts(StsAction action, const Context& context, const Settings* call, const Credentials* source,
                          const Cancel& cancel);

} // namespace awsfed
