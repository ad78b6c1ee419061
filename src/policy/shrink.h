// A policy in fewer characters that allows and denies the same: proved, or not done.
#pragma once

#include "policy/action_candidates.h"
#include "policy/budget.h"
#include "policy/document.h"

#include "base/limits.h"

#include <optional>
#include <string_view>
#include <vector>

namespace awsfed::policy {

// open: the same for every action that AWS may have one day. closed: for those of action_table.h.
enum class World : std::uint8_t { open, closed };
std::string_view name_of(World world);

struct ShrinkWish {
    World world = World::open; // closed: wildcards over known actions, which may match more when AWS has more
    Levels levels = Levels::apart;
    std::optional<std::size_t> chars_max = std::nullopt;        // of each document; what is longer is split
    std::size_t documents_max = policy_arns_max;
};

struct Shrunk {
    std::vector<Document> documents; // several together allow what the one did
    std::size_t chars_before = 0;    // of the given document, written without blanks
    std::size_t chars_after = 0;     // of all documents together
    World world = World::open;       // in which they are equal to what was given
    std::string_view data_date;      // of a closed world
    bool fits = true;                // each has no more than chars_max characters
    bool proved = true; // false: something shorter was found, but its equality could not be told; it was left
};

// Some hundred thousand steps are usual.
inline constexpr std::uint64_t shrink_steps = 100'000'000;

Shrunk shrink(const Document& document, const ShrinkWish& wish, Budget& budget);

} // namespace awsfed::policy
