#include "policy/glob_cells.h"

#include "policy/glob_meet.h"

#include <algorithm>
#include <functional>
#include <set>
#include <unordered_set>

namespace awsfed::policy {

namespace {

// So that memory has a bound: places of all states that are kept, some 16 MB.
constexpr std::size_t walk_places_max = 4'000'000;

// Characters for "any other", in the order in which they read well. Beyond them there are always more.
constexpr std::u32string_view pleasant = U"xyzabcdefghijklmnopqrstuvw0123456789-_XYZABCDEFGHIJKLMNOPQRSTUVW";

// A walk through a machine, breadth first, which meets every state once and knows a shortest text to each.
class Walk {
public:
    Walk(const GlobMachine& machine, Budget& budget) : machine_(machine), budget_(budget) {}

    enum class Next { go_on, turn_back, stop };
    // Asks about each state in turn: whether to look behind it. False when the budget was spent.
    bool run(const std::function<Next(const GlobMachine::State& state, std::uint32_t index)>& visit);
    Symbols text_to(std::uint32_t index) const;

private:
    struct Step {
        std::uint32_t from;
        Symbol symbol;
    };
    using Keys = std::vector<GlobMachine::State>;
    struct Hash {
        const Keys& states;
        std::size_t operator()(std::uint32_t index) const {
            std::size_t hash = states[index].size();
            for (const GlobMachine::Place place : states[index])
                hash = (hash ^ place) * 0x9E3779B97F4A7C15U + (hash >> 29);
            return hash;
        }
    };
    struct Equal {
        const Keys& states;
        bool operator()(std::uint32_t a, std::uint32_t b) const { return states[a] == states[b]; }
    };

    void enter(GlobMachine::State state, std::uint32_t from, Symbol symbol);
    static Symbol other_than(const std::vector<std::pair<Symbol, GlobMachine::State>>& named);

    const GlobMachine& machine_;
    Budget& budget_;
    Keys states_;
    std::vector<Step> steps_; // by which each state was reached first
    std::unordered_set<std::uint32_t, Hash, Equal> known_{64, Hash{states_}, Equal{states_}};
    std::size_t places_ = 0;
};

bool Walk::run(const std::function<Next(const GlobMachine::State&, std::uint32_t)>& visit) {
    enter(machine_.start(), 0, 0);
    for (std::uint32_t index = 0; index < states_.size(); ++index) {
        const Next next = visit(states_[index], index);
        if (next == Next::stop)
            return true;
        if (next == Next::turn_back)
            continue;
        GlobMachine::Moves moves = machine_.moves(states_[index]);
        const Symbol other = other_than(moves.named);
        enter(std::move(moves.other), index, other);
        for (auto& [symbol, state] : moves.named)
            enter(std::move(state), index, symbol);
        if (budget_.spent())
            return false;
    }
    return true;
}

void Walk::enter(GlobMachine::State state, std::uint32_t from, Symbol symbol) {
    budget_.spend(state.size() + 1);
    if (budget_.spent())
        return;
    const std::size_t size = state.size();
    states_.push_back(std::move(state));
    if (!known_.insert(static_cast<std::uint32_t>(states_.size() - 1)).second) {
        states_.pop_back();
        return;
    }
    steps_.push_back({from, symbol});
    places_ += size + 8; // what a state takes besides
    if (places_ > walk_places_max)
        budget_.spend(budget_.left() + 1);
}

Symbol Walk::other_than(const std::vector<std::pair<Symbol, GlobMachine::State>>& named) {
    const auto is_named = [&](Symbol symbol) {
        return std::ranges::any_of(named, [&](const auto& move) { return move.first == symbol; });
    };
    for (const Symbol symbol : pleasant) {
        if (!is_named(symbol))
            return symbol;
    }
    Symbol symbol = 0xC0; // letters from here on
    while (is_named(symbol))
        ++symbol;
    return symbol;
}

Symbols Walk::text_to(std::uint32_t index) const {
    Symbols text;
    for (; index != 0; index = steps_[index].from)
        text += steps_[index].symbol;
    std::ranges::reverse(text);
    return text;
}

} // namespace

std::optional<std::vector<GlobCell>> cells(std::span<const ReadGlob> patterns, std::span<const Glob> worlds,
                                           Budget& budget) {
    GlobMachine machine(worlds);
    for (const ReadGlob& each : patterns) {
        budget.spend(each.glob.symbols().size() + 1);
        machine.add(each.glob, each.reading, each.group);
    }
    machine.close();

    Walk walk(machine, budget);
    std::set<std::vector<std::uint32_t>> known;
    std::vector<GlobCell> cells;
    std::vector<std::uint32_t> states; // of each cell
    const bool all = walk.run([&](const GlobMachine::State& state, std::uint32_t index) {
        if (!machine.may_be_in_world(state))
            return Walk::Next::turn_back;
        if (machine.in_world(state)) {
            std::vector<std::uint32_t> matching = machine.matching(state);
            budget.spend(matching.size() + 1);
            if (known.insert(matching).second) {
                cells.push_back({std::move(matching), {}});
                states.push_back(index);
            }
        }
        return machine.never_changes(state) ? Walk::Next::turn_back : Walk::Next::go_on;
    });
    if (!all || budget.spent())
        return std::nullopt;
    for (std::size_t i = 0; i < cells.size(); ++i)
        cells[i].example = walk.text_to(states[i]);
    return cells;
}

Glob action_world() { return Glob({segment_one, segment_run, U':', segment_one, segment_run}); }

Coverage covered_by(const Glob& one, std::span<const Glob> list, Budget& budget) {
    if (!budget.spend(list.size() * one.symbols().size() + 1))
        return {};
    if (std::ranges::any_of(list, [&](const Glob& each) { return within_by_form(one, each); }))
        return {Coverage::covered, {}};
    GlobMachine machine({&one, 1});
    for (const Glob& each : list)
        machine.add(each, GlobReading::exact, 0);
    machine.close();
    Walk walk(machine, budget);
    Coverage coverage;
    const bool all = walk.run([&](const GlobMachine::State& state, std::uint32_t index) {
        if (!machine.may_be_in_world(state) || machine.one_always_matches(state))
            return Walk::Next::turn_back;
        if (!machine.in_world(state) || !machine.matching(state).empty())
            return Walk::Next::go_on;
        coverage = {Coverage::not_covered, walk.text_to(index)};
        return Walk::Next::stop;
    });
    if (coverage.answer == Coverage::unknown && all && !budget.spent())
        coverage.answer = Coverage::covered;
    return coverage;
}

} // namespace awsfed::policy
