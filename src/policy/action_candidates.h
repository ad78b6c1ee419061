// The patterns among which a cover of a service's actions is chosen.
#pragma once

#include "policy/action_table.h"
#include "policy/name_set.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::policy {

// May a new wildcard match actions of different access levels? "ssm:Get*" reads; who writes "ssm:*" may not have meant
// what it will match one day.
enum class Levels : std::uint8_t { apart, joined };

struct Candidate {
    std::string pattern; // of a name: "Get*"
    NameSet names;       // that it matches
};

NameSet names_matching(KnownService service, std::string_view name_pattern);

// Patterns that match nothing but wanted names; with levels apart, they join names of different levels only where one
// of the given patterns does, too. Of those that match the same names the shortest alone; in a settled order.
std::vector<Candidate> candidates_for(KnownService service, const NameSet& wanted, std::span<const Candidate> given,
                                      Levels levels);

} // namespace awsfed::policy
