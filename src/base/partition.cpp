#include "aws/partition.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace awsfed {

namespace {

// aws is the first, since it is the answer where no other fits.
constexpr std::array table{
    Partition{"aws", "amazonaws.com"},        Partition{"aws-cn", "amazonaws.com.cn"},
    Partition{"aws-us-gov", "amazonaws.com"}, Partition{"aws-eusc", "amazonaws.eu"},
    Partition{"aws-iso", "c2s.ic.gov"},       Partition{"aws-iso-b", "sc2s.sgov.gov"},
    Partition{"aws-iso-e", "cloud.adc-e.uk"}, Partition{"aws-iso-f", "csp.hci.ic.gov"},
};

// How the names of a partition's regions begin. A word and a number follow: "us-gov-" "west-1".
struct Prefix {
    std::string_view begin;
    std::string_view partition;
};
constexpr std::array prefixes{
    Prefix{"cn-", "aws-cn"},         Prefix{"us-gov-", "aws-us-gov"}, Prefix{"eusc-de-", "aws-eusc"},
    Prefix{"us-iso-", "aws-iso"},    Prefix{"us-isob-", "aws-iso-b"}, Prefix{"eu-isoe-", "aws-iso-e"},
    Prefix{"us-isof-", "aws-iso-f"},
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

const Partition& partition_named(std::string_view id) {
    const auto* found = std::ranges::find(table, id, &Partition::id);
    return found == table.end() ? table.front() : *found;
}

} // namespace

std::span<const Partition> partitions() { return table; }

const Partition& partition_of(std::string_view region) {
    for (const Prefix& prefix : prefixes) {
        if (region.starts_with(prefix.begin) && is_word_and_number(region.substr(prefix.begin.size())))
            return partition_named(prefix.partition);
    }
    if (region.ends_with(pseudo_ending))
        return partition_named(region.substr(0, region.size() - pseudo_ending.size()));
    return table.front();
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

Result<Url> sts_endpoint(std::string_view region) {
    AWSFED_CHECK(check_region(region));
    return Url::parse(fmt::format("https://sts.{}.{}", region, partition_of(region).dns_suffix));
}

} // namespace awsfed
