// The rows that known_actions.py makes of known_actions.json.gz; action_table.h is how they are read.
#pragma once

#include <cstddef>
#include <cstdint>

namespace awsfed::policy {

// Texts are offsets into known_texts, where each ends with a NUL; lists are offsets into known_lists,
// where each begins with its length. Offsets and not pointers, so that the loader has nothing to mend.

struct ServiceRow { // in the order of their prefixes
    std::uint32_t prefix, title;
    std::uint16_t first_action, actions, first_type, types;
};

struct ActionRow { // by service, then by name in lower case
    std::uint32_t name;
    std::uint16_t service, keys;
    std::uint16_t types; // a list of (place among the service's types) * 2 + (is it required?)
    std::uint8_t level;
};

struct ResourceTypeRow {
    std::uint32_t name, arn;
    std::uint16_t keys;
};

struct KeyRow {
    std::uint32_t name;
    std::uint8_t kind;
};

extern const char known_date[];
extern const char known_texts[];
extern const ServiceRow known_services[];
extern const std::size_t known_service_count;
extern const ActionRow known_actions[];
extern const std::size_t known_action_count;
extern const ResourceTypeRow known_types[];
extern const KeyRow known_keys[];
extern const std::size_t known_key_count;
extern const std::uint16_t known_lists[];

} // namespace awsfed::policy
