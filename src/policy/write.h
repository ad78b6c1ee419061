// Documents as JSON, the way they are sent: no blank that does not count.
#pragma once

#include "policy/document.h"

#include <string>

namespace awsfed::policy {

// Characters that STS does not take in a policy are escaped (\u20ac). A list of one is written as a text alone; a
// single statement stands without brackets. Elements in IAM's usual order.
std::string policy_text(const Document& document);
std::string statement_text(const Statement& statement);

} // namespace awsfed::policy
