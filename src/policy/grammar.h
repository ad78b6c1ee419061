// The words of a policy by themselves: may this be an action, a resource, a Sid, a condition key?
#pragma once

#include "policy/finding.h"

#include <optional>
#include <string>
#include <string_view>

namespace awsfed::policy {

struct WordFault {
    FindingCode code;
    Severity severity;
    std::string what; // one sentence
};

std::optional<WordFault> action_fault(std::string_view action);
std::optional<WordFault> resource_fault(std::string_view resource);
std::optional<WordFault> sid_fault(std::string_view sid);
bool is_condition_key(std::string_view key);

// A character that STS does not take in a session policy: where it begins, in bytes.
std::optional<std::size_t> odd_session_character(std::string_view text);

} // namespace awsfed::policy
