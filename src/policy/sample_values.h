// Values of numbers, times and addresses on each side of those that conditions name.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::policy {

// Of texts that cannot be read none are made. No comparison with the given values tells more than these apart.
std::vector<std::string> sample_numbers(std::span<const std::string_view> values);
// Empty for moments before the year 1 or behind 9999, whose neighbours no text can name.
std::optional<std::vector<std::string>> sample_moments(std::span<const std::string_view> values);
std::vector<std::string> sample_addresses(std::span<const std::string_view> ranges);

} // namespace awsfed::policy
