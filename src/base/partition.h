// AWS's partitions: which region belongs to which, and the hosts of each. The table is made from partitions.json by
// partition_table.py.
#pragma once

#include "base/result.h"

#include <span>
#include <string>
#include <string_view>

namespace awsfed {

// Hosts are templates with "{region}" and "{account}" in them; empty where there is no such host. Lists are separated
// by blanks.
struct Partition {
    std::string_view id; // "aws-cn", the second part of its ARNs
    std::string_view region_beginnings; // "cn-": a word, a hyphen and a number follow
    std::string_view default_region;
    std::string_view dns_suffix;       // "amazonaws.com.cn"
    std::string_view dualstack_suffix; // of hosts that have IPv6 as well

    std::string_view sts, sts_fips, sts_dualstack, sts_fips_dualstack;
    std::string_view sts_global{}; // the one that older SDKs use for sts_global_regions, and its region to sign for
    std::string_view sts_global_region{}, sts_global_regions{};

    std::string_view sign_in{};      // its /saml takes SAML responses, its /federation makes sign-in tokens
    std::string_view sign_in_regional;
    std::string_view console{}, console_regional;
    std::string_view saml_audience{};
    std::string_view saml_attribute_prefixes; // of the names that AWS reads
    std::string_view oidc_audience;

    std::string_view ecr, ecr_fips, ecr_dualstack, ecr_fips_dualstack; // its API
    std::string_view registry, registry_fips{}, registry_dualstack{};  // where images are
};

// The first is "aws".
std::span<const Partition> partitions();

// By the form of the region's name, so that a region opened tomorrow is found; a name of no known
// form is taken to be of "aws", as the SDKs do.
const Partition& partition_of(std::string_view region);

// Where it cannot be known: that of no region is "aws".
inline const Partition& partition_or_aws(std::string_view region) {
    return region.empty() ? partitions().front() : partition_of(region);
}

// A region becomes part of a host name and of a signature: lower-case letters, digits and inner
// hyphens, 63 at most, not digits alone.
Result<void> check_region(std::string_view region);

// The host that a template is of.
std::string host_in(std::string_view host_template, std::string_view region, std::string_view account = {});

} // namespace awsfed
