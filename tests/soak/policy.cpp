// policy-soak SEED PAIRS: random policies, alone and in pairs. What is said of them is held against random requests.
#include "policy/compare.h"
#include "policy/compiled.h"
#include "policy/intersect.h"
#include "policy/representatives.h"
#include "policy/write.h"
#include "soak/policy_dice.h"
#include "soak/policy_soak.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <string>

namespace awsfed::policy {

namespace {

constexpr int requests_per_pair = 200;
// Without conditions and variables, with conditions, with all; and without NotAction and NotResource.
constexpr DiceOptions all_options[] = {
    {false, true, false}, {true, true, false}, {}, {false, true, true}, {true, false, false}};

std::string text_of(const Request& request) {
    std::string text = request.action() + " " + request.resource;
    for (const auto& [key, values] : request.context.entries()) {
        text += " " + key + "=";
        for (const std::string& value : values)
            text += "[" + value + "]";
    }
    return text;
}

struct Counts {
    long pairs = 0, yes = 0, no = 0, unknown = 0, wrong = 0, requests = 0, seen = 0;
};

void print_wrong(std::string_view what, const Document& a, const Document& b, const Request& request) {
    fmt::print("FAIL {}:\n  {}\n  {}\n  {}\n", what, policy_text(a), policy_text(b), text_of(request));
}

void check_pair(Dice& dice, const DiceOptions& options, Counts& counts) {
    const Document a = dice.document(options);
    const Document b = dice.one_in(3) ? dice.neighbour(a, options) : dice.document(options);
    const Compared compared = compare({&a}, {&b}, {.steps = 5'000'000, .known_actions = {}});
    ++counts.pairs;
    for (const Within& each : {compared.a_within_b, compared.b_within_a})
        ++(each.answer == Within::yes ? counts.yes : each.answer == Within::no ? counts.no : counts.unknown);
    std::vector<CompiledPolicy> as;
    std::vector<CompiledPolicy> bs;
    as.emplace_back(a);
    bs.emplace_back(b);
    const auto differ = [&](const Request& request) {
        return region_allows(as, request) && !region_allows(bs, request);
    };
    const auto differ_back = [&](const Request& request) {
        return region_allows(bs, request) && !region_allows(as, request);
    };
    if (compared.a_within_b.witness && !differ(*compared.a_within_b.witness)) {
        ++counts.wrong;
        print_wrong("witness", a, b, *compared.a_within_b.witness);
    }
    for (int i = 0; i < requests_per_pair; ++i) {
        const Request request = dice.request();
        ++counts.requests;
        if (differ(request)) {
            ++counts.seen;
            if (compared.a_within_b.answer == Within::yes) {
                ++counts.wrong;
                print_wrong("not within", a, b, request);
                return;
            }
        }
        if (differ_back(request)) {
            ++counts.seen;
            if (compared.b_within_a.answer == Within::yes) {
                ++counts.wrong;
                print_wrong("not within", b, a, request);
                return;
            }
        }
    }
}

struct IntersectCounts {
    long pairs = 0, exact = 0, upper_and_lower = 0, other = 0, requests = 0, allowed = 0, representatives = 0,
         wrong = 0;
};

std::vector<CompiledPolicy> compiled(const Document& document) {
    std::vector<CompiledPolicy> list;
    list.emplace_back(document);
    return list;
}

// Does the document allow what its label says?
bool keeps_label(const EffectiveDocument& effective, bool both, bool allowed) {
    switch (effective.label) {
    case EffectiveDocument::exact: return both == allowed;
    case EffectiveDocument::upper: return allowed || !both;
    case EffectiveDocument::lower: return both || !allowed;
    default: return true;
    }
}

// Every representative of the pair and its document, by the evaluation: what the label says holds, and exactly those
// statements match of which it is said.
bool representatives_agree(const Document& role, const Document& session, const EffectiveDocument& effective,
                           IntersectCounts& counts) {
    std::vector<AskedStatement> statements;
    std::vector<CompiledPolicy> single;
    for (const Document* document : {&role, &session, &effective.document}) {
        for (const Statement& statement : document->statements) {
            statements.push_back({&statement, document->effective_version()});
            Document alone;
            alone.version = document->version;
            alone.statements = {statement};
            alone.statements.front().effect = Effect::allow;
            single.emplace_back(alone);
        }
    }
    const auto roles = compiled(role);
    const auto sessions = compiled(session);
    const auto documents = compiled(effective.document);
    Representatives representatives(statements, {});
    if (!representatives.variable_keys().empty())
        return true;
    Budget budget(20'000'000);
    const RepresentativeQuestion question{
        std::vector<Bearing>(statements.size()), std::vector<bool>(statements.size()), {}};
    const auto outcome = representatives.each(question, budget, [&](const Representative& each) {
        const Request request = each.request();
        ++counts.representatives;
        std::vector<std::uint32_t> matching;
        for (std::uint32_t i = 0; i < single.size(); ++i) {
            if (single[i].ask(request).allow)
                matching.push_back(i);
        }
        const bool both = region_allows(roles, request) && region_allows(sessions, request);
        if (matching == each.matched() && keeps_label(effective, both, region_allows(documents, request)))
            return false;
        print_wrong("representative", role, session, request);
        return true;
    });
    return outcome.end != Representatives::Outcome::stopped;
}

void check_intersection(Dice& dice, const DiceOptions& options, IntersectCounts& counts) {
    const Document role = dice.document(options);
    const Document session = dice.one_in(4) ? dice.neighbour(role, options) : dice.document(options);
    const Intersection found = intersect({&role}, {&session}, {.steps = 20'000'000, .known_actions = {}});
    ++counts.pairs;
    const bool exact = found.document.label == EffectiveDocument::exact;
    const bool bounded = found.document.label == EffectiveDocument::upper && found.lower &&
                         found.lower->label == EffectiveDocument::lower;
    ++(exact ? counts.exact : bounded ? counts.upper_and_lower : counts.other);
    const auto roles = compiled(role);
    const auto sessions = compiled(session);
    const auto documents = compiled(found.document.document);
    const auto lowers = compiled(found.lower ? found.lower->document : Document());
    const auto check = [&](const Request& request) {
        const bool both = region_allows(roles, request) && region_allows(sessions, request);
        ++counts.requests;
        counts.allowed += both ? 1 : 0;
        const bool right = keeps_label(found.document, both, region_allows(documents, request)) &&
                           (!found.lower || keeps_label(*found.lower, both, region_allows(lowers, request)));
        if (!right) {
            ++counts.wrong;
            print_wrong("intersection", role, session, request);
            fmt::print("  {} {}\n", name_of(found.document.label), policy_text(found.document.document));
            if (found.lower)
                fmt::print("  {} {}\n", name_of(found.lower->label), policy_text(found.lower->document));
        }
        return right;
    };
    if (const auto& witness = found.document.witness) {
        check(*witness);
        const bool both = region_allows(roles, *witness) && region_allows(sessions, *witness);
        counts.wrong += both == region_allows(documents, *witness) ? 1 : 0;
    }
    counts.wrong += representatives_agree(role, session, found.document, counts) ? 0 : 1;
    if (found.lower)
        counts.wrong += representatives_agree(role, session, *found.lower, counts) ? 0 : 1;
    for (int i = 0; i < requests_per_pair; ++i) {
        if (!check(dice.request()))
            return;
    }
}

int run_intersections(std::uint64_t seed, long pairs) {
    Dice dice(seed);
    for (const DiceOptions& options : all_options) {
        IntersectCounts counts;
        const auto start = std::chrono::steady_clock::now();
        while (counts.pairs < pairs)
            check_intersection(dice, options, counts);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        fmt::print(
            "{} intersections: {} exact, {} between two, {} others; {} requests, {} allowed; {} representatives; {} "
            "wrong; {:.1f} s\n",
            counts.pairs, counts.exact, counts.upper_and_lower, counts.other, counts.requests, counts.allowed,
            counts.representatives, counts.wrong, seconds.count());
        if (counts.wrong != 0)
            return 1;
    }
    return 0;
}

int run(std::uint64_t seed, long pairs) {
    Dice dice(seed);
    for (const DiceOptions& options : all_options) {
        Counts counts;
        const auto start = std::chrono::steady_clock::now();
        while (counts.pairs < pairs)
            check_pair(dice, options, counts);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        fmt::print("{} pairs: {} within, {} not, {} unknown; {} requests, {} differ; {} wrong; {:.1f} s\n",
                   counts.pairs, counts.yes, counts.no, counts.unknown, counts.requests, counts.seen, counts.wrong,
                   seconds.count());
        if (counts.wrong != 0)
            return 1;
    }
    return 0;
}

} // namespace

} // namespace awsfed::policy

int main(int argc, char** argv) {
    const std::uint64_t seed = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
    const long pairs = argc > 2 ? std::strtol(argv[2], nullptr, 10) : 1000;
    using namespace awsfed::policy;
    for (const auto part : {run, run_intersections, run_shrinks, run_texts}) {
        if (const int status = part(seed, pairs); status != 0)
            return status;
    }
    return 0;
}
