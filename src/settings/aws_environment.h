// Where AWS's own variables and config file say that STS is, for who has set them for other tools
// (https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html).
//
// An endpoint comes from AWS_ENDPOINT_URL_STS, else AWS_ENDPOINT_URL, else the profile's services section, else the
// profile; AWS_IGNORE_CONFIGURED_ENDPOINT_URLS turns all of them off. The profile is AWS_PROFILE, else "default".
#pragma once

#include "base/result.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

struct AwsHint {
    std::string_view setting; // of awsfed
    std::string value;
    std::string origin; // "AWS_REGION", "use_fips_endpoint of the profile build": for messages
};

// Empty for a variable that is not set, or is empty.
using Variables = std::function<std::optional<std::string>(const char* name)>;

// Reads AWS_CONFIG_FILE, else ~/.aws/config where that is there. A file that is named and cannot be read, or is
// malformed, is an error: what it says is not known. A profile that is not there says nothing; it may be one of keys
// alone, in the other file.
Result<std::vector<AwsHint>> aws_hints(const Variables& variables);

// The same for any service, over a text: the order of endpoints by itself. `service` as in AWS_ENDPOINT_URL_<SERVICE>
// and the services section, in lower case with underscores: "sts".
Result<std::optional<AwsHint>> configured_endpoint(std::string_view service, std::string_view config,
                                                   std::string_view profile, const Variables& variables);

} // namespace awsfed
