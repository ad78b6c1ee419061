// From the text of a policy to the document, with all that is wrong with its form.
#pragma once

#include "policy/document.h"
#include "policy/finding.h"

#include <optional>
#include <string_view>
#include <vector>

namespace awsfed::policy {

struct Reading {
    std::optional<Document> document; // of a text whose form AWS accepts
    std::vector<Finding> findings; // in the order in which a reader meets them; without a document one is a refusal
    Document legible; // what could be read of a refused one, to be shown or judged, never to be sent
};

// The form alone: elements and their types, names, ARNs and operators. What the words mean is lint_policy's.
Reading read_policy(std::string_view text, PolicyType type);

std::string_view name_of(PolicyType type); // "identity"
std::optional<PolicyType> policy_type_of(std::string_view name);

} // namespace awsfed::policy
