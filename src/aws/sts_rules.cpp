#include "aws/sts_rules.h"

#include "base/limits.h"
#include "base/session_tag.h"
#include "base/text.h"
#include "markup/json.h"

#include <algorithm>
#include <charconv>

namespace awsfed {

namespace {

using enum StsParameter;

constexpr std::size_t contexts_max = 5;
constexpr std::size_t audiences_max = 10;

// [\w...] of the service model: ASCII.
bool is_made_of(std::string_view text, std::string_view marks) {
    return marks == "*" || std::ranges::all_of(text, [&](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                      marks.find(c) != marks.npos;
           });
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::string advice_of(const StsParameterRow& row) {
    if (row.marks == "*")
        return fmt::format("Use {} to {} characters.", row.min, row.max);
    return fmt::format("Use {} to {} characters: letters, digits and _{}", row.min, row.max, row.marks);
}

bool has_right_size(const StsParameterRow& row, std::string_view text) {
    const std::size_t size = code_points(text);
    return size >= row.min && (row.max == 0 || size <= row.max);
}

Failure missing(const StsRequest& request, StsParameter parameter) {
    const std::string_view setting = row_of(parameter).setting;
    return fail(Code::setting_missing, "{} needs the setting {}.", request.action().word, setting).setting(setting);
}

std::size_t items_max(StsParameter parameter) {
    switch (parameter) {
    case policy_arns: return policy_arns_max;
    case token_audiences: return audiences_max;
    default: return session_tags_max; // transitive_tag_keys
    }
}

// STS takes U+0009, A, D and U+0020 to U+00FF. In UTF-8 all above have a lead byte from C4 on.
Result<void> check_policy_characters(std::string_view policy) {
    if (!is_utf8(policy))
        return fail(Code::policy_malformed, "The session policy is not UTF-8.");
    const auto is_foreign = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0xC4 || (byte < 0x20 && c != '\t' && c != '\n' && c != '\r');
    };
    const auto found = std::ranges::find_if(policy, is_foreign);
    if (found == policy.end())
        return {};
    const JsonPlace place = place_in(policy, static_cast<std::size_t>(found - policy.begin()));
    return fail(Code::policy_malformed,
                "The session policy has a character that STS does not take at line {}, column {}.", place.line,
                place.column)
        .advice("Write characters beyond U+00FF as \\u escapes.");
}

Result<void> check_policy_text(const StsActionRow& action, std::string_view policy) {
    AWSFED_CHECK(check_policy_characters(policy));
    // The service model has no maximum for AssumeRole any more: there it is the server's to judge.
    const std::size_t chars = code_points(policy);
    if (chars > policy_chars_max && action.action != StsAction::assume_role)
        return fail(Code::policy_too_long, "The session policy has {} characters; STS takes {}.", chars,
                    policy_chars_max);
    if (auto object = check_json_object(policy, Code::policy_malformed); !object) {
        Error error = std::move(object).error();
        error.message = "The session policy is not a JSON object. " + error.message;
        return pass(std::move(error));
    }
    return {};
}

} // namespace

Result<void> check_presence(const StsRequest& request) {
    for (const StsParameter parameter : request.action().required) {
        if (!request.has(parameter))
            return missing(request, parameter);
    }
    if (request.action().takes(mfa_code) && request.has(mfa_code) != request.has(mfa_serial))
        return fail(Code::setting_missing, "mfa_serial and mfa_code are of use together only.")
            .setting(request.has(mfa_code) ? "mfa_serial" : "mfa_code");
    const bool has_policy = request.has(policy) || request.has(policy_arns);
    if (request.action().action == StsAction::get_federation_token && !has_policy && !request.allow_no_policy)
        return fail(Code::policy_absent, "A federation token without any policy would grant nothing.")
            .setting("policy");
    if (request.action().action == StsAction::get_scoped_credentials && !request.has(policy) && !request.duration())
        return fail(Code::setting_missing, "get-scoped-credentials needs a policy or a duration.").setting("policy");
    return {};
}

Result<void> check_text(const StsParameterRow& row, std::string_view text) {
    if (is_utf8(text) && !has_control(text) && has_right_size(row, text) && is_made_of(text, row.marks))
        return {};
    return fail(Code::setting_invalid, "STS does not take \"{}\" as {}.",
                printable(text, std::min<std::size_t>(row.max, 200)), row.setting)
        .setting(row.setting)
        .advice(advice_of(row));
}

Result<void> check_secret(const StsParameterRow& row, const Secret& secret) {
    if (row.parameter == assertion && secret.size() > row.max)
        return fail(Code::assertion_refused, "The SAML response has {} characters; STS takes {}.", secret.size(),
                    row.max)
            .advice("Ask the administrators of the identity provider to send fewer attributes, groups for one.");
    const std::string_view text = secret.reveal();
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (has_right_size(row, text) && (row.parameter != mfa_code || digits))
        return {};
    return fail(Code::setting_invalid, "STS does not take what {} holds: it has {} characters.", row.setting,
                secret.size())
        .setting(row.setting)
        .advice(row.parameter == mfa_code ? "Give the six digits that the device shows." : advice_of(row));
}

Result<void> check_number(const StsParameterRow& row, std::string_view text) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && number >= row.min && number <= row.max)
        return {};
    return fail(Code::setting_invalid, "STS does not take {} as {}.", printable(text, 20), row.setting)
        .setting(row.setting)
        .advice(fmt::format("Use {} to {}.", row.min, row.max));
}

Result<void> check_list(const StsParameterRow& row, const std::vector<std::string>& items) {
    if (const std::size_t most = items_max(row.parameter); items.size() > most)
        return fail(Code::setting_invalid, "{} has {} items; STS takes {}.", row.setting, items.size(), most)
            .setting(row.setting)
            .advice(row.parameter == policy_arns ? "Join the policies into fewer ones." : "Leave some out.");
    for (const std::string& item : items) {
        AWSFED_CHECK(check_text(row, item));
        if (row.form == StsParameterRow::Form::arns) {
            if (auto arn = Arn::parse(item); !arn)
                return Failure(std::move(arn.error())).setting(row.setting);
        }
        if (row.parameter != transitive_tag_keys)
            continue;
        if (std::string fault = fault_of_tag_key(item); !fault.empty())
            return fail(Code::setting_invalid, "{}", fault).setting(row.setting);
    }
    return {};
}

Result<void> check_tags(const StsParameterRow& row, const StsRequest::Pairs& tags) {
    for (const auto& [key, value] : tags) {
        if (!is_utf8(key) || !is_utf8(value))
            return fail(Code::setting_invalid, "A session tag is not UTF-8.").setting(row.setting);
    }
    if (std::string fault = fault_of_tags(tags); !fault.empty())
        return fail(Code::setting_invalid, "{}", fault)
            .setting(row.setting)
            .advice("Keys have 1 to 128 characters, values up to 256: letters, digits, blanks and _.:/=+-@");
    return {};
}

Result<void> check_contexts(const StsParameterRow& row, const StsRequest::Pairs& contexts) {
    if (contexts.size() > contexts_max)
        return fail(Code::setting_invalid, "{} has {} items; STS takes {}.", row.setting, contexts.size(), contexts_max)
            .setting(row.setting);
    for (const auto& [provider, statement] : contexts) {
        if (!has_right_size(row, statement) || provider.empty())
            return fail(Code::setting_invalid, "A context of {} has no provider, or an assertion of {} characters.",
                        row.setting, statement.size())
                .setting(row.setting);
    }
    return {};
}

Result<void> check_duration(const StsRequest& request) {
    const StsActionRow& action = request.action();
    const auto duration = request.duration();
    if (!duration || (*duration >= action.duration_min && *duration <= action.duration_max))
        return {};
    return fail(Code::setting_invalid, "STS does not take a duration of {} seconds.", duration->count())
        .setting("duration")
        .advice(fmt::format("Use {} to {} seconds ({} hours at the most).", action.duration_min.count(),
                            action.duration_max.count(),
                            std::chrono::duration<double, std::ratio<3600>>(action.duration_max).count()));
}

Result<void> check_policy(const StsRequest& request, std::string_view policy) {
    if (auto good = check_policy_text(request.action(), policy); !good)
        return Failure(std::move(good).error()).setting(request.policy_setting);
    return {};
}

} // namespace awsfed
