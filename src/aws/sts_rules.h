// What STS refuses for certain, told before it is asked. Each names the setting at fault.
#pragma once

#include "aws/sts_request.h"

namespace awsfed {

// Required parameters, and those that are of use together only.
Result<void> check_presence(const StsRequest& request);

Result<void> check_text(const StsParameterRow& row, std::string_view text);
Result<void> check_secret(const StsParameterRow& row, const Secret& secret);
Result<void> check_number(const StsParameterRow& row, std::string_view text);
Result<void> check_list(const StsParameterRow& row, const std::vector<std::string>& items);
Result<void> check_tags(const StsParameterRow& row, const StsRequest::Pairs& tags);
Result<void> check_contexts(const StsParameterRow& row, const StsRequest::Pairs& contexts);
Result<void> check_duration(const StsRequest& request);
Result<void> check_policy(const StsRequest& request, std::string_view policy);

} // namespace awsfed
