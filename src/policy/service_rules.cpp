#include "policy/service_rules.h"

#include <algorithm>
#include <array>

namespace awsfed::policy {

bool needs_no_permission(const Request& request) { return request.lower_action() == "sts:getcalleridentity"; }

bool needs_resource_policy(const Request& request) {
    const std::string& action = request.lower_action();
    return action == "sts:assumerole" || action == "sts:assumerolewithsaml" ||
           action == "sts:assumerolewithwebidentity" ||
           (action.starts_with("kms:") && request.resource.contains(":key/"));
}

bool is_kept_by_aws(const Request& request) {
    const std::string_view action = request.lower_action();
    const std::string_view resource = request.resource;
    if (action.starts_with("kms:"))
        return action.ends_with("alias") && resource.contains(":alias/aws/");
    if (!action.starts_with("iam:"))
        return false;
    const bool is_of_aws = resource.contains(":iam::aws:policy/") || resource.contains(":role/aws-reserved/");
    constexpr std::array reading{"iam:get", "iam:list", "iam:generate", "iam:simulate", "iam:passrole"};
    return is_of_aws &&
           std::ranges::none_of(reading, [action](std::string_view begin) { return action.starts_with(begin); });
}

} // namespace awsfed::policy
