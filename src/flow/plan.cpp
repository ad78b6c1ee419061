#include "flow/plan.h"

#include "base/limits.h"
#include "base/partition.h"
#include "base/text.h"
#include "settings/files.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::chrono::minutes timeout_max{10}; // of one exchange: who waits longer waits for nothing

Failure missing(std::string_view setting, std::string_view what_for) {
    return fail(Code::setting_missing, "{} needs the setting {}.", what_for, setting).setting(setting);
}

// The origins that an administrator added, in the form in which origins are compared.
Result<std::vector<std::string>> allowed_origins(const Settings& settings, const Url& start) {
    std::vector<std::string> origins{start.origin()};
    for (const std::string& item : items_of(settings.text("idp_origins"))) {
        auto url = Url::parse(item);
        if (!url)
            return Failure(std::move(url.error())).setting("idp_origins");
        if (url->path() != "/" || !url->query().empty())
            return fail(Code::setting_invalid, "\"{}\" is not an origin: it is a scheme, a host and perhaps a port.",
                        printable(item))
                .setting("idp_origins");
        origins.push_back(url->origin());
    }
    return origins;
}

} // namespace

Result<Url> url_setting(const Settings& settings, std::string_view name) {
    auto url = Url::parse(settings.text(name));
    if (!url)
        return Failure(std::move(url.error())).setting(name);
    const bool plain_allowed = settings.boolean("http_loopback") && url->is_loopback();
    if (!url->is_https() && !plain_allowed)
        return fail(Code::setting_insecure, "{} is {}, which would be reached without TLS.", name, url->origin())
            .setting(name);
    return url;
}

Result<NetworkTerms> network_terms(const Settings& settings) {
    NetworkTerms terms;
    terms.ca_file = settings.text("ca_file");
    terms.timeout = settings.duration("timeout").value_or(terms.timeout);
    if (terms.timeout <= std::chrono::milliseconds(0) || terms.timeout > timeout_max) // libcurl takes 0 for "for ever"
        return fail(Code::setting_invalid, "timeout must be more than nothing and at most {} minutes.",
                    timeout_max.count())
            .setting("timeout");
    terms.http_loopback = settings.boolean("http_loopback");
    if (settings.has("proxy")) {
        // A proxy is spoken to in plain http as a rule; what passes through it is TLS.
        auto proxy = Url::parse(settings.text("proxy"));
        if (!proxy)
            return Failure(std::move(proxy.error())).setting("proxy");
        terms.proxy = proxy->origin();
    }
    return terms;
}

Idp idp_of(const Settings& settings) {
    const std::string idp = settings.text("idp");
    if (idp == "form")
        return Idp::form;
    if (idp == "adfs")
        return Idp::adfs;
    return idp == "assertion" ? Idp::assertion : Idp::none;
}

namespace {

// The audiences that AWS's SAML metadata names in its partitions.
std::string_view usual_relying_party(const Settings& settings) {
    const std::string_view audience = partition_or_aws(settings.text("region")).saml_audience;
    return audience.empty() ? "urn:amazon:webservices" : audience;
}

} // namespace

AdfsTerms adfs_terms(const Settings& settings) {
    const std::string entry = settings.text("adfs_entry");
    AdfsTerms terms;
    terms.relying_party =
        settings.has("relying_party") ? settings.text("relying_party") : std::string(usual_relying_party(settings));
    terms.entry = entry == "idp-initiated"  ? AdfsEntry::idp_initiated
                  : entry == "sp-initiated" ? AdfsEntry::sp_initiated
                                            : AdfsEntry::automatic;
    terms.keep_signed_in = settings.boolean("keep_signed_in");
    terms.default_domain = settings.text("default_domain");
    return terms;
}

Result<SignInTerms> sign_in_terms(const Settings& settings, const Cancel& cancel) {
    if (!settings.has("idp_url"))
        return missing("idp_url", "The sign-in");
    AWSFED_TRY(Url start, url_setting(settings, "idp_url"));
    AWSFED_TRY(std::vector<std::string> origins, allowed_origins(settings, start));
    SignInTerms terms{
        .start = std::move(start), .origins = std::move(origins), .http_loopback = settings.boolean("http_loopback")};
    if (settings.has("user"))
        terms.answers.emplace_back("user", Secret(settings.text("user")));
    AWSFED_TRY(std::optional<Secret> password, settings.secret("password", cancel));
    if (password)
        terms.answers.emplace_back("password", std::move(*password));
    return terms;
}

Result<StsAction> action_of(const Settings& settings) {
    const bool signs_in = idp_of(settings) != Idp::none;
    const std::string action = settings.text("sts_action");
    if (action.empty())
        return signs_in ? StsAction::assume_role_with_saml : StsAction::assume_role;
    const StsAction wanted = action == "assume-role"            ? StsAction::assume_role
                             : action == "get-federation-token" ? StsAction::get_federation_token
                                                                : StsAction::assume_role_with_saml;
    if (signs_in != (wanted == StsAction::assume_role_with_saml))
        return fail(Code::setting_conflict, "sts_action={} does not go with {}.", action,
                    signs_in ? "an identity provider" : "the caller's own keys: set idp")
            .setting("sts_action");
    return wanted;
}

Result<SessionTerms> session_terms(const Settings& settings) {
    SessionTerms terms;
    if (settings.has("policy") && settings.has("policy_file"))
        return fail(Code::setting_conflict, "policy and policy_file are both set.").setting("policy_file");
    if (settings.has("policy"))
        terms.policy = settings.text("policy");
    if (settings.has("policy_file")) {
        auto file = read_file(settings.text("policy_file"), setting_bytes_max, Code::setting_invalid, "policy file");
        if (!file)
            return Failure(std::move(file.error())).setting("policy_file");
        terms.policy = std::string(trimmed(file->bytes.reveal()));
        terms.policy_setting = "policy_file";
    }
    for (const std::string& item : items_of(settings.text("policy_arns"))) {
        auto arn = Arn::parse(item);
        if (!arn)
            return Failure(std::move(arn.error())).setting("policy_arns");
        terms.policy_arns.push_back(std::move(*arn));
    }
    if (const auto duration = settings.duration("duration")) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*duration);
        if (seconds != *duration)
            return fail(Code::setting_invalid, "The duration must be whole seconds.").setting("duration");
        terms.duration = seconds;
    }
    return terms;
}

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

} // namespace awsfed
