// The actions that AWS documented when the table was made: a closed world for whoever asks for one. An action
// that is not in it may exist all the same.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::policy {

std::string_view action_data_date(); // "2026-09-26": what is newer is not in the table

enum class AccessLevel : std::uint8_t { list, read, write, tagging, permissions };
std::string_view name_of(AccessLevel level); // as AWS writes it: "Permissions management"

enum class KeyKind : std::uint8_t { string, numeric, boolean, date, arn, ip, strings, arns, booleans };
constexpr bool is_list(KeyKind kind) { return kind >= KeyKind::strings; }

// A condition key as AWS writes it; "aws:RequestTag/${TagKey}" and "s3:ExistingObjectTag/<key>" stand for many.
struct KnownKey {
    std::string_view name;
    KeyKind kind;

    bool stands_for(std::string_view key) const; // case does not matter in keys
};

struct ResourceType {
    std::string_view name;
    std::string_view arn; // "arn:${Partition}:s3:::${BucketName}"
    bool required;        // each request for the action has one of this type

    std::string arn_glob() const; // "arn:*:s3:::*"
};

class KnownService;

class KnownAction {
public:
    explicit KnownAction(std::size_t place) : place_(static_cast<std::uint32_t>(place)) {}

    std::string_view name() const; // "GetObject"
    KnownService service() const;
    std::string full_name() const; // "s3:GetObject"
    AccessLevel level() const;
    std::vector<ResourceType> resource_types() const; // none: it has no resource but "*"
    // Its own and those of its resource types, by name; the keys that every action has ("aws:SourceIp") are not among
    // them.
    std::vector<KnownKey> condition_keys() const;

    std::size_t place() const { return place_; } // in the whole table
    auto operator<=>(const KnownAction&) const = default;

private:
    std::uint32_t place_;
};

class KnownService {
public:
    explicit KnownService(std::size_t place) : place_(static_cast<std::uint16_t>(place)) {}

    std::string_view prefix() const; // "s3"
    std::string_view title() const; // "Amazon S3"
    std::size_t first() const; // place of its first action
    std::size_t size() const; // how many actions
    auto actions() const { // by name, case aside
        return std::views::iota(first(), first() + size()) |
               std::views::transform([](std::size_t at) { return KnownAction(at); });
    }

    auto operator<=>(const KnownService&) const = default;

private:
    std::uint16_t place_;
};

std::size_t known_service_total();
std::size_t known_action_total();
inline auto every_known_service() { // by prefix
    return std::views::iota(std::size_t{0}, known_service_total()) |
           std::views::transform([](std::size_t at) { return KnownService(at); });
}

// Case does not matter in any of these.
std::optional<KnownService> find_service(std::string_view prefix);
std::optional<KnownAction> find_action(std::string_view full_name); // "s3:GetObject"; no wildcards
std::optional<KnownKey> find_condition_key(std::string_view key); // "s3:prefix", "aws:RequestTag/team"

// For "did you mean": empty when nothing is near.
std::string_view nearest_service(std::string_view prefix);
std::string nearest_action(std::string_view full_name); // "s3:GetObject"

// An element of Action: "*" or "s3:Get*", with wildcards in the name alone.
bool matches(std::string_view action_pattern, KnownAction action);
std::vector<KnownAction> matching_actions(std::string_view action_pattern); // in the table's order

// A name under a pattern of '*' and '?', case aside. Needs no more than the product of the lengths.
bool matches_name(std::string_view pattern, std::string_view name);

} // namespace awsfed::policy
