#include "policy/glob_machine.h"

#include <algorithm>
#include <bit>

namespace awsfed::policy {

namespace {

// Groups that a mask has a bit for; the last bit stands for all others, and for the world.
constexpr std::uint32_t masked_groups = 63;
constexpr std::uint64_t never_settled = std::uint64_t{1} << masked_groups;

std::uint64_t mask_of(std::uint32_t group) { return std::uint64_t{1} << std::min(group, masked_groups); }

bool is_letter(Symbol symbol) { return (symbol >= U'A' && symbol <= U'Z') || (symbol >= U'a' && symbol <= U'z'); }

Symbol lower(Symbol symbol) { return symbol >= U'A' && symbol <= U'Z' ? symbol + 0x20 : symbol; }

Symbols read_as(const Glob& glob, GlobReading reading) {
    Symbols symbols = glob.symbols();
    if (reading == GlobReading::ignoring_case)
        std::ranges::transform(symbols, symbols.begin(), lower);
    if (reading != GlobReading::loosely || !glob.has_variables())
        return symbols;
    std::ranges::replace_if(symbols, is_variable, any_run);
    return Glob(std::move(symbols)).symbols();
}

} // namespace

GlobMachine::GlobMachine(std::span<const Glob> worlds) : has_world_(!worlds.empty()) {
    if (!has_world_)
        return;
    const Place root = add_root(GlobReading::exact, true);
    for (const Glob& world : worlds)
        insert(root, world, 0);
}

void GlobMachine::add(const Glob& glob, GlobReading reading, std::uint32_t group) {
    const auto known = root_of_.find({reading, false});
    insert(known != root_of_.end() ? known->second : add_root(reading, false), glob, group);
}

GlobMachine::Place GlobMachine::add_root(GlobReading reading, bool of_world) {
    const auto root = static_cast<Place>(nodes_.size());
    nodes_.push_back({0, reading, of_world, 0, {}, {}, 0});
    roots_.push_back(root);
    root_of_.emplace(std::pair(reading, of_world), root);
    return root;
}

void GlobMachine::insert(Place root, const Glob& glob, std::uint32_t group) {
    const std::uint64_t mask = nodes_[root].of_world ? never_settled : mask_of(group);
    Place at = root;
    nodes_[at].leads_to |= mask;
    for (const Symbol symbol : read_as(glob, nodes_[root].reading)) {
        at = grow(at, symbol);
        nodes_[at].leads_to |= mask;
    }
    if (std::ranges::find(nodes_[at].ends, group) == nodes_[at].ends.end())
        nodes_[at].ends.push_back(group);
}

GlobMachine::Place GlobMachine::grow(Place from, Symbol symbol) {
    const auto [known, added] = known_.emplace(std::pair(from, symbol), static_cast<Place>(nodes_.size()));
    if (added) {
        nodes_.push_back({symbol, nodes_[from].reading, nodes_[from].of_world, 0, {}, {}, 0});
        nodes_[from].next.push_back(known->second);
    }
    return known->second;
}

// Numbers the nodes depth first, so that those of a chain follow each other.
void GlobMachine::close() {
    known_.clear();
    std::vector<Place> order; // old numbers
    std::vector<Place> waiting(roots_.rbegin(), roots_.rend());
    while (!waiting.empty()) {
        const Place place = waiting.back();
        waiting.pop_back();
        order.push_back(place);
        std::ranges::sort(nodes_[place].next, {}, [&](Place next) { return nodes_[next].symbol; });
        waiting.insert(waiting.end(), nodes_[place].next.rbegin(), nodes_[place].next.rend());
    }
    std::vector<Place> number(nodes_.size());
    for (Place i = 0; i < order.size(); ++i)
        number[order[i]] = i;
    std::vector<Node> nodes;
    nodes.reserve(nodes_.size());
    std::uint32_t chain = 0;
    for (const Place place : order) {
        Node& node = nodes.emplace_back(std::move(nodes_[place]));
        for (Place& next : node.next)
            next = number[next];
        node.chain = chain;
        if (node.next.size() != 1 || !node.ends.empty()) // what follows leads elsewhere, too
            ++chain;
    }
    nodes_ = std::move(nodes);
    for (Place& root : roots_)
        root = number[root];
}

void GlobMachine::enter(Place place, State& state) const {
    state.push_back(place);
    for (const Place next : nodes_[place].next) {
        if (is_run(nodes_[next].symbol))
            state.push_back(next);
    }
}

GlobMachine::State GlobMachine::start() const {
    State state;
    for (const Place root : roots_)
        enter(root, state);
    return normal(std::move(state));
}

const GlobMachine::State& GlobMachine::Parts::by(Symbol symbol) const {
    if (is_variable(symbol))
        return variable;
    return symbol == U':' ? colon : other;
}

GlobMachine::Moves GlobMachine::moves(const State& state) const {
    Parts parts;
    for (const Place place : state)
        add_parts(place, parts);
    std::ranges::sort(parts.named);
    Moves moves;
    bool colon_named = false;
    for (auto at = parts.named.begin(); at != parts.named.end();) {
        const Symbol symbol = at->first;
        State places = parts.by(symbol);
        for (; at != parts.named.end() && at->first == symbol; ++at)
            enter(at->second, places);
        moves.named.emplace_back(symbol, normal(std::move(places)));
        colon_named = colon_named || symbol == U':';
    }
    if (parts.in_segments && !colon_named)
        moves.named.emplace_back(U':', normal(std::move(parts.colon)));
    moves.other = normal(std::move(parts.other));
    return moves;
}

void GlobMachine::add_parts(Place from, Parts& parts) const {
    if (from >= nodes_.size()) { // it matches whatever follows
        for (State* state : {&parts.other, &parts.colon, &parts.variable})
            state->push_back(from);
        return;
    }
    const Node& node = nodes_[from];
    if (is_run(node.symbol)) {
        parts.other.push_back(from);
        if (node.symbol == any_run)
            parts.colon.push_back(from);
        else
            parts.in_segments = true;
        if (node.symbol == any_run && node.reading != GlobReading::loosely)
            parts.variable.push_back(from);
    }
    if (node.reading == GlobReading::loosely)
        add_jumps(from, parts);
    for (const Place next : node.next)
        add_next(next, parts);
}

// Into a node, by what its symbol takes. A run is entered with the node before it.
void GlobMachine::add_next(Place to, Parts& parts) const {
    const Node& node = nodes_[to];
    if (is_run(node.symbol))
        return;
    if (!is_one(node.symbol)) {
        parts.named.emplace_back(node.symbol, to);
        if (node.reading == GlobReading::ignoring_case && is_letter(node.symbol))
            parts.named.emplace_back(node.symbol ^ 0x20U, to);
        return;
    }
    enter(to, parts.other);
    if (node.symbol == any_one)
        enter(to, parts.colon);
    else
        parts.in_segments = true;
}

// A variable may stand for a text that leads to any later place. Behind one that was jumped to all were.
void GlobMachine::add_jumps(Place from, Parts& parts) const {
    parts.is_jumped_to.resize(nodes_.size());
    std::vector<Place> waiting{from};
    while (!waiting.empty()) {
        const Place place = waiting.back();
        waiting.pop_back();
        if (parts.is_jumped_to[place])
            continue;
        parts.is_jumped_to[place] = true;
        parts.variable.push_back(place);
        waiting.insert(waiting.end(), nodes_[place].next.begin(), nodes_[place].next.end());
    }
}

GlobMachine::State GlobMachine::normal(State places) const {
    std::ranges::sort(places);
    std::size_t kept = 0;
    std::size_t first = 0; // of the present chain
    for (const Place place : places) {
        if (kept > 0 && places[kept - 1] == place)
            continue;
        if (place < nodes_.size()) {
            if (kept > first && nodes_[places[first]].chain != nodes_[place].chain)
                first = kept;
            if (is_run(nodes_[place].symbol))
                kept = first;
        }
        places[kept++] = place;
    }
    places.resize(kept);
    drop_settled(places);
    return places;
}

void GlobMachine::drop_settled(State& places) const {
    std::uint64_t settled = 0;
    for (const Place place : places) {
        if (place >= nodes_.size()) {
            settled |= mask_of(place - static_cast<Place>(nodes_.size()));
            continue;
        }
        const Node& node = nodes_[place];
        if (node.symbol != any_run || node.of_world)
            continue;
        for (const std::uint32_t group : node.ends)
            settled |= mask_of(group);
    }
    settled &= ~never_settled;
    if (settled == 0)
        return;
    std::erase_if(places,
                  [&](Place place) { return place >= nodes_.size() || (nodes_[place].leads_to & ~settled) == 0; });
    for (std::uint64_t rest = settled; rest != 0; rest &= rest - 1)
        places.push_back(static_cast<Place>(nodes_.size()) + static_cast<Place>(std::countr_zero(rest)));
}

bool GlobMachine::may_be_in_world(const State& state) const {
    return !has_world_ ||
           std::ranges::any_of(state, [&](Place place) { return place < nodes_.size() && nodes_[place].of_world; });
}

bool GlobMachine::in_world(const State& state) const {
    return !has_world_ || std::ranges::any_of(state, [&](Place place) {
        return place < nodes_.size() && nodes_[place].of_world && !nodes_[place].ends.empty();
    });
}

std::vector<std::uint32_t> GlobMachine::matching(const State& state) const {
    std::vector<std::uint32_t> groups;
    for (const Place place : state) {
        if (place >= nodes_.size())
            groups.push_back(place - static_cast<Place>(nodes_.size()));
        else if (!nodes_[place].of_world)
            groups.insert(groups.end(), nodes_[place].ends.begin(), nodes_[place].ends.end());
    }
    std::ranges::sort(groups);
    groups.erase(std::ranges::unique(groups).begin(), groups.end());
    return groups;
}

bool GlobMachine::one_always_matches(const State& state) const {
    return std::ranges::any_of(state, [&](Place place) {
        if (place >= nodes_.size())
            return true;
        const Node& node = nodes_[place];
        return !node.of_world && node.symbol == any_run && !node.ends.empty();
    });
}

bool GlobMachine::never_changes(const State& state) const {
    return std::ranges::all_of(state, [&](Place place) {
        return place >= nodes_.size() || (nodes_[place].symbol == any_run && nodes_[place].next.empty());
    });
}

} // namespace awsfed::policy
