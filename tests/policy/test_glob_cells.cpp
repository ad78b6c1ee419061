#include "policy/glob_cells.h"
#include "policy/glob_meet.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bitset>
#include <map>
#include <set>
#include <string>

using namespace awsfed::policy;

namespace {

constexpr std::uint64_t plenty = 20'000'000;

std::vector<std::string> meet_texts(std::string_view a, std::string_view b) {
    Budget budget(plenty);
    const auto globs = meet(Glob::of(a), Glob::of(b), budget);
    REQUIRE(globs);
    std::vector<std::string> texts;
    for (const Glob& glob : *globs)
        texts.push_back(glob.text());
    std::ranges::sort(texts);
    return texts;
}

std::vector<Glob> globs_of(std::initializer_list<std::string_view> patterns) {
    std::vector<Glob> globs;
    for (const std::string_view pattern : patterns)
        globs.push_back(Glob::of(pattern));
    return globs;
}

Coverage coverage(std::string_view one, std::initializer_list<std::string_view> list) {
    Budget budget(plenty);
    return covered_by(Glob::of(one), globs_of(list), budget);
}

std::optional<std::vector<GlobCell>> cells_of(const std::vector<Glob>& globs, Budget& budget,
                                              std::span<const Glob> worlds = {}) {
    std::vector<ReadGlob> readings;
    for (const Glob& glob : globs)
        readings.push_back({glob, GlobReading::exact, static_cast<std::uint32_t>(readings.size())});
    return cells(readings, worlds, budget);
}

// All texts of up to six letters: those that a pattern matches, and where they stand.
constexpr std::size_t texts_max = 1093;
using Language = std::bitset<texts_max>;

const std::vector<Symbols>& all_texts() {
    static const std::vector<Symbols> texts = [] {
        std::vector<Symbols> made{U""};
        for (std::size_t i = 0; made[i].size() < 6; ++i) {
            for (const Symbol letter : {U'a', U'b', U'c'})
                made.push_back(made[i] + letter);
        }
        return made;
    }();
    return texts;
}

Language language_of(const Glob& glob) {
    Language language;
    for (std::size_t i = 0; i < texts_max; ++i)
        language[i] = glob.matches(all_texts()[i]);
    return language;
}

std::map<Glob, Language> all_globs() {
    std::vector<Symbols> made{U""};
    for (std::size_t i = 0; made[i].size() < 4; ++i) {
        for (const Symbol symbol : {U'a', U'b', any_run, any_one})
            made.push_back(made[i] + symbol);
    }
    std::map<Glob, Language> globs;
    for (const Symbols& symbols : made)
        globs.emplace(Glob(symbols), Language());
    for (auto& [glob, language] : globs)
        language = language_of(glob);
    return globs;
}

} // namespace

TEST_CASE("patterns meet in what both match") {
    using Texts = std::vector<std::string>;
    CHECK(meet_texts("s3:*", "s3:Get*") == Texts{"s3:Get*"});
    CHECK(meet_texts("s3:*", "ec2:*").empty());
    CHECK(meet_texts("*/logs/*", "b/*.gz") == Texts{"b/*/logs/*.gz", "b/logs/*.gz"});
    CHECK(meet_texts("a?", "?b") == Texts{"ab"});
    CHECK(meet_texts("*", "") == Texts{""});
    CHECK(meet_texts("a*", "*a") == Texts{"a", "a*a"});
}

TEST_CASE("patterns of ARNs meet within their segments") {
    Budget budget(plenty);
    const auto both = meet(*Glob::arn("arn:aws:s3:*:1:*"), *Glob::arn("arn:*:s3:e*:*:b*"), budget);
    REQUIRE(both);
    REQUIRE(both->size() == 1);
    CHECK(both->front() == *Glob::arn("arn:aws:s3:e*:1:b*"));
}

TEST_CASE("patterns that meet in too many ways are not met at all") {
    Budget budget(plenty * 10);
    const auto seventy = meet(Glob::of("*a*b*c*d*"), Glob::of("*e*f*g*h*"), budget);
    REQUIRE(seventy);
    CHECK(seventy->size() == 70);
    CHECK_FALSE(meet(Glob::of("*a*b*c*d*e*f*"), Glob::of("*g*h*i*j*k*l*"), budget));
    Budget small(50);
    CHECK_FALSE(meet(Glob::of("*a*b*c*d*"), Glob::of("*e*f*g*h*"), small));
    CHECK(small.spent());
}

TEST_CASE("a pattern is covered by several where no single one covers it") {
    CHECK(coverage("?*", {"a*", "?"}).answer == Coverage::not_covered);
    CHECK(coverage("a?*", {"a?", "a??*"}).answer == Coverage::covered);
    CHECK(coverage("a*", {"a", "a?*"}).answer == Coverage::covered);
    const Coverage gap = coverage("arn:aws:s3:::b/*", {"arn:aws:s3:::b/x*", "arn:aws:s3:::b/"});
    CHECK(gap.answer == Coverage::not_covered);
    CHECK(utf8_of(gap.example) == "arn:aws:s3:::b/y");
}

TEST_CASE("what covers by its form does so for any text in a variable's place, and a question mark does not") {
    GlobVariables variables;
    const Glob home = Glob::of("home/${aws:username}/*", &variables);
    CHECK(within_by_form(home, Glob::of("home/*")));
    CHECK_FALSE(within_by_form(home, Glob::of("home/?*/*")));
}

// 61,009 pairs, as the prototype has them, and every text of up to six letters of which one is in no pattern.
TEST_CASE("all patterns of up to four symbols: meetings and coverage are exact") {
    const auto globs = all_globs();
    REQUIRE(globs.size() == 247);
    int wrong = 0;
    int missed_by_form = 0;
    for (const auto& [one, language] : globs) {
        for (const auto& [other, other_language] : globs) {
            Budget budget(plenty);
            const bool within = (language & ~other_language).none();
            const Coverage covered = covered_by(one, std::span(&other, 1), budget);
            wrong += covered.answer != (within ? Coverage::covered : Coverage::not_covered) ? 1 : 0;
            if (covered.answer == Coverage::not_covered)
                wrong += !one.matches(covered.example) || other.matches(covered.example) ? 1 : 0;
            wrong += within_by_form(one, other) && !within ? 1 : 0;
            missed_by_form += within && !within_by_form(one, other) ? 1 : 0;
            Language met;
            const auto both = meet(one, other, budget);
            REQUIRE(both);
            for (const Glob& each : *both) {
                const auto known = globs.find(each);
                met |= known != globs.end() ? known->second : language_of(each);
            }
            wrong += met != (language & other_language) ? 1 : 0;
        }
    }
    CHECK(wrong == 0);
    CHECK(missed_by_form == 350);
}

TEST_CASE("cells are all combinations that some text has, and no others") {
    const auto globs = all_globs();
    std::vector<std::pair<Glob, Language>> list(globs.begin(), globs.end());
    int wrong = 0;
    for (std::size_t i = 0; i + 5 < list.size(); i += 3) {
        std::vector<Glob> five;
        for (std::size_t k = 0; k < 5; ++k)
            five.push_back(list[(i * (k + 1) + 7 * k) % list.size()].first);
        Budget budget(plenty);
        const auto found = cells_of(five, budget);
        REQUIRE(found);
        std::set<std::vector<std::uint32_t>> combinations;
        for (const GlobCell& cell : *found) {
            combinations.insert(cell.groups);
            for (std::uint32_t k = 0; k < 5; ++k)
                wrong += five[k].matches(cell.example) != std::ranges::binary_search(cell.groups, k) ? 1 : 0;
        }
        wrong += combinations.size() != found->size() ? 1 : 0;
        for (const Symbols& text : all_texts()) {
            std::vector<std::uint32_t> combination;
            for (std::uint32_t k = 0; k < 5; ++k) {
                if (five[k].matches(text))
                    combination.push_back(k);
            }
            wrong += combinations.contains(combination) ? 0 : 1;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("cells of actions have one colon") {
    Budget budget(plenty);
    const Glob world = action_world();
    const auto found = cells_of(globs_of({"s3:get*", "*", "s3:*object"}), budget, {&world, 1});
    REQUIRE(found);
    CHECK(found->size() == 4);
    for (const GlobCell& cell : *found)
        CHECK(std::ranges::count(cell.example, U':') == 1);
}

TEST_CASE("a pattern that ignores case is told apart from one that does not") {
    Budget budget(plenty);
    const std::vector<ReadGlob> readings{{Glob::of("a"), GlobReading::exact, 0},
                                         {Glob::of("A"), GlobReading::ignoring_case, 1}};
    const auto found = cells(readings, {}, budget);
    REQUIRE(found);
    CHECK(found->size() == 3); // neither, a, A
}

TEST_CASE("a pattern that is read loosely matches what it might for some value of the variables") {
    GlobVariables variables;
    const std::vector<ReadGlob> readings{{Glob::of("a/${aws:username}", &variables), GlobReading::exact, 0},
                                         {Glob::of("a/bob"), GlobReading::loosely, 1},
                                         {Glob::of("b*"), GlobReading::loosely, 2}};
    Budget budget(plenty);
    const auto found = cells(readings, {}, budget);
    REQUIRE(found);
    const auto home = std::ranges::find_if(
        *found, [](const GlobCell& cell) { return !cell.groups.empty() && cell.groups.front() == 0; });
    REQUIRE(home != found->end());
    CHECK(home->groups == std::vector<std::uint32_t>{0, 1});
}

// Against the same patterns each for itself.
TEST_CASE("of a group only whether any of it matches is told apart") {
    const auto globs = all_globs();
    std::vector<Glob> list;
    for (const auto& [glob, language] : globs)
        list.push_back(glob);
    int wrong = 0;
    for (std::size_t i = 0; i < list.size(); i += 5) {
        std::vector<Glob> six;
        std::vector<ReadGlob> grouped;
        for (std::uint32_t k = 0; k < 6; ++k) {
            six.push_back(list[(i * (k + 3) + 11 * k) % list.size()]);
            grouped.push_back({six.back(), GlobReading::exact, k / 2});
        }
        Budget budget(plenty);
        std::set<std::vector<std::uint32_t>> expected;
        const auto alone = cells_of(six, budget);
        REQUIRE(alone);
        for (const GlobCell& cell : *alone) {
            std::set<std::uint32_t> groups;
            for (const std::uint32_t k : cell.groups)
                groups.insert(k / 2);
            expected.emplace(groups.begin(), groups.end());
        }
        const auto together = cells(grouped, {}, budget);
        REQUIRE(together);
        std::set<std::vector<std::uint32_t>> got;
        for (const GlobCell& cell : *together) {
            got.insert(cell.groups);
            for (std::uint32_t group = 0; group < 3; ++group)
                wrong += (six[2 * group].matches(cell.example) || six[2 * group + 1].matches(cell.example)) !=
                                 std::ranges::binary_search(cell.groups, group)
                             ? 1
                             : 0;
        }
        wrong += got != expected ? 1 : 0;
    }
    CHECK(wrong == 0);
}

TEST_CASE("many words between stars are few cells when they are one group") {
    std::vector<ReadGlob> words;
    for (char c = 'a'; c <= 'z'; ++c)
        words.push_back({Glob::of(std::string("*") + c + "*" + c + "*"), GlobReading::exact, c > 'm' ? 1U : 0U});
    Budget budget(20'000'000);
    std::vector<ReadGlob> few(words.begin() + 10, words.begin() + 16);
    const auto found = cells(few, {}, budget);
    REQUIRE(found);
    CHECK(found->size() == 4);
}

TEST_CASE("many prefixes are quick, many words between stars end with the budget") {
    std::vector<Glob> buckets;
    for (int i = 0; i < 150; ++i)
        buckets.push_back(Glob::of("arn:aws:s3:::bucket-" + std::to_string(1000 + i) + "/*"));
    Budget budget(100'000);
    const auto found = cells_of(buckets, budget);
    REQUIRE(found);
    CHECK(found->size() == 151);

    std::vector<Glob> words;
    for (char c = 'a'; c <= 'z'; ++c)
        words.push_back(Glob::of(std::string("*") + c + "*"));
    Budget bounded(1'000'000);
    CHECK_FALSE(cells_of(words, bounded));
    CHECK(bounded.spent());

    const std::string ones(24, '?');
    Budget coverage_budget(1'000'000);
    const std::vector<Glob> list{Glob::of("*b" + ones), Glob::of("*a" + ones + "*c")};
    const Coverage answer = covered_by(Glob::of("*a" + ones), list, coverage_budget);
    CHECK(answer.answer != Coverage::covered);
}
