#include "idp/aws_sign_in.h"

#include "base/partition.h"

#include <algorithm>

namespace awsfed {

bool is_aws_sign_in_host(const Url& url) {
    constexpr std::string_view region = "{region}.";
    return std::ranges::any_of(partitions(), [&](const Partition& partition) {
        const std::string_view host = partition.sign_in_regional.substr(region.size());
        const std::string_view given = url.host();
        return given == host || (given.ends_with(host) && given[given.size() - host.size() - 1] == '.');
    });
}

bool is_aws_saml_endpoint(const Url& url) {
    const bool saml = url.path() == "/saml" || url.path().starts_with("/saml/");
    return url.is_https() && url.port() == 443 && saml && is_aws_sign_in_host(url);
}

} // namespace awsfed
