// Where a service does not follow the general order of evaluation.
#pragma once

#include "policy/request.h"

namespace awsfed::policy {

// STS API Reference, GetCallerIdentity: it works for everybody, and cannot be denied.
bool needs_no_permission(const Request& request);

// The resource's own policy must allow it in any case: a KMS key's policy (KMS Developer Guide, "Key policies"), and
// a role's trust policy.
bool needs_resource_policy(const Request& request);

// What AWS made in the account nobody there may change, whatever policies say: managed policies, roles under
// /aws-reserved/, aliases that begin with aws/.
bool is_kept_by_aws(const Request& request);

} // namespace awsfed::policy
