// Do documents allow and deny the same?
#pragma once

#include "policy/budget.h"
#include "policy/document.h"

#include <span>
#include <string>
#include <vector>

namespace awsfed::policy {

// True is proved; false may be a lack of budget, or of wit. With known actions no others exist. What all Allows match
// and what all Denies match must each be the same, whatever the other takes away: where a resource policy grants to a
// session, the session policy's Deny counts though its lack of an Allow does not.
bool proved_equal(std::span<const Document> one, std::span<const Document> other,
                  std::span<const std::string> known_actions, Budget& budget);

// All known actions that some statement may match, and an example for each pattern that matches none of them.
std::vector<std::string> closed_world_of(std::span<const Document> documents);

} // namespace awsfed::policy
