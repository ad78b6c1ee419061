#include "flow/role_chain.h"

#include "base/text.h"
#include "flow/plan.h"
#include "flow/sts_plan.h"

#include <span>

namespace awsfed {

namespace {

constexpr std::size_t hops_max = 6;
constexpr std::string_view of_last_session[] = {"policy", "policy_file", "policy_arns", "allow_no_policy"};
// What says who the session is: for the first call that takes it. AWS keeps it from there on.
constexpr StsParameter of_session[] = {StsParameter::session_tags, StsParameter::transitive_tag_keys,
                                       StsParameter::source_identity};
constexpr StsParameter of_each_call[] = {StsParameter::external_id, StsParameter::role_session_name};
constexpr std::string_view of_first_call[] = {"idp",      "sts_action",        "principal_arn", "mfa_serial",
                                              "mfa_code", "provided_contexts", "access_key_id", "web_identity_token"};

std::string joined(const std::vector<std::string>& roles, std::size_t hop) {
    return fmt::format("{}", fmt::join(roles.begin() + 1, roles.begin() + 1 + static_cast<std::ptrdiff_t>(hop), ","));
}

template <class Which>
void leave_out(Settings& settings, std::span<const StsParameter> parameters, Which&& which) {
    for (const StsParameter one : parameters) {
        if (which(one))
            settings.derive(row_of(one).setting, "");
    }
}

// arn:aws:sts::123456789012:assumed-role/build/NAME
std::string_view session_name_in(std::string_view session_arn) {
    const std::size_t slash = session_arn.rfind('/');
    return slash == session_arn.npos ? std::string_view() : session_arn.substr(slash + 1);
}

} // namespace

Result<RoleChain> RoleChain::of(const Settings& settings) {
    if (!settings.has("role_arn"))
        return missing("role_arn", "A chain of roles");
    std::vector<std::string> roles{settings.text("role_arn")};
    for (const std::string& item : items_of(settings.text("role_chain")))
        roles.push_back(item);
    if (roles.size() > hops_max)
        return fail(Code::setting_invalid, "role_chain has more than {} roles.", hops_max - 1).setting("role_chain");
    for (const std::string& role : roles) {
        const auto arn = Arn::parse(role);
        if (!arn || !arn->is_role())
            return fail(Code::setting_invalid, "\"{}\" is not the ARN of a role.", printable(role, 200))
                .setting("role_chain");
    }
    AWSFED_TRY(const StsAction first, action_of(settings));
    Settings frozen = settings.clone();
    frozen.freeze();
    return RoleChain(std::move(frozen), std::move(roles), first);
}

Settings RoleChain::request(std::size_t hop) const {
    Settings made = settings_.clone();
    made.derive("role_chain", joined(roles_, hop));
    if (hop + 1 < hops()) {
        for (const std::string_view name : of_last_session)
            made.derive(name, "");
    }
    if (hop == 0) {
        leave_out(made, of_session, [&](StsParameter one) { return !row_of(first_).takes(one); });
        leave_out(made, of_each_call, [&](StsParameter one) { return !row_of(first_).takes(one); });
    }
    return made;
}

Settings RoleChain::call(std::size_t hop, const Credentials& before) const {
    Settings made = request(hop);
    made.derive("role_arn", roles_[hop]);
    made.derive("role_chain", "");
    for (const std::string_view name : of_first_call)
        made.derive(name, "");
    leave_out(made, of_session, [&](StsParameter one) { return hop > 1 || row_of(first_).takes(one); });
    if (!made.has("role_session_name"))
        made.derive("role_session_name", session_name_in(before.session_arn));
    const auto duration = made.duration("duration");
    if (duration && *duration > chained_duration_max && !made.boolean("strict_duration"))
        made.derive("duration", "1h");
    return made;
}

} // namespace awsfed
