// Many patterns read at once: the deterministic machine of a list of patterns, made state by state as it is walked.
#pragma once

#include "policy/glob.h"

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace awsfed::policy {

// How a pattern takes the text.
enum class GlobReading : std::uint8_t {
    exact,
    ignoring_case, // ASCII
    loosely,       // a variable, in the pattern or in the text, may stand for any text
};

class GlobMachine {
public:
    // The patterns are looked at within the texts that any of `worlds` matches; without one, within all.
    explicit GlobMachine(std::span<const Glob> worlds = {});

    // Patterns of a group are told apart only by whether any of them matches. Those with a common beginning share it.
    void add(const Glob& glob, GlobReading reading, std::uint32_t group);
    void close(); // all are there

    // Up to where the patterns have matched the text so far, ascending. A pattern that can no longer match is not in
    // it. What stands before a run is left out when all that it leads to lies behind the run: from there nothing is
    // matched that is not matched from the run. So is what leads only to groups that match whatever follows; these
    // are then named by a place of their own.
    using Place = std::uint32_t;
    using State = std::vector<Place>;
    State start() const;

    // The states that may follow, by the next symbol. A character that no entry names leads where `other` does.
    struct Moves {
        std::vector<std::pair<Symbol, State>> named;
        State other;
    };
    Moves moves(const State& state) const;

    bool in_world(const State& state) const; // is the text so far?
    bool may_be_in_world(const State& state) const; // may a longer one be?
    std::vector<std::uint32_t> matching(const State& state) const; // groups, ascending
    bool one_always_matches(const State& state) const; // some group does, whatever follows
    bool never_changes(const State& state) const; // what is matched, whatever follows

private:
    // A symbol of one or more patterns with the same symbols before it.
    struct Node {
        Symbol symbol;
        GlobReading reading;
        bool of_world;
        std::uint32_t chain = 0; // nodes with the same chain lead to the same patterns
        std::vector<Place> next; // by symbol
        std::vector<std::uint32_t> ends; // groups
        std::uint64_t leads_to = 0; // groups, as a mask
    };
    // The moves of all places of a state, before they are put together.
    struct Parts {
        std::vector<std::pair<Symbol, Place>> named;
        State other, colon, variable; // what any such symbol does
        std::vector<bool> is_jumped_to; // by a variable, of all nodes
        bool in_segments = false; // so that a colon does something else
        const State& by(Symbol symbol) const;
    };

    Place grow(Place from, Symbol symbol);
    Place add_root(GlobReading reading, bool of_world);
    void insert(Place root, const Glob& glob, std::uint32_t group);
    void add_parts(Place from, Parts& parts) const;
    void add_next(Place to, Parts& parts) const;
    void add_jumps(Place from, Parts& parts) const;
    void enter(Place place, State& state) const; // with the runs that begin there
    State normal(State places) const;
    void drop_settled(State& places) const;

    std::vector<Node> nodes_;
    std::vector<Place> roots_;
    std::map<std::pair<GlobReading, bool>, Place> root_of_;
    std::map<std::pair<Place, Symbol>, Place> known_; // until it is closed
    bool has_world_;
};

} // namespace awsfed::policy
