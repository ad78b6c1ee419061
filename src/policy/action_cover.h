// Fewer and shorter patterns for the same known actions.
#pragma once

#include "policy/action_candidates.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::policy {

// Patterns for Action or NotAction that match exactly those known actions that the given ones match, and are no longer.
// True of the closed world of action_table.h alone: what AWS adds tomorrow may match a pattern that its author never
// wrote. With levels apart a new wildcard never joins actions of different access levels, unless one of the author's
// own does.
// "*", and what matches no known action, stays as it is.
std::vector<std::string> cover_actions(std::span<const std::string_view> patterns, Levels levels = Levels::apart);

// What the patterns need in a policy: each has two quotes and a comma.
std::size_t written_chars(std::span<const std::string> patterns);

} // namespace awsfed::policy
