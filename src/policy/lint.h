// What AWS accepts, or refuses only later, and nobody means: names that do not exist, parts that never match,
// statements that allow more than they seem to.
#pragma once

#include "policy/document.h"
#include "policy/finding.h"

#include <vector>

namespace awsfed::policy {

// In the order of the document. Names are looked up in the table of actions (policy/action_table.h), which is as old as
// action_data_date() says.
std::vector<Finding> lint_policy(const Document& document, PolicyType type);

} // namespace awsfed::policy
