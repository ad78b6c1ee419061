#include "aws/endpoint.h"

#include "base/partition.h"
#include "base/text.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::string_view global_region = "aws-global"; // the SDKs' name for the global endpoint

Result<void> check(const EndpointWish& wish) {
    if (wish.given && wish.fips)
        return fail(Code::setting_conflict, "A FIPS endpoint and an endpoint of its own are both asked for.")
            .setting("fips");
    if (wish.given && wish.dualstack)
        return fail(Code::setting_conflict, "A dual-stack endpoint and an endpoint of its own are both asked for.")
            .setting("dualstack");
    if (!wish.given && wish.region.empty())
        return fail(Code::setting_missing, "Without a region nobody knows where the service is.").setting("region");
    if (!wish.region.empty())
        AWSFED_CHECK(check_region(wish.region));
    return {};
}

Result<Endpoint> at(std::string_view host, std::string region) {
    AWSFED_TRY(Url url, Url::parse(fmt::format("https://{}", host)));
    return Endpoint{.url = std::move(url), .signing_region = std::move(region), .is_of_aws = true};
}

Result<Endpoint> in_region(const EndpointWish& wish, std::string_view host_template) {
    return at(host_in(host_template, wish.region), wish.region);
}

// One of four templates.
std::string_view chosen(const EndpointWish& wish, std::string_view plain, std::string_view fips,
                        std::string_view dualstack, std::string_view both) {
    if (wish.fips)
        return wish.dualstack ? both : fips;
    return wish.dualstack ? dualstack : plain;
}

bool is_for_global(const EndpointWish& wish, const Partition& partition) {
    if (wish.fips || wish.dualstack || partition.sts_global.empty())
        return false;
    const std::vector<std::string> regions = items_of(partition.sts_global_regions);
    return wish.region == global_region ||
           (wish.legacy_global && std::ranges::find(regions, wish.region) != regions.end());
}

} // namespace

Result<Endpoint> sts_endpoint(const EndpointWish& wish) {
    AWSFED_CHECK(check(wish));
    if (wish.given)
        return Endpoint{.url = *wish.given, .signing_region = wish.region};
    const Partition& partition = partition_of(wish.region);
    if (is_for_global(wish, partition)) {
        AWSFED_TRY(Endpoint endpoint, at(partition.sts_global, std::string(partition.sts_global_region)));
        endpoint.is_global = true;
        return endpoint;
    }
    return in_region(
        wish, chosen(wish, partition.sts, partition.sts_fips, partition.sts_dualstack, partition.sts_fips_dualstack));
}

Result<Endpoint> ecr_endpoint(const EndpointWish& wish) {
    AWSFED_CHECK(check(wish));
    if (wish.given)
        return Endpoint{.url = *wish.given, .signing_region = wish.region};
    const Partition& partition = partition_of(wish.region);
    return in_region(
        wish, chosen(wish, partition.ecr, partition.ecr_fips, partition.ecr_dualstack, partition.ecr_fips_dualstack));
}

Result<Endpoint> sign_in_endpoint(const EndpointWish& wish, SignInUse use) {
    if (use == SignInUse::oauth && wish.fips)
        return fail(Code::setting_conflict, "AWS's sign-in has no FIPS endpoint for OAuth.").setting("fips");
    AWSFED_CHECK(check(wish));
    if (wish.given)
        return Endpoint{.url = *wish.given, .signing_region = wish.region};
    const Partition& partition = partition_of(wish.region);
    if (use == SignInUse::oauth)
        return in_region(wish, "{region}.oauth.signin.aws");
    const std::string_view name = wish.fips ? "signin-fips" : "signin";
    if (wish.dualstack || use == SignInUse::management)
        return in_region(wish, fmt::format("{}.{{region}}.{}", name, partition.dualstack_suffix));
    if (!wish.fips)
        return in_region(wish, partition.sign_in_regional);
    if (partition.id != "aws-us-gov")
        return in_region(wish, fmt::format("{}.{{region}}.{}", name, partition.dns_suffix));
    // The older of its two regions has the name without one.
    return in_region(wish, wish.region == partition.default_region ? "signin-fips.amazonaws-us-gov.com"
                                                                   : "{region}.signin-fips.amazonaws-us-gov.com");
}

} // namespace awsfed
