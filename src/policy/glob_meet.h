// What two patterns have in common, and which patterns of a list are covered by others.
#pragma once

#include "policy/budget.h"
#include "policy/glob.h"

#include <optional>
#include <span>
#include <vector>

namespace awsfed::policy {

// Is every text of the one a text of the other? Looks at the form alone: true is sure, false is sure where the
// other has no "?". GlobVariables stand for themselves, so that true holds for any text in their place.
bool within_by_form(const Glob& one, const Glob& other);

// Leaves out what another pattern covers by its form. The order of the rest is kept.
void drop_covered(std::vector<Glob>& globs);

// Patterns that together match exactly what both match. Two patterns with k words between stars each meet in
// C(2k, k) patterns, so there is a bound: empty when there were more, or when the budget was spent.
inline constexpr std::size_t meet_globs_max = 256;
std::optional<std::vector<Glob>> meet(const Glob& one, const Glob& other, Budget& budget);
// The same of two lists, each of which matches what any of its patterns does.
std::optional<std::vector<Glob>> meet(std::span<const Glob> one, std::span<const Glob> other, Budget& budget);

} // namespace awsfed::policy
