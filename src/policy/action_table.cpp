#include "policy/action_table.h"

#include "policy/known_actions.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <span>

namespace awsfed::policy {

namespace {

constexpr std::array level_names = std::to_array<std::string_view>(
    {"List", "Read", "Write", "Tagging", "Permissions management"}); // in AccessLevel's order

std::string_view text_at(std::uint32_t place) { return known_texts + place; }

std::span<const std::uint16_t> list_at(std::uint16_t place) { return {known_lists + place + 1, known_lists[place]}; }

std::span<const ServiceRow> service_rows() { return {known_services, known_service_count}; }
std::span<const ActionRow> action_rows() { return {known_actions, known_action_count}; }

KnownKey key_of(const KeyRow& row) { return {text_at(row.name), static_cast<KeyKind>(row.kind)}; }

bool less_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::lexicographical_compare(
        a, b, {}, [](char c) { return lower_ascii(c); }, [](char c) { return lower_ascii(c); });
}

// The place of the row with this text among rows that are sorted by it.
template <class Row>
std::optional<std::size_t> place_of(std::span<const Row> rows, std::string_view text, std::uint32_t Row::* name) {
    const auto name_of_row = [&](const Row& row) { return text_at(row.*name); };
    const auto found = std::ranges::lower_bound(rows, text, less_ignoring_case, name_of_row);
    if (found == rows.end() || !equal_ignoring_case(name_of_row(*found), text))
        return std::nullopt;
    return static_cast<std::size_t>(found - rows.begin());
}

struct ServiceAndName {
    std::string_view service, name;
};
ServiceAndName halves_of(std::string_view action) {
    const std::size_t colon = std::min(action.find(':'), action.size());
    return {action.substr(0, colon), action.substr(std::min(colon + 1, action.size()))};
}

// What stands for something else in an ARN or a key: "${Name}", "<key>". Empty, at the end, when there is none.
std::string_view placeholder_in(std::string_view text) {
    const std::size_t dollar = text.find("${");
    const std::size_t begin = std::min(dollar, text.find('<'));
    if (begin == text.npos)
        return text.substr(text.size());
    const std::size_t end = std::min(text.find(begin == dollar ? '}' : '>', begin), text.size() - 1);
    return text.substr(begin, end + 1 - begin);
}

} // namespace

std::string_view action_data_date() { return known_date; }

std::string_view name_of(AccessLevel level) { return level_names[static_cast<std::size_t>(level)]; }

bool KnownKey::stands_for(std::string_view key) const {
    const std::string_view placeholder = placeholder_in(name);
    if (placeholder.empty())
        return equal_ignoring_case(name, key);
    const std::string_view head = name.substr(0, static_cast<std::size_t>(placeholder.data() - name.data()));
    const std::string_view tail = name.substr(head.size() + placeholder.size());
    return key.size() > head.size() + tail.size() && equal_ignoring_case(head, key.substr(0, head.size())) &&
           equal_ignoring_case(tail, key.substr(key.size() - tail.size()));
}

std::string ResourceType::arn_glob() const {
    std::string glob;
    std::string_view rest = arn;
    while (!rest.empty()) {
        const std::string_view placeholder = placeholder_in(rest);
        glob += rest.substr(0, static_cast<std::size_t>(placeholder.data() - rest.data()));
        if (!placeholder.empty() && !glob.ends_with('*'))
            glob += '*';
        rest.remove_prefix(static_cast<std::size_t>(placeholder.data() + placeholder.size() - rest.data()));
    }
    return glob;
}

std::string_view KnownAction::name() const { return text_at(known_actions[place_].name); }

KnownService KnownAction::service() const { return KnownService(known_actions[place_].service); }

std::string KnownAction::full_name() const {
    std::string full(service().prefix());
    full += ':';
    return full += name();
}

AccessLevel KnownAction::level() const { return static_cast<AccessLevel>(known_actions[place_].level); }

std::vector<ResourceType> KnownAction::resource_types() const {
    const ActionRow& action = known_actions[place_];
    const std::size_t first = known_services[action.service].first_type;
    std::vector<ResourceType> types;
    for (const std::uint16_t marked : list_at(action.types)) {
        const ResourceTypeRow& row = known_types[first + (marked >> 1U)];
        types.push_back({text_at(row.name), text_at(row.arn), (marked & 1U) != 0});
    }
    return types;
}

std::vector<KnownKey> KnownAction::condition_keys() const {
    const ActionRow& action = known_actions[place_];
    const std::size_t first = known_services[action.service].first_type;
    std::vector<KnownKey> keys;
    const auto add = [&](std::uint16_t list) {
        for (const std::uint16_t key : list_at(list))
            keys.push_back(key_of(known_keys[key]));
    };
    add(action.keys);
    for (const std::uint16_t marked : list_at(action.types))
        add(known_types[first + (marked >> 1U)].keys);
    std::ranges::sort(keys, {}, &KnownKey::name);
    const auto doubles = std::ranges::unique(keys, {}, &KnownKey::name);
    keys.erase(doubles.begin(), doubles.end());
    return keys;
}

std::string_view KnownService::prefix() const { return text_at(known_services[place_].prefix); }
std::string_view KnownService::title() const { return text_at(known_services[place_].title); }
std::size_t KnownService::first() const { return known_services[place_].first_action; }
std::size_t KnownService::size() const { return known_services[place_].actions; }

std::size_t known_service_total() { return known_service_count; }
std::size_t known_action_total() { return known_action_count; }

std::optional<KnownService> find_service(std::string_view prefix) {
    const auto place = place_of(service_rows(), prefix, &ServiceRow::prefix);
    return place ? std::optional(KnownService(*place)) : std::nullopt;
}

std::optional<KnownAction> find_action(std::string_view full_name) {
    const auto [prefix, name] = halves_of(full_name);
    const auto service = find_service(prefix);
    if (!service)
        return std::nullopt;
    const auto place = place_of(action_rows().subspan(service->first(), service->size()), name, &ActionRow::name);
    return place ? std::optional(KnownAction(service->first() + *place)) : std::nullopt;
}

std::optional<KnownKey> find_condition_key(std::string_view key) {
    const std::span rows(known_keys, known_key_count);
    const auto found = std::ranges::find_if(rows, [&](const KeyRow& row) { return key_of(row).stands_for(key); });
    return found == rows.end() ? std::nullopt : std::optional(key_of(*found));
}

std::string_view nearest_service(std::string_view prefix) {
    std::vector<std::string_view> prefixes;
    for (const KnownService service : every_known_service())
        prefixes.push_back(service.prefix());
    return nearest(lower_ascii(prefix), prefixes);
}

std::string nearest_action(std::string_view full_name) {
    const auto [prefix, name] = halves_of(full_name);
    const auto service = find_service(find_service(prefix) ? prefix : nearest_service(prefix));
    if (!service)
        return {};
    std::vector<std::string_view> names;
    for (const KnownAction action : service->actions())
        names.push_back(action.name());
    const std::string_view near = nearest(name, names);
    return near.empty() ? std::string() : std::string(service->prefix()) + ':' + std::string(near);
}

bool matches_name(std::string_view pattern, std::string_view name) {
    std::size_t p = 0;
    std::size_t n = 0;
    std::size_t star = pattern.npos; // the last '*' that was passed; it takes one more each time the rest fails
    std::size_t taken = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            taken = n;
        } else if (p < pattern.size() && (pattern[p] == '?' || lower_ascii(pattern[p]) == lower_ascii(name[n]))) {
            ++p;
            ++n;
        } else if (star != pattern.npos) {
            p = star + 1;
            n = ++taken;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == pattern.npos;
}

bool matches(std::string_view action_pattern, KnownAction action) {
    if (action_pattern == "*")
        return true;
    const auto [prefix, name] = halves_of(action_pattern);
    return equal_ignoring_case(prefix, action.service().prefix()) && matches_name(name, action.name());
}

std::vector<KnownAction> matching_actions(std::string_view action_pattern) {
    const bool all = action_pattern == "*";
    const auto [prefix, name] = halves_of(action_pattern);
    const auto service = find_service(prefix);
    if (!all && !service)
        return {};
    const std::size_t first = all ? 0 : service->first();
    const std::size_t count = all ? known_action_total() : service->size();
    std::vector<KnownAction> found;
    for (std::size_t at = first; at < first + count; ++at)
        if (all || matches_name(name, KnownAction(at).name()))
            found.emplace_back(at);
    return found;
}

} // namespace awsfed::policy
