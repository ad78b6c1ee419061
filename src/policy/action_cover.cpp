#include "policy/action_cover.h"

#include "base/text.h"

#include <algorithm>
#include <map>
#include <queue>
#include <ranges>

namespace awsfed::policy {

namespace {

constexpr std::size_t marks_chars = 3; // "...",

// A weighted set cover: always what costs least for each name that is not covered yet. A price only rises while others
// are picked, so that one which is still the lowest when worked out anew is the lowest of all.
class Cover {
public:
    Cover(std::vector<Candidate> candidates, std::size_t chars_around)
        : candidates_(std::move(candidates)), around_(chars_around) {}

    std::vector<const Candidate*> of(const NameSet& wanted) const {
        NameSet left = wanted;
        std::priority_queue<Offer, std::vector<Offer>, std::greater<>> offers;
        for (std::size_t i = 0; i < candidates_.size(); ++i)
            offers.push(offer(i, left));
        std::vector<const Candidate*> picked;
        while (!left.empty()) { // each name is a candidate of its own, so the offers do not end before
            const std::size_t next = offers.top().candidate;
            const double asked = offers.top().price;
            offers.pop();
            if (!candidates_[next].names.meets(left))
                continue;
            if (Offer anew = offer(next, left); anew.price > asked) {
                offers.push(anew);
                continue;
            }
            picked.push_back(&candidates_[next]);
            left -= candidates_[next].names;
        }
        return without_useless(std::move(picked));
    }

private:
    struct Offer {
        double price; // characters for each new name
        std::size_t chars, candidate;
        auto operator<=>(const Offer&) const = default;
    };

    Offer offer(std::size_t candidate, const NameSet& left) const {
        const Candidate& one = candidates_[candidate];
        const std::size_t chars = one.pattern.size();
        const NameSet fresh = one.names & left;
        return {static_cast<double>(chars + around_) / static_cast<double>(fresh.size()), chars, candidate};
    }

    // The longest first.
    static std::vector<const Candidate*> without_useless(std::vector<const Candidate*> picked) {
        std::vector<const Candidate*> by_length = picked;
        std::ranges::stable_sort(by_length, std::greater(), [](const Candidate* one) { return one->pattern.size(); });
        for (const Candidate* one : by_length) {
            NameSet others;
            for (const Candidate* other : picked)
                if (other != one)
                    others |= other->names;
            if (one->names.within(others))
                std::erase(picked, one);
        }
        return picked;
    }

    std::vector<Candidate> candidates_;
    std::size_t around_;
};

std::vector<std::string> cover_service(KnownService service, const std::vector<std::string>& given, Levels levels) {
    if (service.size() > NameSet::names_max)
        return given;
    const std::string prefix = std::string(service.prefix()) + ':';
    NameSet wanted;
    std::vector<Candidate> own;
    for (const std::string_view pattern : given) {
        const std::string_view name = pattern.substr(prefix.size());
        own.push_back({std::string(name), names_matching(service, name)});
        wanted |= own.back().names;
    }
    const Cover cover(candidates_for(service, wanted, own, levels), prefix.size() + marks_chars);
    std::vector<std::string> patterns;
    for (const Candidate* one : cover.of(wanted))
        patterns.push_back(prefix + one->pattern);
    std::ranges::sort(patterns);
    return written_chars(patterns) < written_chars(given) ? patterns : given;
}

} // namespace

std::vector<std::string> cover_actions(std::span<const std::string_view> patterns, Levels levels) {
    std::vector<std::string> covered;
    std::map<KnownService, std::vector<std::string>> of_services;
    for (const std::string_view pattern : patterns) {
        const auto service = find_service(pattern.substr(0, pattern.find(':')));
        const bool known = service && pattern != "*" && !matching_actions(pattern).empty();
        (known ? of_services[*service] : covered).emplace_back(pattern);
    }
    for (const auto& [service, given] : of_services)
        std::ranges::copy(cover_service(service, given, levels), std::back_inserter(covered));
    return covered;
}

std::size_t written_chars(std::span<const std::string> patterns) {
    std::size_t chars = 0;
    for (const std::string& pattern : patterns)
        chars += pattern.size() + marks_chars;
    return chars;
}

} // namespace awsfed::policy
