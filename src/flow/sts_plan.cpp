#include "flow/sts_plan.h"

#include "base/limits.h"
#include "base/text.h"
#include "flow/build_names.h"
#include "flow/plan.h"
#include "flow/session_policy.h"
#include "policy/template.h"
#include "settings/files.h"

#include <algorithm>
#include <charconv>

namespace awsfed {

namespace {

using Form = StsParameterRow::Form;
using std::chrono::seconds;

constexpr int attempts_max = 10;
constexpr std::string_view policy_settings[] = {"policy", "policy_file", "policy_arns"};
constexpr seconds every_role_gives(3600); // the least that a role's maximum can be

// ---- parameters -----------------------------------------------------------------------------

Result<BuildData> build_data_of(const Settings& settings) {
    BuildData data;
    if (!settings.has("build_data"))
        return data;
    auto pairs = read_pairs(settings.text("build_data"));
    if (!pairs)
        return Failure(std::move(pairs.error())).setting("build_data");
    for (auto& [name, value] : *pairs)
        data.emplace(std::move(name), std::move(value));
    return data;
}

bool may_have_build_data(StsParameter parameter) {
    return parameter == StsParameter::role_session_name || parameter == StsParameter::source_identity;
}

// Keys of tags may have blanks in them.
std::vector<std::string> comma_items(std::string_view list) {
    std::vector<std::string> items;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (const std::string_view item = trimmed(list.substr(0, comma)); !item.empty())
            items.emplace_back(item);
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return items;
}

Result<StsRequest::Pairs> pairs_of(const StsParameterRow& row, const std::string& text, const BuildData& data) {
    AWSFED_TRY(StsRequest::Pairs pairs, read_pairs(text));
    if (row.form == Form::tags) {
        for (auto& [key, value] : pairs) {
            AWSFED_TRY(value, made_tag_value(value, data));
        }
    }
    return pairs;
}

Result<std::optional<seconds>> duration_of(const Settings& settings) {
    const auto duration = settings.duration("duration");
    if (!duration)
        return std::nullopt;
    const auto whole = std::chrono::duration_cast<seconds>(*duration);
    if (whole != *duration)
        return fail(Code::setting_invalid, "The duration must be whole seconds.");
    return whole;
}

Result<void> set(StsRequest& request, const StsParameterRow& row, const Settings& settings, const BuildData& data,
                 const Cancel& cancel) {
    const std::string text = settings.text(row.setting);
    switch (row.form) {
    case Form::secret: {
        AWSFED_TRY(std::optional<Secret> secret, settings.secret(row.setting, cancel));
        if (secret)
            request.set(row.parameter, std::move(*secret));
        return {};
    }
    case Form::duration: {
        AWSFED_TRY(const std::optional<seconds> duration, duration_of(settings));
        request.set_duration(duration);
        return {};
    }
    case Form::list:
    case Form::arns:
        request.set(row.parameter,
                    row.parameter == StsParameter::transitive_tag_keys ? comma_items(text) : items_of(text));
        return {};
    case Form::tags:
    case Form::contexts:
        if (!text.empty()) {
            AWSFED_TRY(StsRequest::Pairs pairs, pairs_of(row, text, data));
            request.set(row.parameter, std::move(pairs));
        }
        return {};
    case Form::text:
    case Form::task:
    case Form::number: break;
    }
    if (!may_have_build_data(row.parameter)) {
        request.set(row.parameter, text);
        return {};
    }
    AWSFED_TRY(const std::string made, made_name(text, data, session_name_rule));
    request.set(row.parameter, made);
    return {};
}

// policy_file is another way to give the policy.
Result<void> set_policy_file(StsRequest& request, const Settings& settings) {
    if (!settings.has("policy_file"))
        return {};
    if (settings.has("policy"))
        return fail(Code::setting_conflict, "policy and policy_file are both set.").setting("policy_file");
    auto file = read_file(settings.text("policy_file"), setting_bytes_max, Code::setting_invalid, "policy file");
    if (!file)
        return Failure(std::move(file.error())).setting("policy_file");
    const std::string_view text = trimmed(file->bytes.reveal());
    if (text.empty())
        return fail(Code::policy_malformed, "The policy file is empty.").setting("policy_file");
    request.set(StsParameter::policy, text);
    request.policy_setting = "policy_file";
    return {};
}

// Build data in it stands for itself alone.
Result<void> fill_policy(StsRequest& request, const BuildData& data) {
    if (request.text(StsParameter::policy).empty())
        return {};
    auto filled = policy::policy_for(request.text(StsParameter::policy), policy::PolicyType::session, data);
    if (!filled)
        return Failure(std::move(filled.error())).setting(request.policy_setting);
    request.set(StsParameter::policy, *filled);
    return {};
}

// Of the role's policies, where they are at hand.
Result<std::vector<std::string>> notes_under_role(std::string_view policy, const Settings& settings) {
    std::vector<std::string> texts;
    for (const std::string& path : items_of(settings.text("role_policy_files"))) {
        AWSFED_TRY(const FileContent file, read_file(path, policy_bytes_max, Code::setting_invalid, "role's policy"));
        texts.emplace_back(file.bytes.reveal());
    }
    return texts.empty() ? std::vector<std::string>() : dead_under(policy, texts);
}

Result<std::vector<std::string>> notes_on_policy(const StsRequest& request, const Settings& settings) {
    const std::string_view text = request.text(StsParameter::policy);
    if (text.empty())
        return std::vector<std::string>();
    auto notes = look_at_session_policy(text, request.action().action);
    if (!notes)
        return Failure(std::move(notes.error())).setting(request.policy_setting);
    auto dead = notes_under_role(text, settings);
    if (!dead)
        return Failure(std::move(dead.error())).setting("role_policy_files");
    std::ranges::move(*dead, std::back_inserter(*notes));
    return notes;
}

// What is meant to narrow a session is never left out of the only call that could heed it.
Result<void> check_policy_goes_along(const StsRequest& request, const Settings& settings) {
    if (!request.action().gives_credentials || request.has(StsParameter::policy) ||
        request.has(StsParameter::policy_arns))
        return {};
    for (const std::string_view setting : policy_settings) {
        if (settings.has(setting))
            return fail(Code::setting_conflict, "{} has no use for {}, so its session would be wider than was meant.",
                        request.action().word, setting)
                .setting(setting)
                .advice("Use an action that takes it, as assume-role does, or take the setting away.");
    }
    return {};
}

// Names that a connector sets for whatever action comes.
bool is_set_for_all(StsParameter parameter) {
    using enum StsParameter;
    return parameter == role_arn || parameter == principal_arn || parameter == role_session_name ||
           parameter == assertion || parameter == federated_name;
}

std::vector<std::string_view> unused_by(const StsActionRow& action, const Settings& settings) {
    std::vector<std::string_view> unused;
    for (const StsParameterRow& row : sts_parameters()) {
        if (!action.takes(row.parameter) && !is_set_for_all(row.parameter) && settings.has(row.setting))
            unused.push_back(row.setting);
    }
    return unused;
}

Result<StsRequest> request_of(const Settings& settings, StsAction action, const Cancel& cancel) {
    StsRequest request(action);
    request.allow_no_policy = settings.boolean("allow_no_policy");
    AWSFED_TRY(const BuildData data, build_data_of(settings));
    for (const StsParameterRow& row : sts_parameters()) {
        // The response comes from a sign-in, or from the host.
        if (!request.action().takes(row.parameter) || row.parameter == StsParameter::assertion)
            continue;
        if (auto done = set(request, row, settings, data, cancel); !done) {
            Error error = std::move(done.error());
            if (error.setting.empty())
                error.setting = row.setting;
            return pass(std::move(error));
        }
    }
    if (request.action().takes(StsParameter::policy)) {
        AWSFED_CHECK(set_policy_file(request, settings));
        AWSFED_CHECK(fill_policy(request, data));
    }
    AWSFED_CHECK(check_policy_goes_along(request, settings));
    return request;
}

// ---- beside the parameters ------------------------------------------------------------------

Result<Endpoint> endpoint_of(const Settings& settings) {
    EndpointWish wish{.region = settings.text("region"),
                      .fips = settings.boolean("fips"),
                      .dualstack = settings.boolean("dualstack"),
                      .legacy_global = settings.boolean("legacy_global_endpoint")};
    if (settings.has("sts_endpoint")) {
        AWSFED_TRY(wish.given, url_setting(settings, "sts_endpoint"));
    }
    if (!wish.given && wish.region.empty())
        return missing("region", "Without sts_endpoint, STS");
    return sts_endpoint(wish);
}

Result<int> attempts_of(const Settings& settings) {
    const std::string text = settings.text("attempts");
    int attempts = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), attempts);
    if (error != std::errc() || attempts < 1 || attempts > attempts_max)
        return fail(Code::setting_invalid, "attempts must be 1 to {}.", attempts_max).setting("attempts");
    return attempts;
}

// ---- durations ------------------------------------------------------------------------------

// "... must have value less than or equal to 43200"
std::optional<seconds> named_limit(std::string_view words) {
    constexpr std::string_view before = "less than or equal to ";
    const std::size_t at = words.find(before);
    if (at == words.npos)
        return std::nullopt;
    const std::string_view rest = words.substr(at + before.size());
    int number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    return error == std::errc() && number > 0 ? std::optional(seconds(number)) : std::nullopt;
}

} // namespace

Result<StsAction> action_of(const Settings& settings) {
    const bool signs_in = idp_of(settings) != Idp::none;
    const std::string word = settings.text("sts_action");
    if (word.empty() && signs_in)
        return StsAction::assume_role_with_saml;
    if (word.empty())
        return settings.has("web_identity_token") ? StsAction::assume_role_with_web_identity : StsAction::assume_role;
    const StsActionRow* row = find_sts_action(word);
    if (row == nullptr)
        return fail(Code::setting_invalid, "STS has no action {}.", printable(word, 64)).setting("sts_action");
    if (signs_in != (row->action == StsAction::assume_role_with_saml))
        return fail(Code::setting_conflict, "sts_action={} does not go with {}.", word,
                    signs_in ? "an identity provider" : "the caller's own keys: set idp")
            .setting("sts_action");
    return row->action;
}

Result<Credentials> caller_of(const Settings& settings, const Cancel& cancel) {
    if (!settings.has("access_key_id"))
        return missing("access_key_id", "A call with the caller's own keys");
    AWSFED_TRY(std::optional<Secret> secret, settings.secret("secret_access_key", cancel));
    if (!secret)
        return missing("secret_access_key", "A call with the caller's own keys");
    AWSFED_TRY(std::optional<Secret> token, settings.secret("session_token", cancel));
    Credentials caller;
    caller.access_key_id = Secret(settings.text("access_key_id"));
    caller.secret_access_key = std::move(*secret);
    if (token)
        caller.session_token = std::move(*token);
    return caller;
}

Result<StsPlan> sts_plan(const Settings& settings, StsAction action, CallerOf caller, const Cancel& cancel) {
    AWSFED_TRY(StsRequest request, request_of(settings, action, cancel));
    AWSFED_TRY(std::vector<std::string> policy_notes, notes_on_policy(request, settings));
    std::optional<Credentials> own;
    if (request.action().caller != StsCaller::none && caller == CallerOf::settings) {
        AWSFED_TRY(own, caller_of(settings, cancel));
    }
    AWSFED_TRY(NetworkTerms network, network_terms(settings, cancel));
    AWSFED_TRY(Endpoint endpoint, endpoint_of(settings));
    network.never_tls = !endpoint.url.is_https();
    AWSFED_TRY(const int attempts, attempts_of(settings));
    const bool narrows = request.has(StsParameter::policy) || request.has(StsParameter::policy_arns);
    return StsPlan{.request = std::move(request),
                   .endpoint = std::move(endpoint),
                   .network = std::move(network),
                   .attempts = attempts,
                   .region = settings.text("region"),
                   .strict_duration = settings.boolean("strict_duration"),
                   .narrows = narrows,
                   .caller = std::move(own),
                   .unused = unused_by(row_of(action), settings),
                   .policy_notes = std::move(policy_notes),
                   .lasts = !settings.refers_elsewhere() && !settings.has("policy_file") &&
                            !settings.has("role_policy_files")};
}

std::optional<seconds> shorter_duration(const Error& refusal, const StsActionRow& action, seconds asked) {
    if (refusal.code != Code::duration_refused)
        return std::nullopt;
    const std::string words = lower_ascii(refusal.message);
    const bool chained = words.find("chain") != words.npos;
    const seconds limit = chained ? chained_duration_max : named_limit(words).value_or(every_role_gives);
    return limit < asked && limit >= action.duration_min ? std::optional(limit) : std::nullopt;
}

} // namespace awsfed
