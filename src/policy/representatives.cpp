#include "policy/representatives.h"

#include "policy/statement_index.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>

namespace awsfed::policy {

namespace {

using Ids = StatementIndex::Ids;

// So that memory has a bound: combinations of statements that are kept at a time.
constexpr std::size_t combinations_max = 200'000;
// When all resources at once, or all values of a key, are too many, those of each action are looked at alone.
constexpr std::uint64_t share_for_all = 16;
constexpr std::uint64_t steps_for_all_max = 500'000;

// What a condition key, or a condition with an opaque variable, lets through.
struct Choice {
    std::string key;
    std::vector<std::string> values;
    Bits passes; // by the place of a statement in `touched`
};

// Some statements that match together so far, and how they came about.
struct Combination {
    Bits statements; // by place in `touched`
    std::uint32_t from;
    std::uint32_t choice; // of the key, or the resource
};
using Level = std::vector<Combination>;

} // namespace

class Representatives::Work {
public:
    Work(std::vector<AskedStatement> statements, std::span<const std::string> known_actions)
        : index(std::move(statements)), known_actions_(known_actions.begin(), known_actions.end()) {}

    Outcome each(const RepresentativeQuestion& question, Budget& budget, const Visit& visit);

    const StatementIndex index;

private:
    std::vector<std::string> known_actions_;
    std::optional<std::vector<StatementIndex::Touched>> touched_;
};

namespace {

// One walk over all combinations.
class Walk {
public:
    Walk(const StatementIndex& index, const RepresentativeQuestion& question, Budget& budget,
         const Representatives::Visit& visit)
        : index_(index), question_(question), budget_(budget), visit_(visit), place_(index.size()) {}

    // True: to be stopped.
    bool look_at(const StatementIndex::Touched& touched);
    const std::string& too_complex() const { return too_complex_; }
    void prepare();

private:
    friend class Found;

    void set_places(const Ids& statements);
    bool start(Level& level);
    std::vector<std::vector<Choice>> choices();
    std::vector<Choice> choices_of_key(const std::string& key, const Ids& conditions);
    std::vector<Choice> choices_of_opaque(std::uint32_t condition) const;
    const ConditionCells& cells_of(const std::string& key, const Ids& conditions, Ids& numbers);
    bool occurs(const std::string& key, const std::vector<std::string>& values) const;
    Bits passing(const std::function<bool(std::uint32_t condition)>& fails) const;
    Level combined(const Level& level, const std::vector<Choice>& choices);
    void keep_best(Level& level);
    bool is_better(const Bits& one, const Bits& other) const;
    bool spend(std::uint64_t steps);
    bool allows(const Bits& statements) const { return statements.meets(allows_); }

    const StatementIndex& index_;
    const RepresentativeQuestion& question_;
    Budget& budget_;
    const Representatives::Visit& visit_;
    std::string too_complex_;

    std::optional<std::vector<StatementIndex::Hit>> all_hits_;
    struct Known {
        Ids conditions;
        ConditionCells cells;
    };
    std::map<std::string, Known> all_cells_; // by key
    std::map<std::pair<std::string, Ids>, ConditionCells> some_cells_;

    const StatementIndex::Touched* touched_ = nullptr;
    std::vector<std::uint32_t> place_; // of a statement in `touched`, from 1; 0: it is not there
    Bits allows_, gains_, losses_, either_, not_resource_, any_resource_; // by place
    std::vector<Symbols> resources_;                                     // of the combinations of the first level
    std::vector<std::vector<Choice>> choices_;
    std::vector<Level> levels_;
};

class Found : public Representative {
public:
    Found(const Walk& walk, std::uint32_t at) : walk_(walk), at_(at) {
        walk.levels_.back()[at].statements.each(
            [&](std::size_t place) { matched_.push_back(walk.touched_->statements[place]); });
    }

    const std::vector<std::uint32_t>& matched() const override { return matched_; }
    Request request() const override;

private:
    std::string pleasant_resource(const Symbols& resource, const RequestContext& context) const;

    const Walk& walk_;
    std::uint32_t at_;
    std::vector<std::uint32_t> matched_;
};

Request Found::request() const {
    Request request(walk_.touched_->action, "");
    request.context = walk_.question_.variables.values;
    std::uint32_t at = at_;
    for (std::size_t level = walk_.levels_.size(); level-- > 1;) {
        const Combination& combination = walk_.levels_[level][at];
        const Choice& choice = walk_.choices_[level - 1][combination.choice];
        if (!choice.values.empty())
            request.context.set(choice.key, choice.values);
        at = combination.from;
    }
    request.resource = pleasant_resource(walk_.resources_[walk_.levels_[0][at].choice], request.context);
    return request;
}

// The shortest text is often none that a resource has. Another that hits the same statements reads better.
std::string Found::pleasant_resource(const Symbols& resource, const RequestContext& context) const {
    std::string text = utf8_of(resource);
    if (walk_.question_.variables.opaque || text.starts_with("arn:"))
        return text;
    const VariableCase variables{false, context, {}, {}};
    const std::string service = walk_.touched_->action.substr(0, walk_.touched_->action.find(':'));
    for (const std::string& other : {"arn:aws:" + service + ":::x", std::string("*"), std::string("x")}) {
        if (std::ranges::all_of(walk_.touched_->statements, [&](std::uint32_t i) {
                return walk_.index_.hits(i, other, variables) == walk_.index_.hits(i, text, variables);
            }))
            return other;
    }
    return text;
}

bool Walk::spend(std::uint64_t steps) {
    if (!budget_.spend(steps) && too_complex_.empty())
        too_complex_ = "the budget of steps is spent";
    return too_complex_.empty();
}

void Walk::prepare() {
    Ids all(index_.size());
    for (std::uint32_t i = 0; i < all.size(); ++i)
        all[i] = i;
    Budget share(std::min(budget_.left() / share_for_all, steps_for_all_max));
    const std::uint64_t before = share.left();
    all_hits_ = index_.hits(all, question_, share);
    budget_.spend(before - share.left());
}

bool Walk::look_at(const StatementIndex::Touched& touched) {
    touched_ = &touched;
    set_places(touched.statements);
    if (!allows_.any() || !spend(touched.statements.size()))
        return false;
    levels_.assign(1, {});
    choices_.clear();
    if (!start(levels_[0]))
        return false;
    for (std::vector<Choice>& key : choices()) {
        choices_.push_back(std::move(key));
        levels_.push_back(combined(levels_.back(), choices_.back()));
        if (!too_complex_.empty())
            return false;
    }
    for (std::uint32_t at = 0; at < levels_.back().size(); ++at) {
        if (visit_(Found(*this, at)))
            return true;
    }
    return false;
}

void Walk::set_places(const Ids& statements) {
    std::ranges::fill(place_, 0);
    const Bits none(statements.size());
    allows_ = gains_ = losses_ = either_ = not_resource_ = any_resource_ = none;
    for (std::uint32_t place = 0; place < statements.size(); ++place) {
        const std::uint32_t i = statements[place];
        place_[i] = place + 1;
        if (index_[i].effect == Effect::allow && question_.bearings[i] != Bearing::better_unmatched)
            allows_.set(place);
        if (index_[i].not_resource)
            not_resource_.set(place);
        else if (index_[i].resources.empty())
            any_resource_.set(place);
        const Bearing bearing = question_.bearings[i];
        (bearing == Bearing::better_matched     ? gains_
         : bearing == Bearing::better_unmatched ? losses_
                                                : either_)
            .set(place);
    }
}

// The resources: false when they are too many.
bool Walk::start(Level& level) {
    std::optional<std::vector<StatementIndex::Hit>> own;
    if (!all_hits_) {
        own = index_.hits(touched_->statements, question_, budget_);
        if (!own) {
            too_complex_ = "too many combinations of resources: the budget of steps is spent";
            return false;
        }
    }
    resources_.clear();
    std::unordered_set<Bits, Bits::Hash> known;
    for (const StatementIndex::Hit& hit : own ? *own : *all_hits_) {
        Bits statements = not_resource_;
        for (const std::uint32_t i : hit.statements) {
            if (place_[i] != 0)
                statements.flip(place_[i] - 1);
        }
        statements |= any_resource_;
        if (!spend(hit.statements.size() + statements.words()))
            return false;
        if (!allows(statements) || !known.insert(statements).second)
            continue;
        level.push_back({std::move(statements), 0, static_cast<std::uint32_t>(resources_.size())});
        resources_.push_back(hit.resource);
    }
    keep_best(level);
    return true;
}

// By key: what its values let through.
std::vector<std::vector<Choice>> Walk::choices() {
    std::map<std::string, Ids> by_key;
    std::set<std::uint32_t> opaque;
    for (const std::uint32_t i : touched_->statements) {
        for (const std::uint32_t condition : index_.conditions_of(i)) {
            if (question_.variables.opaque && index_.has_variables(condition))
                opaque.insert(condition);
            else
                by_key[index_.key_of(condition)].push_back(condition);
        }
    }
    std::vector<std::vector<Choice>> all;
    for (auto& [key, conditions] : by_key) {
        std::ranges::sort(conditions);
        conditions.erase(std::ranges::unique(conditions).begin(), conditions.end());
        all.push_back(choices_of_key(key, conditions));
    }
    for (const std::uint32_t condition : opaque)
        all.push_back(choices_of_opaque(condition));
    return all;
}

// Statements that have no such condition, or whose conditions hold.
Bits Walk::passing(const std::function<bool(std::uint32_t condition)>& fails) const {
    Bits passes(touched_->statements.size());
    for (std::size_t place = 0; place < touched_->statements.size(); ++place) {
        if (std::ranges::none_of(index_.conditions_of(touched_->statements[place]), fails))
            passes.set(place);
    }
    return passes;
}

std::vector<Choice> Walk::choices_of_key(const std::string& key, const Ids& conditions) {
    Ids number_of; // the conditions that the cells tell of, in their order
    const ConditionCells& cells = cells_of(key, conditions, number_of);
    std::vector<Choice> choices;
    std::unordered_set<Bits, Bits::Hash> known;
    for (const ConditionCell& cell : cells.cells) {
        if (!occurs(key, cell.values))
            continue;
        Bits passes = passing([&](std::uint32_t condition) {
            const auto at = std::ranges::lower_bound(number_of, condition);
            return at != number_of.end() && *at == condition &&
                   !cell.holds[static_cast<std::size_t>(at - number_of.begin())];
        });
        if (!spend(touched_->statements.size()))
            break;
        if (known.insert(passes).second)
            choices.push_back({key, cell.values, std::move(passes)});
    }
    return choices;
}

// Whether it holds is not known: it may, and it may not.
std::vector<Choice> Walk::choices_of_opaque(std::uint32_t condition) const {
    const Bits fails = passing([&](std::uint32_t each) { return each == condition; });
    return {{"", {}, passing([](std::uint32_t) { return false; })}, {"", {}, fails}};
}

// All conditions of a key at once, unless these are too many: then those of the statements at hand.
const ConditionCells& Walk::cells_of(const std::string& key, const Ids& conditions, Ids& numbers) {
    const auto find = [&](const Ids& some, Budget& budget) {
        std::vector<AskedCondition> asked;
        for (const std::uint32_t condition : some)
            asked.push_back(index_.condition(condition));
        return condition_cells(key, asked, question_.variables.values, budget);
    };
    auto all = all_cells_.find(key);
    if (all == all_cells_.end()) {
        Ids whole;
        for (std::uint32_t i = 0; i < index_.conditions(); ++i) {
            if (index_.key_of(i) == key && !(question_.variables.opaque && index_.has_variables(i)))
                whole.push_back(i);
        }
        Budget share(std::min(budget_.left() / share_for_all, steps_for_all_max));
        const std::uint64_t before = share.left();
        ConditionCells cells = find(whole, share);
        budget_.spend(before - share.left());
        all = all_cells_.emplace(key, Known{std::move(whole), std::move(cells)}).first;
    }
    if (all->second.cells.complete) {
        numbers = all->second.conditions;
        return all->second.cells;
    }
    auto some = some_cells_.find({key, conditions});
    if (some == some_cells_.end())
        some = some_cells_.emplace(std::pair(key, conditions), find(conditions, budget_)).first;
    if (!some->second.complete && too_complex_.empty())
        too_complex_ = "the values of " + key + " cannot all be told apart";
    numbers = conditions;
    return some->second;
}

// A key that stands as a variable has the value that the question says.
bool Walk::occurs(const std::string& key, const std::vector<std::string>& values) const {
    const VariableCase& variables = question_.variables;
    const auto in = [&](const std::vector<std::string>& keys) { return std::ranges::find(keys, key) != keys.end(); };
    if (!in(index_.variable_keys()))
        return true;
    if (!variables.opaque)
        return variables.values.find(key) != nullptr || values.empty();
    return values.empty() != (in(variables.present) || in(variables.several));
}

Level Walk::combined(const Level& level, const std::vector<Choice>& choices) {
    Level next;
    std::unordered_set<Bits, Bits::Hash> known;
    for (std::uint32_t from = 0; from < level.size(); ++from) {
        for (std::uint32_t choice = 0; choice < choices.size(); ++choice) {
            Bits statements = level[from].statements & choices[choice].passes;
            if (!spend(statements.words() + 2))
                return {};
            if (!allows(statements) || !known.insert(statements).second)
                continue;
            next.push_back({std::move(statements), from, choice});
            if (next.size() > combinations_max) {
                too_complex_ = "more than " + std::to_string(combinations_max) + " combinations of statements";
                return {};
            }
        }
    }
    keep_best(next);
    return next;
}

// As good for the question, or better.
bool Walk::is_better(const Bits& one, const Bits& other) const {
    return other.within(one, gains_) && one.within(other, losses_) && one.within(other, either_) &&
           other.within(one, either_);
}

// Conditions that are still to come keep the order: what is worse now is worse then. Only as long as few are best,
// for the comparison is of each with each.
void Walk::keep_best(Level& level) {
    constexpr std::size_t few = 16;
    constexpr std::size_t many = 256;
    if (level.size() < few || (!gains_.any() && !losses_.any()))
        return;
    Level best;
    for (std::size_t i = 0; i < level.size(); ++i) {
        if (!spend(best.size() * 2 * gains_.words() + 1))
            return;
        if (best.size() > many) {
            best.insert(best.end(), std::make_move_iterator(level.begin() + static_cast<std::ptrdiff_t>(i)),
                        std::make_move_iterator(level.end()));
            break;
        }
        const auto beaten = [&](const Combination& by) { return is_better(by.statements, level[i].statements); };
        if (std::ranges::any_of(best, beaten))
            continue;
        std::erase_if(best, [&](const Combination& old) { return is_better(level[i].statements, old.statements); });
        best.push_back(std::move(level[i]));
    }
    level = std::move(best);
}

} // namespace

Representatives::Outcome Representatives::Work::each(const RepresentativeQuestion& question, Budget& budget,
                                                     const Visit& visit) {
    const std::string spent = "the budget of steps is spent";
    if (!budget.spend(index.size() + 1))
        return {Outcome::too_complex, spent};
    if (!touched_)
        touched_ = index.touched(known_actions_, budget);
    if (!touched_)
        return {Outcome::too_complex, "too many combinations of actions: " + spent};
    Walk walk(index, question, budget, visit);
    walk.prepare();
    for (const StatementIndex::Touched& touched : *touched_) {
        if (walk.look_at(touched))
            return {Outcome::stopped, {}};
        if (!walk.too_complex().empty())
            return {Outcome::too_complex, walk.too_complex()};
    }
    return {Outcome::all, {}};
}

Representatives::Representatives(std::vector<AskedStatement> statements, std::span<const std::string> known_actions)
    : work_(std::make_unique<Work>(std::move(statements), known_actions)) {}
Representatives::Representatives(Representatives&&) noexcept = default;
Representatives& Representatives::operator=(Representatives&&) noexcept = default;
Representatives::~Representatives() = default;

const std::vector<std::string>& Representatives::variable_keys() const { return work_->index.variable_keys(); }
bool Representatives::has_defaults() const { return work_->index.has_defaults(); }

Representatives::Outcome Representatives::each(const RepresentativeQuestion& question, Budget& budget,
                                               const Visit& visit) {
    return work_->each(question, budget, visit);
}

} // namespace awsfed::policy
