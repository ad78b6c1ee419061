// A session policy, looked at before STS is asked: what STS would refuse is refused here, with its place, and what it
// would take though nobody means it is told.
#pragma once

#include "aws/sts_action.h"
#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

// policy_malformed or policy_too_long for what the grammar of IAM refuses; else a line for each thing that is odd.
Result<std::vector<std::string>> look_at_session_policy(std::string_view text, StsAction action);

// A line for each part of it that has no effect under the role's policies, these texts. policy_malformed when one of
// those is no policy.
Result<std::vector<std::string>> dead_under(std::string_view session, const std::vector<std::string>& role);

} // namespace awsfed
