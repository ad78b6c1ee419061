#include "policy/compare.h"

#include "policy/compiled.h"
#include "policy/focus.h"
#include "policy/representatives.h"
#include "policy/variable_cases.h"
#include "policy/witness.h"
#include "policy/write.h"

#include <algorithm>
#include <set>

namespace awsfed::policy {

namespace {

// Where a statement stands: whose it is, and in which layer.
struct Place {
    bool in_other;
    std::uint32_t layer; // of both sides together
    Effect effect;
};

class Containment {
public:
    Containment(std::span<const Layered> one, std::span<const Layered> other, const CompareOptions& options,
                Budget& budget)
        : one_(one), other_(other), budget_(budget), focus_(narrowest(one, focused_)) {
        for (const Layered& layer : one)
            add(layer, false);
        for (const Layered& layer : other)
            add(layer, true);
        representatives_.emplace(statements_, options.known_actions);
    }

    Within answer();

private:
    static Focus narrowest(std::span<const Layered> one, std::uint32_t& layer);
    void add(const Layered& layer, bool in_other);
    Within without_variables();
    Within with_variables();
    std::vector<bool> loosely(std::uint32_t anchor) const;
    std::optional<std::string> doubt(std::uint32_t anchor);
    bool escapes(const std::vector<std::uint32_t>& matched) const;
    bool escapes(const Request& request);
    Representatives::Outcome search(const VariableCase& variables, std::optional<Request>& witness);

    std::span<const Layered> one_, other_;
    Budget& budget_;
    std::uint32_t focused_ = 0; // a layer of the one: what escapes, one of its Allows matches
    Focus focus_;
    std::vector<AskedStatement> statements_;
    std::vector<Place> places_;
    std::uint32_t layers_ = 0;
    std::uint32_t layers_of_one_ = 0;
    std::vector<Bearing> bearings_;
    std::set<std::string> denied_by_one_;
    std::optional<Representatives> representatives_;
    std::vector<std::vector<CompiledPolicy>> compiled_; // by layer, when first needed
};

// What makes two statements deny the same.
std::string identity_of(const Statement& statement, Version version) {
    Statement nameless = statement;
    nameless.sid.reset();
    const std::string text = statement_text(nameless);
    return text.contains("${") && version == Version::v2008 ? text + "2008" : text;
}

Focus Containment::narrowest(std::span<const Layered> one, std::uint32_t& layer) {
    std::optional<Focus> best;
    for (std::uint32_t i = 0; i < one.size(); ++i) {
        Focus focus;
        for (const Document* document : one[i]) {
            for (const Statement& statement : document->statements) {
                if (statement.effect == Effect::allow)
                    focus.add(statement, document->effective_version());
            }
        }
        if (!best || focus.size() < best->size()) {
            best = std::move(focus);
            layer = i;
        }
    }
    return std::move(best).value_or(Focus());
}

// A Deny of the other that the one has as well is left out: where it matches, the one allows nothing that could escape.
void Containment::add(const Layered& layer, bool in_other) {
    for (const Document* document : layer) {
        for (const Statement& statement : document->statements) {
            budget_.spend(10 * (statement.actions.size() + statement.resources.size() + statement.conditions.size()));
            if (!focus_.may_meet(statement, document->effective_version(), budget_))
                continue;
            if (statement.effect == Effect::deny) {
                const std::string identity = identity_of(statement, document->effective_version());
                if (!in_other)
                    denied_by_one_.insert(identity);
                else if (denied_by_one_.contains(identity))
                    continue;
            }
            statements_.push_back({&statement, document->effective_version()});
            places_.push_back({in_other, layers_, statement.effect});
            // A request escapes best when the one's Allows match and its Denies do not, and the other way round of the
            // other.
            const bool allow = statement.effect == Effect::allow;
            bearings_.push_back(allow != in_other ? Bearing::better_matched : Bearing::better_unmatched);
        }
    }
    ++layers_;
    if (!in_other)
        layers_of_one_ = layers_;
}

Within Containment::answer() {
    return representatives_->variable_keys().empty() ? without_variables() : with_variables();
}

// By the statements that match: does all of the one allow, and some layer of the other not?
bool Containment::escapes(const std::vector<std::uint32_t>& matched) const {
    std::vector<char> allowed(layers_);
    std::vector<char> denied(layers_);
    for (const std::uint32_t i : matched)
        (places_[i].effect == Effect::allow ? allowed : denied)[places_[i].layer] = 1;
    std::uint32_t layer = 0;
    for (; layer < layers_of_one_; ++layer) {
        if (allowed[layer] == 0 || denied[layer] != 0)
            return false;
    }
    for (; layer < layers_; ++layer) {
        if (allowed[layer] == 0 || denied[layer] != 0)
            return true;
    }
    return false;
}

// The same by the evaluation itself, which has the last word.
bool Containment::escapes(const Request& request) {
    if (compiled_.empty()) {
        for (const auto& side : {one_, other_}) {
            for (const Layered& layer : side) {
                auto& documents = compiled_.emplace_back();
                for (const Document* document : layer)
                    documents.emplace_back(*document);
            }
        }
    }
    const auto allows = [&](const std::vector<CompiledPolicy>& layer) { return region_allows(layer, request); };
    const std::span<const std::vector<CompiledPolicy>> layers(compiled_);
    return std::ranges::all_of(layers.first(layers_of_one_), allows) &&
           !std::ranges::all_of(layers.subspan(layers_of_one_), allows);
}

Representatives::Outcome Containment::search(const VariableCase& variables, std::optional<Request>& witness) {
    RepresentativeQuestion question{bearings_, std::vector<bool>(places_.size()), variables};
    for (const Place& place : places_)
        question.interest.push_back(place.layer == focused_ && place.effect == Effect::allow);
    return representatives_->each(question, budget_, [&](const Representative& each) {
        if (!escapes(each.matched()))
            return false;
        witness = each.request();
        return true;
    });
}

Within Containment::without_variables() {
    Within within;
    const Representatives::Outcome outcome = search({}, within.witness);
    if (within.witness && !escapes(*within.witness))
        return {Within::unknown, {}, "the evaluation does not confirm a difference that was found"};
    if (within.witness)
        within.answer = Within::no;
    else if (outcome.end == Representatives::Outcome::all)
        within.answer = Within::yes;
    within.why = outcome.why;
    return within;
}

// With opaque variables only a yes is sure: what the one might allow, the other surely allows. The texts that are
// looked at come from the patterns of one layer of the one, the anchor, with its variables in them. There, "matches"
// is the form of a pattern. What takes away from the other must not even perhaps match, what takes away from the one
// must surely do so, and what the one's other layers allow they need only perhaps do.
std::vector<bool> Containment::loosely(std::uint32_t anchor) const {
    std::vector<bool> loosely(places_.size());
    for (std::size_t i = 0; i < places_.size(); ++i) {
        const bool deny = places_[i].effect == Effect::deny;
        const bool inverted = statements_[i].statement->not_resource;
        if (places_[i].in_other)
            loosely[i] = deny != inverted;
        else
            loosely[i] = deny ? inverted : !inverted && places_[i].layer != anchor;
    }
    return loosely;
}

// Empty: it is sure. Else why it is not.
std::optional<std::string> Containment::doubt(std::uint32_t anchor) {
    const std::vector<VariableCase> cases = opaque_cases(*representatives_);
    if (cases.empty())
        return "too many policy variables";
    for (const VariableCase& each : cases) {
        const RepresentativeQuestion question{bearings_, loosely(anchor), each};
        const auto outcome = representatives_->each(
            question, budget_, [&](const Representative& found) { return escapes(found.matched()); });
        if (outcome.end == Representatives::Outcome::stopped)
            return "it depends on the values of policy variables, and no value was found that makes a difference";
        if (outcome.end == Representatives::Outcome::too_complex)
            return outcome.why;
    }
    return std::nullopt;
}

Within Containment::with_variables() {
    std::string why;
    for (std::uint32_t anchor = 0; anchor < layers_of_one_; ++anchor) {
        const auto in_doubt = doubt(anchor);
        if (!in_doubt)
            return {Within::yes, {}, {}};
        why = *in_doubt;
    }
    for (const VariableCase& each : likely_cases(statements_, representatives_->variable_keys())) {
        std::optional<Request> witness;
        const auto outcome = search(each, witness);
        if (witness && escapes(*witness))
            return {Within::no, std::move(witness), {}};
        if (outcome.end == Representatives::Outcome::too_complex)
            return {Within::unknown, {}, outcome.why};
    }
    return {Within::unknown, {}, why};
}

} // namespace

Within within(std::span<const Layered> one, std::span<const Layered> other, const CompareOptions& options,
              Budget& budget) {
    return Containment(one, other, options, budget).answer();
}

namespace {

std::vector<CompiledPolicy> compiled(const Layered& documents) {
    std::vector<CompiledPolicy> all;
    for (const Document* document : documents)
        all.emplace_back(*document);
    return all;
}

template <class Visit>
void each_statement(const Layered& documents, const Visit& visit) {
    for (const Document* document : documents) {
        for (const Statement& statement : document->statements)
            visit(statement, document->effective_version());
    }
}

// The one without each Allow that the other has as well: what it matches cannot escape, as long as the other denies
// nothing but what the one denies.
std::vector<Document> without_shared(const Layered& one, const Layered& other) {
    std::set<std::string> denied, shared;
    bool denies_more = false;
    each_statement(one, [&](const Statement& statement, Version version) {
        if (statement.effect == Effect::deny)
            denied.insert(identity_of(statement, version));
    });
    each_statement(other, [&](const Statement& statement, Version version) {
        const std::string identity = identity_of(statement, version);
        if (statement.effect == Effect::allow)
            shared.insert(identity);
        else
            denies_more = denies_more || !denied.contains(identity);
    });
    std::vector<Document> left;
    for (const Document* document : one) {
        left.push_back(*document);
        if (!denies_more)
            std::erase_if(left.back().statements, [&](const Statement& statement) {
                return statement.effect == Effect::allow &&
                       shared.contains(identity_of(statement, document->effective_version()));
            });
    }
    return left;
}

Within one_way(const Layered& one, const Layered& other, const CompareOptions& options) {
    const std::vector<Document> left = without_shared(one, other);
    Layered layer;
    for (const Document& document : left)
        layer.push_back(&document);
    Budget budget(options.steps); // that the one way is hard says nothing of the other
    return within({&layer, 1}, {&other, 1}, options, budget);
}

} // namespace

void make_readable(Within& within, const Layered& one, const Layered& other) {
    if (!within.witness)
        return;
    const std::vector<CompiledPolicy> allowing = compiled(one);
    const std::vector<CompiledPolicy> silent = compiled(other);
    prefer_known_action(*within.witness, [&](const Request& request) {
        return region_allows(allowing, request) && !region_allows(silent, request);
    });
}

Compared compare(const Layered& a, const Layered& b, const CompareOptions& options) {
    Compared compared;
    compared.a_within_b = one_way(a, b, options);
    compared.b_within_a = one_way(b, a, options);
    if (options.known_actions.empty()) {
        make_readable(compared.a_within_b, a, b);
        make_readable(compared.b_within_a, b, a);
    }
    return compared;
}

} // namespace awsfed::policy
