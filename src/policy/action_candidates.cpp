#include "policy/action_candidates.h"

#include "policy/name_parts.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace awsfed::policy {

namespace {

class Search {
public:
    Search(KnownService service, const NameSet& wanted, std::span<const Candidate> given, Levels levels)
        : wanted_(wanted), given_(given), rule_(levels) {
        for (const KnownAction action : service.actions()) {
            names_.emplace_back(action.name());
            folded_.push_back(lower_ascii(action.name()));
            levels_[static_cast<std::size_t>(action.level())].add(names_.size() - 1);
        }
        for (const Candidate& one : given)
            if (!on_one_level(one.names))
                joined_.push_back(one.names);
        beginnings_ = parts_of(folded_, PartKind::beginning);
        middles_ = parts_of(folded_, PartKind::middle);
        ends_ = parts_of(folded_, PartKind::end);
    }

    std::vector<Candidate> run() && {
        for (const Candidate& candidate : given_)
            offer(candidate.pattern, candidate.names);
        NameSet all;
        for (std::size_t i = 0; i < names_.size(); ++i)
            all.add(i);
        offer("*", all);
        wanted_.each([&](std::size_t i) { offer_name(i); });
        offer_parts(beginnings_, "", "*");
        offer_parts(middles_, "*", "*");
        offer_parts(ends_, "*", "");
        wanted_.each([&](std::size_t i) { offer_pairs(i); });
        return best();
    }

private:
    bool legal(const NameSet& names) const {
        if (!names.within(wanted_) || names.empty())
            return false;
        return rule_ == Levels::joined || on_one_level(names) ||
               std::ranges::any_of(joined_, [&](const NameSet& one) { return names.within(one); });
    }
    bool on_one_level(const NameSet& names) const {
        return std::ranges::any_of(levels_, [&](const NameSet& level) { return names.within(level); });
    }

    void offer(std::string_view pattern, const NameSet& names) {
        if (!legal(names))
            return;
        const auto [found, is_new] = shortest_.try_emplace(names, pattern);
        std::string& kept = found->second;
        if (!is_new && std::pair(pattern.size(), pattern) < std::pair(kept.size(), std::string_view(kept)))
            kept = pattern;
    }

    void offer_name(std::size_t name) {
        NameSet alone;
        alone.add(name);
        offer(names_[name], alone);
    }

    std::string_view text_of(const NamePart& part) const {
        return std::string_view(names_[part.name]).substr(part.at, part.length);
    }

    // Those that will not do are left, to be paired.
    void offer_parts(NameParts& all, std::string_view before, std::string_view behind) {
        std::vector<bool> done;
        for (const NamePart& part : all.parts) {
            done.push_back(legal(part.names));
            if (done.back())
                offer(std::string(before).append(text_of(part)).append(behind), part.names);
        }
        for (std::vector<Appearance>& appearances : all.of_name)
            std::erase_if(appearances, [&](const Appearance& one) { return done[one.part]; });
    }

    // Two parts of a name: Describe*Tags, Describe*Spot*, *Spot*Tags.
    void offer_pairs(std::size_t name) {
        offer_pairs(name, beginnings_, "", ends_, "");
        offer_pairs(name, beginnings_, "", middles_, "*");
        offer_pairs(name, middles_, "*", ends_, "");
    }

    void offer_pairs(std::size_t name, const NameParts& left, std::string_view before, const NameParts& right,
                     std::string_view behind) {
        for (const Appearance& first : left.of_name[name]) {
            const NamePart& one = left.parts[first.part];
            for (const Appearance& second : right.of_name[name]) {
                const NamePart& other = right.parts[second.part];
                const NameSet both = one.names & other.names; // some of them may have the parts in each other's way
                if (second.at < first.at + one.length || !legal(both))
                    continue;
                const std::string pattern =
                    std::string(before).append(text_of(one)).append("*").append(text_of(other)).append(behind);
                if (const auto known = shortest_.find(both);
                    known == shortest_.end() || known->second.size() > pattern.size())
                    offer(pattern, matching(pattern, both));
            }
        }
    }

    NameSet matching(std::string_view pattern, const NameSet& among) const {
        NameSet found;
        among.each([&](std::size_t i) {
            if (matches_name(pattern, folded_[i]))
                found.add(i);
        });
        return found;
    }

    std::vector<Candidate> best() {
        std::vector<Candidate> all;
        all.reserve(shortest_.size());
        for (auto& [names, pattern] : shortest_)
            all.push_back({std::move(pattern), names});
        std::ranges::sort(all, {}, &Candidate::pattern);
        return all;
    }

    NameSet wanted_;
    std::span<const Candidate> given_;
    Levels rule_;
    std::vector<NameSet> joined_; // by a given pattern, though of different levels
    std::vector<std::string> names_, folded_;
    std::array<NameSet, 5> levels_;
    NameParts beginnings_, middles_, ends_;
    std::unordered_map<NameSet, std::string, NameSet::Hash> shortest_;
};

} // namespace

NameSet names_matching(KnownService service, std::string_view name_pattern) {
    NameSet names;
    for (const KnownAction action : service.actions())
        if (matches_name(name_pattern, action.name()))
            names.add(action.place() - service.first());
    return names;
}

std::vector<Candidate> candidates_for(KnownService service, const NameSet& wanted, std::span<const Candidate> given,
                                      Levels levels) {
    return Search(service, wanted, given, levels).run();
}

} // namespace awsfed::policy
