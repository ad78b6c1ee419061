#include "idp/aws_sign_in.h"

#include <algorithm>
#include <array>

namespace awsfed {

bool is_aws_sign_in_host(const Url& url) {
    constexpr std::array<std::string_view, 6> hosts{"signin.aws.amazon.com",       "signin.amazonaws.cn",
                                                    "signin.amazonaws-us-gov.com", "signin.amazonaws-eusc.eu",
                                                    "signin.c2shome.ic.gov",       "signin.sc2shome.sgov.gov"};
    return std::ranges::any_of(hosts, [&](std::string_view host) {
        const std::string_view given = url.host();
        return given == host || (given.ends_with(host) && given[given.size() - host.size() - 1] == '.');
    });
}

bool is_aws_saml_endpoint(const Url& url) {
    const bool saml = url.path() == "/saml" || url.path().starts_with("/saml/");
    return url.is_https() && url.port() == 443 && saml && is_aws_sign_in_host(url);
}

} // namespace awsfed
