// AWS's config file format, as the AWS SDKs read it
// (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html).
//
//   [connector deploy]          sections of other types are kept and skipped
//   idp_url = https://...       a comment needs white space before its # or ;
//   policy = {"Version": ...    a line that begins with white space goes on with the value
//     "Statement": [...]}
#pragma once

#include "base/result.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

struct ConfigSection {
    std::string type; // "profile", "connector"; empty for [name]
    std::string name; // empty when it is not a legal one: the section is to be ignored
    std::map<std::string, std::string, std::less<>> properties; // names in lower case; the last one wins
};

// Sections of the same type and name are merged. Code::config_malformed names the line.
Result<std::vector<ConfigSection>> read_config(std::string_view text);

} // namespace awsfed
