// Of single documents: what is shrunk decides as before, and whatever is wrong with a text has its place in it.
#include "policy/action_table.h"
#include "policy/compiled.h"
#include "policy/read.h"
#include "policy/shrink.h"
#include "policy/write.h"
#include "soak/policy_dice.h"
#include "soak/policy_soak.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::policy {

namespace {

constexpr int requests_per_document = 100;
constexpr DiceOptions all_options[] = {
    {false, true, false}, {true, true, false}, {}, {false, true, true}, {true, false, false}};

enum class Effective { nothing, allow, deny };

// Several documents decide together.
Effective ask(const std::vector<CompiledPolicy>& policies, const Request& request) {
    Effective together = Effective::nothing;
    for (const CompiledPolicy& policy : policies) {
        const auto matched = policy.ask(request);
        together = std::max(together, matched.deny    ? Effective::deny
                                      : matched.allow ? Effective::allow
                                                      : Effective::nothing);
    }
    return together;
}

std::vector<CompiledPolicy> compiled(const std::vector<Document>& documents) {
    std::vector<CompiledPolicy> policies;
    for (const Document& document : documents)
        policies.emplace_back(document);
    return policies;
}

struct ShrinkCounts {
    long documents = 0, shorter = 0, unproved = 0, requests = 0, allowed = 0, wrong = 0;
};

void check_shrink(Dice& dice, const DiceOptions& options, ShrinkCounts& counts) {
    const Document document = dice.document(options);
    ShrinkWish wish;
    wish.world = dice.one_in(3) ? World::closed : World::open;
    Budget budget(20'000'000);
    const Shrunk shrunk = shrink(document, wish, budget);
    ++counts.documents;
    counts.shorter += shrunk.chars_after < shrunk.chars_before ? 1 : 0;
    counts.unproved += shrunk.proved ? 0 : 1;
    const auto before = compiled({document});
    const auto after = compiled(shrunk.documents);
    for (int i = 0; i < requests_per_document; ++i) {
        const Request request = dice.request();
        if (wish.world == World::closed && !find_action(request.action()))
            continue; // equal for the actions of today alone
        const Effective was = ask(before, request);
        ++counts.requests;
        counts.allowed += was == Effective::allow ? 1 : 0;
        if (was == ask(after, request))
            continue;
        ++counts.wrong;
        fmt::print("FAIL shrink ({}) changes a decision:\n  {}\n  {}\n  {} {}\n", name_of(wish.world),
                   policy_text(document), policy_text(shrunk.documents.front()), request.action(), request.resource);
        return;
    }
}

struct TextCounts {
    long texts = 0, refused = 0, findings = 0, wrong = 0;
};

// What people and cut files do to a text.
std::string spoilt(std::string text, Dice& dice) {
    constexpr std::string_view pieces[] = {"\"",   "{",    "}",  "[", "]",  ",",    ":",   "\\",    "\\u",
                                           "\xC3", "\xE4", "\n", "*", "${", "null", "1e9", "Effect"};
    for (std::size_t times = 1 + dice.below(3); times > 0 && !text.empty(); --times) {
        const std::size_t at = dice.below(text.size());
        switch (dice.below(4)) {
        case 0: text.erase(at, 1 + dice.below(8)); break;
        case 1: text.insert(at, pieces[dice.below(std::size(pieces))]); break;
        case 2: text[at] = static_cast<char>(dice.below(256)); break;
        default: text.insert(at, text.substr(dice.below(text.size()), dice.below(40))); break;
        }
        if (dice.one_in(20))
            text.resize(dice.below(text.size() + 1));
    }
    return text;
}

void check_text(Dice& dice, TextCounts& counts) {
    const std::string text = spoilt(policy_text(dice.document({})), dice);
    const auto type = static_cast<PolicyType>(dice.below(8));
    const Reading reading = read_policy(text, type);
    const std::vector<FindingPlace> places = places_of(text, reading.findings);
    ++counts.texts;
    counts.refused += reading.document ? 0 : 1;
    const bool has_reason =
        reading.document.has_value() ||
        std::ranges::any_of(reading.findings, [](const Finding& each) { return each.severity == Severity::refused; });
    for (std::size_t i = 0; i < reading.findings.size(); ++i) {
        const Finding& each = reading.findings[i];
        ++counts.findings;
        const bool inside = each.offset <= text.size() && each.length <= text.size() - each.offset;
        const auto line_ends =
            static_cast<std::size_t>(std::ranges::count(text.substr(0, std::min(each.offset, text.size())), '\n'));
        if (inside && places[i].line == line_ends + 1 && places[i].column >= 1)
            continue;
        ++counts.wrong;
        fmt::print("FAIL a finding's place: {} at {}+{} of {}\n  {}\n", each.what, each.offset, each.length,
                   text.size(), text);
    }
    if (!has_reason) {
        ++counts.wrong;
        fmt::print("FAIL refused without a reason\n  {}\n", text);
    }
}

} // namespace

int run_shrinks(std::uint64_t seed, long documents) {
    Dice dice(seed);
    for (const DiceOptions& options : all_options) {
        ShrinkCounts counts;
        while (counts.documents < documents)
            check_shrink(dice, options, counts);
        fmt::print("{} shrunk: {} shorter, {} unproved; {} requests, {} allowed; {} wrong\n", counts.documents,
                   counts.shorter, counts.unproved, counts.requests, counts.allowed, counts.wrong);
        if (counts.wrong != 0)
            return 1;
    }
    return 0;
}

int run_texts(std::uint64_t seed, long texts) {
    Dice dice(seed);
    TextCounts counts;
    while (counts.texts < texts)
        check_text(dice, counts);
    fmt::print("{} spoilt texts: {} refused; {} findings; {} wrong\n", counts.texts, counts.refused, counts.findings,
               counts.wrong);
    return counts.wrong != 0 ? 1 : 0;
}

} // namespace awsfed::policy
