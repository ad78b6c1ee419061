#include "base/partition.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace awsfed {

namespace {

constexpr std::array table{
#include "base/partitions.def"
};

// The names that the SDKs use for "no region" within a partition: "aws-cn-global".
constexpr std::string_view pseudo_ending = "-global";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || is_digit(c); }

bool is_word_and_number(std::string_view text) {
    const std::size_t hyphen = text.find('-');
    if (hyphen == text.npos || hyphen == 0 || hyphen + 1 == text.size())
        return false;
    return std::ranges::all_of(text.substr(0, hyphen), is_lower_alphanumeric) &&
           std::ranges::all_of(text.substr(hyphen + 1), is_digit);
}

bool has_region(const Partition& partition, std::string_view region) {
    std::string_view list = partition.region_beginnings;
    while (!list.empty()) {
        const std::string_view begin = list.substr(0, list.find(' '));
        if (region.starts_with(begin) && is_word_and_number(region.substr(begin.size())))
            return true;
        list.remove_prefix(std::min(begin.size() + 1, list.size()));
    }
    return false;
}

} // namespace

std::span<const Partition> partitions() { return table; }

const Partition& partition_of(std::string_view region) {
    const auto named = [&](const Partition& one) {
        return region.ends_with(pseudo_ending) && region.substr(0, region.size() - pseudo_ending.size()) == one.id;
    };
    const auto* found =
        std::ranges::find_if(table, [&](const Partition& one) { return has_region(one, region) || named(one); });
    return found == table.end() ? table.front() : *found;
}

Result<void> check_region(std::string_view region) {
    const bool legal = !region.empty() && region.size() <= 63 && region.front() != '-' && region.back() != '-' &&
                       std::ranges::all_of(region, [](char c) { return is_lower_alphanumeric(c) || c == '-'; }) &&
                       !std::ranges::all_of(region, is_digit);
    if (!legal)
        return fail(Code::setting_invalid, "\"{}\" is not the name of an AWS region.", printable(region, 64))
            .setting("region")
            .advice("A region looks like eu-central-1: lower-case letters, digits and hyphens.");
    return {};
}

std::string host_in(std::string_view host_template, std::string_view region, std::string_view account) {
    std::string host;
    while (!host_template.empty()) {
        const std::size_t brace = std::min(host_template.find('{'), host_template.size());
        host += host_template.substr(0, brace);
        host_template.remove_prefix(brace);
        const std::size_t end = host_template.find('}');
        if (end == host_template.npos)
            break;
        host += host_template.substr(0, end + 1) == "{account}" ? account : region;
        host_template.remove_prefix(end + 1);
    }
    return host;
}

} // namespace awsfed
