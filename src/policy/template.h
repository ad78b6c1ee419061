// Policies made for one build: {{NAME}} in a resource or in a condition's value stands for what the build data has.
#pragma once

#include "policy/read.h"

#include "base/result.h"

#include <map>
#include <string>
#include <string_view>

namespace awsfed::policy {

using TemplateData = std::map<std::string, std::string, std::less<>>;

// What a value stands for is the value itself and nothing else: a branch named * is the branch named *. In documents of
// 2012 wildcards become ${*}, ${?} and ${$}; in those of 2008 there is no such spelling, and such a value is refused.
//
// A value with "/" or ":" would shift the parts of a path, and end up in another's: it is refused, but where it is
// the whole text of a condition's value, or where the template says {{+NAME}}; in the first five parts of an ARN
// always.
//
// The text comes back as it is when there is no {{ in it; else written anew, without blanks. policy_malformed: a name
// that the data does not have, a place that takes no data (actions, principals, keys of conditions), a value that
// is empty, has control characters, or cannot be what the place asks for (a number, a moment, an address).
Result<std::string> policy_for(std::string_view text, PolicyType type, const TemplateData& data);

} // namespace awsfed::policy
