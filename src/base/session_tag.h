// Session tags, as AWS takes them: in the attributes of an assertion and in calls of STS
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed {

inline constexpr std::size_t session_tags_max = 50;

using SessionTags = std::vector<std::pair<std::string, std::string>>;

// Whether keys and values are made of such characters: [\p{L}\p{Z}\p{N}_.:/=+\-@]*. The text is UTF-8.
bool is_tag_text(std::string_view text);

// What is wrong with it, as a sentence; empty when AWS takes it. The text is UTF-8.
std::string fault_of_tag_key(std::string_view key);
std::string fault_of_tag(std::string_view key, std::string_view value);

// Of all: each by itself, a key twice (AWS does not tell Team from team), too many.
std::string fault_of_tags(const SessionTags& tags);

} // namespace awsfed
