// What policy variables may stand for while policies are compared.
#pragma once

#include "policy/representatives.h"

#include <span>
#include <string>
#include <vector>

namespace awsfed::policy {

// Each key is absent, or has any value; with defaults it may also have several. Empty when these are too many.
std::vector<VariableCase> opaque_cases(const Representatives& representatives);

// Values with which a difference is likely to show: those that stand in the documents where a variable might.
std::vector<VariableCase> likely_cases(std::span<const AskedStatement> statements, std::span<const std::string> keys);

} // namespace awsfed::policy
