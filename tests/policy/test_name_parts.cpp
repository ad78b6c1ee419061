#include "policy/name_parts.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace awsfed::policy;

namespace {

bool has(std::string_view name, std::string_view part, PartKind kind) {
    if (kind == PartKind::middle)
        return name.find(part) != name.npos;
    return kind == PartKind::beginning ? name.starts_with(part) : name.ends_with(part);
}

std::vector<std::string> some_names(std::mt19937& random) {
    std::set<std::string> names;
    for (int i = 0; i < 8; ++i) {
        std::string name;
        for (auto left = 1 + random() % 7; left > 0; --left)
            name += "ab-"[random() % 3];
        names.insert(name);
    }
    return {names.begin(), names.end()};
}

} // namespace

TEST_CASE("every set of names that have a part in common is found, with the shortest part for it") {
    std::mt19937 random(1);
    for (int round = 0; round < 300; ++round) {
        const std::vector<std::string> names = some_names(random);
        for (const PartKind kind : {PartKind::beginning, PartKind::middle, PartKind::end}) {
            std::map<std::vector<std::size_t>, std::size_t> wanted; // the length, by who has it
            for (const std::string& name : names)
                for (std::size_t at = 0; at < name.size(); ++at)
                    for (std::size_t length = 1; at + length <= name.size(); ++length) {
                        const std::string part = name.substr(at, length);
                        if (!has(name, part, kind))
                            continue;
                        std::vector<std::size_t> who;
                        for (std::size_t i = 0; i < names.size(); ++i)
                            if (has(names[i], part, kind))
                                who.push_back(i);
                        const auto [place, is_new] = wanted.try_emplace(who, length);
                        place->second = std::min(place->second, length);
                    }
            std::map<std::vector<std::size_t>, std::size_t> found;
            for (const NamePart& part : parts_of(names, kind).parts) {
                const std::string text = names[part.name].substr(part.at, part.length);
                std::vector<std::size_t> who;
                part.names.each([&](std::size_t i) {
                    who.push_back(i);
                    CHECK(has(names[i], text, kind));
                });
                const auto [place, is_new] = found.try_emplace(who, part.length);
                place->second = std::min(place->second, part.length);
            }
            CHECK(found == wanted);
        }
    }
}

TEST_CASE("a part is told where it appears") {
    const std::vector<std::string> names{"abab", "xab"};
    const NameParts parts = parts_of(names, PartKind::middle);
    for (std::size_t i = 0; i < names.size(); ++i)
        for (const Appearance& one : parts.of_name[i]) {
            const NamePart& part = parts.parts[one.part];
            CHECK(names[i].substr(one.at, part.length) == names[part.name].substr(part.at, part.length));
        }
    CHECK(parts_of({}, PartKind::end).parts.empty());
}
