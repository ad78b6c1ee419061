#include "policy/action_cover.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

using namespace awsfed::policy;

namespace {

using Patterns = std::vector<std::string>;

Patterns cover(const Patterns& given, Levels levels = Levels::apart) {
    const std::vector<std::string_view> views(given.begin(), given.end());
    return cover_actions(views, levels);
}

std::set<KnownAction> known(const Patterns& patterns) {
    std::set<KnownAction> actions;
    for (const std::string& pattern : patterns)
        std::ranges::copy(matching_actions(pattern), std::inserter(actions, actions.end()));
    return actions;
}

// Those of the service by name that the test wants.
Patterns names(std::string_view service, auto&& wanted) {
    Patterns found;
    for (const KnownAction action : find_service(service)->actions())
        if (wanted(action))
            found.push_back(action.full_name());
    return found;
}

bool on_one_level(const std::string& pattern) {
    std::set<AccessLevel> levels;
    for (const KnownAction action : matching_actions(pattern))
        levels.insert(action.level());
    return levels.size() < 2;
}

} // namespace

TEST_CASE("a list of actions becomes patterns that match exactly these") {
    const Patterns all_describes = names("ec2", [](KnownAction a) { return a.name().starts_with("Describe"); });
    CHECK(all_describes.size() > 100);
    const Patterns covered = cover(all_describes, Levels::joined);
    CHECK(known(covered) == known(all_describes));
    CHECK(covered.size() == 1);
    CHECK(written_chars(covered) <= written_chars(Patterns{"ec2:Describe*"}));
}

TEST_CASE("what the patterns match stays the same, to the last action") {
    std::mt19937 random(2);
    for (const char* service : {"s3", "sts", "lambda", "ec2", "iam", "dynamodb", "kms"})
        for (const Levels levels : {Levels::apart, Levels::joined})
            for (const unsigned share : {5U, 50U, 95U}) {
                const Patterns given = names(service, [&](KnownAction) { return random() % 100 < share; });
                const Patterns covered = cover(given, levels);
                CHECK(known(covered) == known(given));
                CHECK(written_chars(covered) <= written_chars(given));
                CHECK(cover(given, levels) == covered);
                if (levels == Levels::apart)
                    CHECK(std::ranges::all_of(covered, on_one_level));
            }
}

TEST_CASE("the order in which actions are written does not matter") {
    Patterns given = names("s3", [](KnownAction a) { return a.name().size() % 3 != 0; });
    const Patterns covered = cover(given);
    std::ranges::reverse(given);
    CHECK(cover(given) == covered);
}

TEST_CASE("actions of different access levels are not joined") {
    const Patterns given =
        names("s3", [](KnownAction a) { return a.name().starts_with("Get") || a.name().starts_with("Put"); });
    CHECK_FALSE(std::ranges::all_of(cover(given, Levels::joined), on_one_level));
    CHECK(std::ranges::all_of(cover(given), on_one_level));
}

TEST_CASE("actions of different access levels stay joined where the author joined them") {
    CHECK(cover({"s3:*"}) == Patterns{"s3:*"});
    const Patterns given{"sqs:*Message*", "sqs:SendMessage", "sqs:ReceiveMessage"};
    CHECK_FALSE(on_one_level(given[0]));
    CHECK(cover(given).size() == 1);
}

TEST_CASE("what is in no table stays as it is") {
    const Patterns given{"nosuch:Get*", "s3:GetNothingOfThatName", "s3:Nothing*", "*", "nosuch:A", "s*:GetObject"};
    CHECK(cover(given) == given);
    CHECK(cover({}).empty());
    const Patterns mixed = cover({"s3:GetObject", "nosuch:Get*"});
    CHECK(std::ranges::count(mixed, "nosuch:Get*") == 1);
    CHECK(known(mixed) == known({"s3:GetObject"}));
}

TEST_CASE("no service has more actions than a cover can hold") {
    for (const KnownService service : every_known_service())
        CHECK(service.size() <= NameSet::names_max);
}
