// AWS's partitions, and where STS is in each (the partitions.json and the STS endpoint rules of the
// AWS SDKs).
#pragma once

#include "base/result.h"
#include "http/url.h"

#include <span>
#include <string_view>

namespace awsfed {

struct Partition {
    std::string_view id;         // "aws-cn", the second part of its ARNs
    std::string_view dns_suffix; // "amazonaws.com.cn"
};

std::span<const Partition> partitions();

// By the form of the region's name, so that a region opened tomorrow is found; a name of no known
// form is taken to be of "aws", as the SDKs do.
const Partition& partition_of(std::string_view region);

// A region becomes part of a host name and of a signature: lower-case letters, digits and inner
// hyphens, 63 at most, not digits alone.
Result<void> check_region(std::string_view region);

// https://sts.REGION.SUFFIX. Always the regional one: tokens of the global one do not work in all regions.
Result<Url> sts_endpoint(std::string_view region);

} // namespace awsfed
