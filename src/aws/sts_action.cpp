#include "aws/sts_action.h"

#include <algorithm>
#include <array>

namespace awsfed {

namespace {

using enum StsParameter;
using std::chrono::hours;
using std::chrono::seconds;

constexpr std::array parameters{
#define AWSFED_STS_PARAMETER(setting, wire, form, min, max, marks) \
    StsParameterRow{StsParameter::setting, #setting, wire, StsParameterRow::Form::form, min, max, marks},
#include "aws/sts_parameters.def"
#undef AWSFED_STS_PARAMETER
};

constexpr StsParameter assume_role_needs[] = {role_arn, role_session_name};
constexpr StsParameter assume_role_takes[] = {
    policy_arns, policy,   duration,        session_tags,      transitive_tag_keys,   external_id,
    mfa_serial,  mfa_code, source_identity, provided_contexts, session_token_size_min};
constexpr StsParameter saml_needs[] = {role_arn, principal_arn, assertion};
constexpr StsParameter saml_takes[] = {policy_arns, policy, duration, session_token_size_min};
constexpr StsParameter web_identity_needs[] = {role_arn, role_session_name, web_identity_token};
constexpr StsParameter web_identity_takes[] = {web_identity_provider, policy_arns, policy, duration,
                                               session_token_size_min};
constexpr StsParameter root_needs[] = {target_principal, task_policy_arn};
constexpr StsParameter root_takes[] = {duration, session_token_size_min};
constexpr StsParameter federation_needs[] = {federated_name};
constexpr StsParameter federation_takes[] = {policy_arns, policy, duration, session_tags, session_token_size_min};
constexpr StsParameter session_takes[] = {duration, mfa_serial, mfa_code, session_token_size_min};
constexpr StsParameter scoped_takes[] = {policy, duration, scope_description, session_token_size_min};
constexpr StsParameter delegated_needs[] = {trade_in_token};
constexpr StsParameter token_needs[] = {token_audiences, signing_algorithm};
constexpr StsParameter token_takes[] = {duration, session_tags, token_scope, subject_mode};
constexpr StsParameter key_info_needs[] = {asked_key_id};
constexpr StsParameter decode_needs[] = {encoded_message};

constexpr seconds quarter(900);
constexpr seconds none(0);

constexpr std::array actions{
    StsActionRow{StsAction::assume_role, "AssumeRole", "assume-role", StsCaller::any, true, false, quarter, hours(12),
                 assume_role_needs, assume_role_takes},
    StsActionRow{StsAction::assume_role_with_saml, "AssumeRoleWithSAML", "assume-role-with-saml", StsCaller::none, true,
                 false, quarter, hours(12), saml_needs, saml_takes},
    StsActionRow{StsAction::assume_role_with_web_identity, "AssumeRoleWithWebIdentity", "assume-role-with-web-identity",
                 StsCaller::none, true, false, quarter, hours(12), web_identity_needs, web_identity_takes},
    StsActionRow{StsAction::assume_root, "AssumeRoot", "assume-root", StsCaller::any, true, true, none, quarter,
                 root_needs, root_takes},
    StsActionRow{StsAction::get_federation_token, "GetFederationToken", "get-federation-token", StsCaller::long_term,
                 true, false, quarter, hours(36), federation_needs, federation_takes},
    StsActionRow{StsAction::get_session_token,
                 "GetSessionToken",
                 "get-session-token",
                 StsCaller::long_term,
                 true,
                 false,
                 quarter,
                 hours(36),
                 {},
                 session_takes},
    StsActionRow{StsAction::get_scoped_credentials,
                 "GetScopedCredentials",
                 "get-scoped-credentials",
                 StsCaller::temporary,
                 true,
                 true,
                 seconds(1),
                 hours(36),
                 {},
                 scoped_takes},
    StsActionRow{StsAction::get_delegated_access_token,
                 "GetDelegatedAccessToken",
                 "get-delegated-access-token",
                 StsCaller::any,
                 true,
                 true,
                 none,
                 none,
                 delegated_needs,
                 {}},
    StsActionRow{StsAction::get_web_identity_token, "GetWebIdentityToken", "get-web-identity-token", StsCaller::any,
                 false, true, seconds(60), hours(1), token_needs, token_takes},
    StsActionRow{StsAction::get_caller_identity,
                 "GetCallerIdentity",
                 "get-caller-identity",
                 StsCaller::any,
                 false,
                 false,
                 none,
                 none,
                 {},
                 {}},
    StsActionRow{StsAction::get_access_key_info,
                 "GetAccessKeyInfo",
                 "get-access-key-info",
                 StsCaller::any,
                 false,
                 false,
                 none,
                 none,
                 key_info_needs,
                 {}},
    StsActionRow{StsAction::decode_authorization_message,
                 "DecodeAuthorizationMessage",
                 "decode-authorization-message",
                 StsCaller::any,
                 false,
                 false,
                 none,
                 none,
                 decode_needs,
                 {}},
};

} // namespace

bool StsActionRow::takes(StsParameter parameter) const {
    return std::ranges::find(required, parameter) != required.end() ||
           std::ranges::find(optional, parameter) != optional.end();
}

std::span<const StsActionRow> sts_actions() { return actions; }
std::span<const StsParameterRow> sts_parameters() { return parameters; }

const StsActionRow& row_of(StsAction action) { return *std::ranges::find(actions, action, &StsActionRow::action); }
const StsParameterRow& row_of(StsParameter parameter) {
    return *std::ranges::find(parameters, parameter, &StsParameterRow::parameter);
}

const StsActionRow* find_sts_action(std::string_view name) {
    const auto* found =
        std::ranges::find_if(actions, [&](const StsActionRow& row) { return row.name == name || row.word == name; });
    return found == actions.end() ? nullptr : found;
}

} // namespace awsfed
