#include "policy/lint_parts.h"

#include "base/partition.h"
#include "base/text.h"
#include "policy/grammar.h"
#include "policy/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace awsfed::policy {

namespace {

using Parts = std::array<std::string_view, 6>;

// Of a resource without a fault of its form.
Parts parts_of(std::string_view arn) {
    Parts parts;
    for (std::size_t i = 0; i < 5; ++i) {
        const std::size_t colon = arn.find(':');
        parts[i] = arn.substr(0, colon);
        arn.remove_prefix(std::min(colon, arn.size() - 1) + 1);
    }
    parts[5] = arn;
    return parts;
}

bool has_wildcard(std::string_view text) { return text.find_first_of("*?$") != text.npos; }

void check_partition(const Word& word, const Parts& parts, Notes& notes) {
    const auto is_it = [&](const Partition& one) { return one.id == parts[1]; };
    if (!has_wildcard(parts[1]) && std::ranges::none_of(partitions(), is_it))
        notes.add(FindingCode::unknown_partition, word, fmt::format("AWS has no partition \"{}\".", parts[1]));
}

void check_region(const Word& word, const Parts& parts, Notes& notes) {
    const bool has_none = (parts[2] == "s3" && !parts[5].starts_with("accesspoint")) || parts[2] == "iam";
    if (has_none && !parts[3].empty() && !has_wildcard(parts[3]))
        notes.add(FindingCode::arn_region, word, fmt::format("{} resources have no region in their ARN.", parts[2]));
}

void check_iam_path(const Word& word, const Parts& parts, Notes& notes) {
    constexpr std::array kinds{"user",   "federated-user", "role",          "group",         "instance-profile",
                               "mfa",    "sms-mfa",        "saml-provider", "oidc-provider", "server-certificate",
                               "policy", "report",         "access-report"};
    const std::string_view kind = parts[5].substr(0, parts[5].find('/'));
    if (parts[2] == "iam" && !has_wildcard(kind) && (kind == parts[5] || std::ranges::find(kinds, kind) == kinds.end()))
        notes.add(FindingCode::iam_path, word, fmt::format("IAM has no resource \"{}\".", printable(parts[5], 96)));
}

void check_segments(const Word& word, const Parts& parts, Notes& notes) {
    const auto is_mixed = [](std::string_view part) { return part.size() > 1 && part.contains('*'); };
    if (std::ranges::any_of(std::span(parts).first(5), is_mixed))
        notes.add(FindingCode::star_in_segment, word, "A * stands inside one of the first five parts.");
}

// The services whose resources the statement's actions work on. Empty when that cannot be said.
struct Reach {
    bool known = true;
    bool only_star = true; // no action has resources
    std::set<std::string_view> services;
};
Reach reach_of(const Statement& statement) {
    Reach reach;
    reach.known = !statement.not_action;
    for (const Word& action : statement.actions) {
        const std::vector<KnownAction> actions =
            action.text == "*" ? std::vector<KnownAction>() : matching_actions(action.text);
        reach.known = reach.known && !actions.empty();
        for (const KnownAction one : actions)
            for (const ResourceType& type : one.resource_types()) {
                reach.only_star = false;
                reach.services.insert(parts_of(type.arn)[2]);
            }
    }
    return reach;
}

} // namespace

void check_resources(const Statement& statement, Version version, Notes& notes) {
    const Reach reach = reach_of(statement);
    for (const Word& word : statement.resources) {
        check_variables(word, version, true, notes);
        if (word.text == "*" || resource_fault(word.text))
            continue;
        const Parts parts = parts_of(word.text);
        check_partition(word, parts, notes);
        check_region(word, parts, notes);
        check_iam_path(word, parts, notes);
        check_segments(word, parts, notes);
        if (!reach.known || statement.not_resource)
            continue;
        if (reach.only_star)
            notes.add(FindingCode::needs_star, word, "The statement's actions have no resources.");
        else if (!reach.services.contains(parts[2]))
            notes.add(
                FindingCode::other_service, word,
                fmt::format("None of the statement's actions works on resources of {}.", printable(parts[2], 64)));
    }
    check_repeated(statement.resources, false, version, notes);
}

void check_variables(const Word& word, Version version, bool takes_variables, Notes& notes) {
    const std::string_view text = word.text;
    const std::size_t first = text.find("${");
    if (first == text.npos)
        return;
    if (version == Version::v2008)
        return notes.add(FindingCode::literal_variable, word, "The policy is one of 2008, where ${...} is text.");
    if (!takes_variables)
        return notes.add(FindingCode::misplaced_variable, word, "This operator takes no variables.");
    for (std::size_t at = first; at != text.npos; at = text.find("${", at + 2)) {
        const std::optional<Variable> variable = read_variable(text.substr(at));
        if (!variable || !variable->well_formed || variable->key.empty())
            return notes.add(FindingCode::broken_variable, word, "A variable is not written as one.");
    }
}

} // namespace awsfed::policy
