#include "policy/glob_meet.h"

#include <algorithm>
#include <unordered_map>

namespace awsfed::policy {

namespace {

constexpr std::size_t meet_runs_max = 256; // of both patterns; each is a level of recursion

// What one symbol of each has in common, neither being a run. Nothing: 0.
Symbol meet_symbols(Symbol a, Symbol b) {
    if (a == b)
        return a;
    if (b == any_one)
        return is_variable(a) ? 0 : a;
    if (a == any_one)
        return is_variable(b) ? 0 : b;
    if (b == segment_one)
        std::swap(a, b);
    return a == segment_one && is_character(b) && b != U':' ? b : 0;
}

// What a run may take of one symbol.
Symbol taken_by(Symbol run, Symbol symbol) {
    if (run == any_run)
        return symbol;
    if (is_one(symbol))
        return segment_one;
    return is_character(symbol) && symbol != U':' ? symbol : 0;
}

bool covers(std::u32string_view other, const Symbols& one) { return Glob(Symbols(other)).matches(one); }

class Meeting {
public:
    Meeting(const Symbols& a, const Symbols& b, Budget& budget) : a_(a), b_(b), budget_(budget) {}

    using Set = std::vector<Symbols>;
    // Of what is left of both from these places on.
    Set from(std::size_t i, std::size_t j);
    bool too_many() const { return too_many_; }

private:
    const Set& at_run(std::size_t i, std::size_t j);
    void both_run(std::size_t i, std::size_t j, Set& set);
    void one_runs(std::size_t i, std::size_t j, Set& set);
    void add(const Symbols& before, const Set& rest, Set& set);
    Set from(bool swapped, std::size_t i, std::size_t j) { return swapped ? from(j, i) : from(i, j); }

    const Symbols& a_;
    const Symbols& b_;
    Budget& budget_;
    std::unordered_map<std::uint64_t, Set> known_;
    bool too_many_ = false;
};

Meeting::Set Meeting::from(std::size_t i, std::size_t j) {
    Symbols before;
    for (; i < a_.size() && j < b_.size() && !is_run(a_[i]) && !is_run(b_[j]); ++i, ++j) {
        const Symbol both = meet_symbols(a_[i], b_[j]);
        if (both == 0)
            return {};
        before += both;
    }
    if (!budget_.spend(before.size() + 1))
        too_many_ = true;
    if (too_many_)
        return {};
    if (i == a_.size() || j == b_.size()) {
        const bool empty = std::all_of(a_.begin() + static_cast<std::ptrdiff_t>(i), a_.end(), is_run) &&
                           std::all_of(b_.begin() + static_cast<std::ptrdiff_t>(j), b_.end(), is_run);
        return empty ? Set{before} : Set{};
    }
    Set set;
    for (const Symbols& rest : at_run(i, j))
        set.push_back(before + rest);
    return set;
}

const Meeting::Set& Meeting::at_run(std::size_t i, std::size_t j) {
    const std::uint64_t key = (static_cast<std::uint64_t>(i) << 32) | j;
    if (const auto found = known_.find(key); found != known_.end())
        return found->second;
    Set set;
    const Symbols a = a_.substr(i);
    const Symbols b = b_.substr(j);
    budget_.spend(a.size() + b.size());
    if (covers(b, a))
        set.push_back(a);
    else if (covers(a, b))
        set.push_back(b);
    else if (is_run(a.front()) && is_run(b.front()))
        both_run(i, j, set);
    else
        one_runs(i, j, set);
    return known_.emplace(key, std::move(set)).first->second;
}

// *P and *Q: either star may end first.
void Meeting::both_run(std::size_t i, std::size_t j, Set& set) {
    const Symbols run(1, a_[i] == segment_run ? segment_run : b_[j]);
    add(run, from(i + 1, j), set);
    add(run, from(i, j + 1), set);
}

// *P and cQ: the star ends here, or takes c.
void Meeting::one_runs(std::size_t i, std::size_t j, Set& set) {
    const bool swapped = !is_run(a_[i]);
    const Symbols& other = swapped ? a_ : b_;
    const std::size_t at = swapped ? j : i;
    const Symbol run = (swapped ? b_ : a_)[at];
    Symbols taken;
    for (std::size_t k = swapped ? i : j; !too_many_; ++k) {
        if (k < other.size() && is_run(other[k])) {
            add(taken, swapped ? at_run(k, at) : at_run(at, k), set);
            return;
        }
        add(taken, from(swapped, at + 1, k), set);
        const Symbol one = k < other.size() ? taken_by(run, other[k]) : 0;
        if (one == 0)
            return;
        taken += one;
    }
}

void Meeting::add(const Symbols& before, const Set& rest, Set& set) {
    for (const Symbols& each : rest) {
        const Symbols whole = Glob(before + each).symbols(); // "*" before "?" is put in order
        if (!budget_.spend((set.size() + 1) * (whole.size() + 1)))
            too_many_ = true;
        if (too_many_)
            return;
        if (std::ranges::any_of(set, [&](const Symbols& known) { return covers(known, whole); }))
            continue;
        std::erase_if(set, [&](const Symbols& known) { return covers(whole, known); });
        set.push_back(whole);
        if (set.size() > meet_globs_max)
            too_many_ = true;
    }
}

std::size_t runs_of(const Symbols& symbols) { return static_cast<std::size_t>(std::ranges::count_if(symbols, is_run)); }

} // namespace

bool within_by_form(const Glob& one, const Glob& other) { return other.matches(one.symbols()); }

void drop_covered(std::vector<Glob>& globs) {
    std::vector<Glob> kept;
    for (std::size_t i = 0; i < globs.size(); ++i) {
        bool covered = false;
        for (std::size_t k = 0; k < globs.size() && !covered; ++k)
            covered = k != i && within_by_form(globs[i], globs[k]) && (k < i || !within_by_form(globs[k], globs[i]));
        if (!covered)
            kept.push_back(globs[i]);
    }
    globs = std::move(kept);
}

std::optional<std::vector<Glob>> meet(const Glob& one, const Glob& other, Budget& budget) {
    if (runs_of(one.symbols()) + runs_of(other.symbols()) > meet_runs_max)
        return std::nullopt;
    Meeting meeting(one.symbols(), other.symbols(), budget);
    const auto set = meeting.from(0, 0);
    if (meeting.too_many() || budget.spent())
        return std::nullopt;
    std::vector<Glob> globs(set.begin(), set.end());
    return globs;
}

std::optional<std::vector<Glob>> meet(std::span<const Glob> one, std::span<const Glob> other, Budget& budget) {
    std::vector<Glob> all;
    for (const Glob& a : one) {
        for (const Glob& b : other) {
            const auto both = meet(a, b, budget);
            if (!both)
                return std::nullopt;
            for (const Glob& each : *both)
                all.push_back(each);
        }
    }
    if (!budget.spend(all.size() * all.size()))
        return std::nullopt;
    drop_covered(all);
    return all;
}

} // namespace awsfed::policy
