#include "aws/sts_request.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "markup/json.h"

#include <algorithm>

namespace awsfed {

namespace {

using std::chrono::seconds;

constexpr seconds duration_min(900);
constexpr seconds role_duration_max(43'200);        // AssumeRole*: 12 hours
constexpr seconds federation_duration_max(129'600); // GetFederationToken: 36 hours

// [\w...] of the service model: ASCII.
bool is_made_of(std::string_view text, std::string_view marks) {
    return std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               marks.find(c) != marks.npos;
    });
}

struct NameRule {
    std::string_view setting;
    std::string_view marks; // allowed beside letters, digits and '_'
    std::size_t chars_min;
    std::size_t chars_max;
};
constexpr NameRule session_name_rule{"role_session_name", "+=,.@-", 2, 64};
constexpr NameRule federated_name_rule{"federated_name", "+=,.@-", 2, 32};
constexpr NameRule external_id_rule{"external_id", "+=,.@:/-", 2, 1224};

Result<void> check_name(std::string_view value, const NameRule& rule) {
    if (value.size() >= rule.chars_min && value.size() <= rule.chars_max && is_made_of(value, rule.marks))
        return {};
    return fail(Code::setting_invalid, "STS does not take \"{}\" as {}.", printable(value, rule.chars_max),
                rule.setting)
        .setting(rule.setting)
        .advice(fmt::format("Use {} to {} characters: letters, digits and _{}", rule.chars_min, rule.chars_max,
                            rule.marks));
}

Result<void> check_duration(const std::optional<seconds>& duration, seconds longest) {
    if (!duration || (*duration >= duration_min && *duration <= longest))
        return {};
    return fail(Code::setting_invalid, "STS does not take a duration of {} seconds.", duration->count())
        .setting("duration")
        .advice(fmt::format("Use {} to {} seconds (15 minutes to {} hours).", duration_min.count(), longest.count(),
                            std::chrono::duration_cast<std::chrono::hours>(longest).count()));
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

Result<void> check_policy(std::string_view policy) {
    AWSFED_CHECK(check_policy_characters(policy));
    if (const std::size_t chars = code_points(policy); chars > policy_chars_max)
        return fail(Code::policy_too_long, "The session policy has {} characters; STS takes {}.", chars,
                    policy_chars_max);
    if (auto object = check_json_object(policy, Code::policy_malformed); !object) {
        Error error = std::move(object).error();
        error.message = "The session policy is not a JSON object. " + error.message;
        return pass(std::move(error));
    }
    return {};
}

Result<void> check_terms(const SessionTerms& terms, seconds longest) {
    if (terms.policy) {
        if (auto good = check_policy(*terms.policy); !good)
            return Failure(std::move(good).error()).setting(terms.policy_setting);
    }
    if (terms.policy_arns.size() > policy_arns_max)
        return fail(Code::setting_invalid, "There are {} policy ARNs; STS takes {}.", terms.policy_arns.size(),
                    policy_arns_max)
            .setting("policy_arns")
            .advice("Join the policies into fewer ones.");
    return check_duration(terms.duration, longest);
}

void add_terms(StsForm& form, const SessionTerms& terms) {
    int number = 0;
    for (const Arn& arn : terms.policy_arns)
        form.add(fmt::format("PolicyArns.member.{}.arn", ++number), arn.text());
    if (terms.policy)
        form.add("Policy", *terms.policy);
    if (terms.duration)
        form.add("DurationSeconds", std::to_string(terms.duration->count()));
}

} // namespace

StsForm::StsForm(std::string_view action) {
    add("Action", action);
    add("Version", "2011-06-15");
}

void StsForm::add(std::string_view name, std::string_view value) {
    if (!body_.empty())
        body_.append('&');
    append_percent_encoded(body_, name, Percent::strict);
    body_.append('=');
    append_percent_encoded(body_, value, Percent::strict);
}

Result<void> check_role_terms(const SessionTerms& terms) { return check_terms(terms, role_duration_max); }

Result<Secret> sts_body(const AssumeRoleWithSaml& request) {
    AWSFED_CHECK(check_terms(request.terms, role_duration_max));
    if (request.assertion.size() > saml_base64_chars_max)
        return fail(Code::assertion_refused, "The SAML response has {} characters; STS takes {}.",
                    request.assertion.size(), saml_base64_chars_max)
            .advice("Ask the administrators of the identity provider to send fewer attributes, groups for one.");
    StsForm form("AssumeRoleWithSAML");
    form.add("RoleArn", request.role.text());
    form.add("PrincipalArn", request.provider.text());
    form.add("SAMLAssertion", request.assertion.reveal());
    add_terms(form, request.terms);
    return std::move(form).take();
}

Result<Secret> sts_body(const AssumeRole& request) {
    AWSFED_CHECK(check_name(request.session_name, session_name_rule));
    if (!request.external_id.empty())
        AWSFED_CHECK(check_name(request.external_id, external_id_rule));
    AWSFED_CHECK(check_terms(request.terms, role_duration_max));
    StsForm form("AssumeRole");
    form.add("RoleArn", request.role.text());
    form.add("RoleSessionName", request.session_name);
    if (!request.external_id.empty())
        form.add("ExternalId", request.external_id);
    add_terms(form, request.terms);
    return std::move(form).take();
}

Result<Secret> sts_body(const GetFederationToken& request) {
    AWSFED_CHECK(check_name(request.name, federated_name_rule));
    AWSFED_CHECK(check_terms(request.terms, federation_duration_max));
    if (!request.terms.policy && request.terms.policy_arns.empty() && !request.allow_no_policy)
        return fail(Code::policy_absent, "A federation token without any policy would grant nothing.")
            .setting("policy");
    StsForm form("GetFederationToken");
    form.add("Name", request.name);
    add_terms(form, request.terms);
    return std::move(form).take();
}

} // namespace awsfed
