// Where a service of AWS is: the endpoint rules of the AWS SDKs, over the table of partitions
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html).
#pragma once

#include "base/result.h"
#include "http/url.h"

#include <optional>
#include <string>

namespace awsfed {

struct EndpointWish {
    std::string region{};         // may be empty where `given` is set
    bool fips = false;            // cryptography validated by FIPS 140
    bool dualstack = false;       // reachable by IPv6 too
    bool legacy_global = false;   // STS: sts.amazonaws.com for the regions that once had no other
    std::optional<Url> given{};   // instead of the region's; its scheme, port and path are kept
};

struct Endpoint {
    Url url;
    std::string signing_region; // empty where none is known: what needs no signature works without

    bool is_of_aws = false;     // by the table, not given
    bool is_global = false;     // the old one of STS, which does not have the newer actions
};

// Refused as the SDKs do: a given endpoint together with fips or dualstack (setting_conflict: nobody could say whether
// it is one), and no region where one is needed (setting_missing). The setting at fault is named.
Result<Endpoint> sts_endpoint(const EndpointWish& wish);
// The API of the Elastic Container Registry.
Result<Endpoint> ecr_endpoint(const EndpointWish& wish);

// AWS's sign-in service: for browsers, for signed calls that manage it, and for its OAuth tokens (without FIPS).
enum class SignInUse { browser, management, oauth };
Result<Endpoint> sign_in_endpoint(const EndpointWish& wish, SignInUse use);

} // namespace awsfed
