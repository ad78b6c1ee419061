// The family policy-shrink: policies with the sizes that a shrunk form must not exceed. The prototype that set them
// let wildcards join access levels.
#include "vectors/report.h"

#include "policy/equal.h"
#include "policy/evaluate.h"
#include "policy/shrink.h"
#include "policy/split.h"
#include "vectors/json_tree.h"
#include "vectors/policy_case.h"

#include <fmt/format.h>

#include <algorithm>

namespace vectors {

namespace {

using namespace awsfed::policy;

// Asks both sides by the evaluator alone: each action of the closed world, on each resource that is written.
bool answer_alike(const std::vector<Document>& one, const std::vector<Document>& other) {
    std::vector<Document> both = one;
    both.insert(both.end(), other.begin(), other.end());
    std::vector<std::string> resources;
    for (const Document& document : one)
        for (const Statement& statement : document.statements)
            for (const Word& word : statement.resources)
                resources.push_back(word.text);
    const auto compiled = [](const std::vector<Document>& documents) {
        Documents out;
        for (const Document& document : documents)
            out.emplace_back(document);
        return out;
    };
    const Documents before = compiled(one);
    const Documents after = compiled(other);
    for (const std::string& action : closed_world_of(both))
        for (const std::string& resource : resources) {
            const Request request(action, resource);
            if (region_allows(before, request) != region_allows(after, request))
                return false;
        }
    return true;
}

struct Expected {
    std::string world;
    std::size_t chars, limit;
    bool fits;
};

void judge(Case& one, const Document& document, const ShrinkWish& wish, const Expected& expected) {
    Budget budget(shrink_steps);
    const Shrunk shrunk = shrink(document, wish, budget);
    one.is_true(expected.world + " is proved", shrunk.proved);
    one.is_true(expected.world + " answers alike", answer_alike({document}, shrunk.documents));
    if (shrunk.chars_after > expected.chars)
        one.fail(fmt::format("{} within {} characters", expected.world, expected.chars),
                 fmt::format("{}", shrunk.chars_after));
    if (expected.fits && shrunk.chars_after > expected.limit)
        one.fail(fmt::format("{} within the limit", expected.world), fmt::format("{}", shrunk.chars_after));
}

void judge_split(Case& one, const Document& document, std::size_t limit, std::size_t documents) {
    Budget budget(shrink_steps);
    const Shrunk shrunk =
        shrink(document, {.world = World::closed, .levels = Levels::joined, .chars_max = limit}, budget);
    one.is_true("the split is proved", shrunk.proved);
    one.is_true("it fits in parts", shrunk.fits && std::ranges::all_of(shrunk.documents, [&](const Document& part) {
                                        return characters_of(part) <= limit;
                                    }));
    one.is_true("the parts answer alike", answer_alike({document}, shrunk.documents));
    one.is_true("there are few parts", shrunk.documents.size() <= documents);
}

std::size_t size_of(const Json& number) { return static_cast<std::size_t>(number.number()); }

} // namespace

void run_policy_shrink(const std::filesystem::path& path, Report& report) {
    for (const Json& file : json_files(path)) {
        for (const Json& entry : file["cases"].items()) {
            Case one(report, entry["id"].text());
            const Document document = document_of(entry["policy"], PolicyType::identity);
            const std::size_t limit = size_of(entry["limit"]);
            const Json& sizes = entry["prototype"];
            judge(one, document, {.world = World::open},
                  {"open", size_of(sizes["open_world_chars"]), limit, entry["fits"]["open"].is_true()});
            judge(one, document, {.world = World::closed, .levels = Levels::joined},
                  {"closed", size_of(sizes["closed_world_chars"]), limit, entry["fits"]["closed"].is_true()});
            judge_split(one, document, limit, entry.has("split_documents") ? size_of(entry["split_documents"]) : 1);
        }
    }
}

} // namespace vectors
