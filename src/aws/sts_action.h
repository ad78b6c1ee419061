// The actions of STS and their parameters, as tables
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html).
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

namespace awsfed {

enum class StsAction {
    assume_role,
    assume_role_with_saml,
    assume_role_with_web_identity,
    assume_root,
    get_federation_token,
    get_session_token,
    get_scoped_credentials,
    get_delegated_access_token,
    get_web_identity_token,
    get_caller_identity,
    get_access_key_info,
    decode_authorization_message,
};

enum class StsParameter {
#define AWSFED_STS_PARAMETER(setting, wire, form, min, max, marks) setting,
#include "aws/sts_parameters.def"
#undef AWSFED_STS_PARAMETER
};

struct StsParameterRow {
    // contexts: pairs of ProviderArn and ContextAssertion; arns, task: with a ".arn" behind the name
    enum class Form { text, secret, number, duration, list, arns, task, tags, contexts };

    StsParameter parameter;
    std::string_view setting;
    std::string_view wire;
    Form form;
    std::size_t min; // characters of a text or of each item; of a number its least value
    std::size_t max; // 0: no limit that is certain
    std::string_view marks; // allowed in a text beside ASCII letters, digits and '_'; "*": anything
};

// Of a role that is taken by the session of another role ("role chaining").
inline constexpr std::chrono::seconds chained_duration_max = std::chrono::hours(1);

// With whose keys an action must be signed.
enum class StsCaller {
    none,      // the request proves itself by an assertion or a token
    any,       // whatever identity of AWS
    long_term, // a user's own keys
    temporary, // a session's
};

struct StsActionRow {
    StsAction action;
    std::string_view name; // AWS's: "AssumeRole"
    std::string_view word; // in settings: "assume-role"
    StsCaller caller;
    bool gives_credentials;
    bool regional_only; // the old global endpoint does not have it
    std::chrono::seconds duration_min, duration_max;
    std::span<const StsParameter> required;
    std::span<const StsParameter> optional;

    bool takes(StsParameter parameter) const;
};

std::span<const StsActionRow> sts_actions();
std::span<const StsParameterRow> sts_parameters();

const StsActionRow& row_of(StsAction action);
const StsParameterRow& row_of(StsParameter parameter);

// By AWS's name or by the word; null when there is no such action.
const StsActionRow* find_sts_action(std::string_view name);

} // namespace awsfed
