#include "flow/plan.h"

#include "base/limits.h"
#include "base/partition.h"
#include "base/text.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::chrono::minutes timeout_max{10}; // of one exchange: who waits longer waits for nothing

Result<std::chrono::milliseconds> time_of_exchange(const Settings& settings, std::string_view name) {
    const auto time = settings.duration(name).value_or(std::chrono::milliseconds(0));
    if (time <= std::chrono::milliseconds(0) || time > timeout_max) // libcurl takes 0 for "for ever"
        return fail(Code::setting_invalid, "{} must be more than nothing and at most {} minutes.", name,
                    timeout_max.count())
            .setting(name);
    return time;
}

struct ProxyScheme {
    std::string_view begin;
    int port; // libcurl would take 1080 for all of them
};
constexpr ProxyScheme proxy_schemes[] = {{"socks5://", 1080}, {"socks5h://", 1080}, {"https://", 443}, {"http://", 80}};

// The scheme says how to talk to it; what follows is read as that of any URL.
Result<std::string> proxy_of(const Settings& settings) {
    const std::string text(trimmed(settings.text("proxy")));
    for (const ProxyScheme& scheme : proxy_schemes) {
        if (!text.starts_with(scheme.begin))
            continue;
        const std::string rest = text.substr(scheme.begin.size());
        auto url = Url::parse("http://" + rest);
        const auto other = Url::parse("https://" + rest);
        if (!url || !other)
            return Failure(std::move(url.error())).setting("proxy");
        const bool has_port = url->port() == other->port();
        return fmt::format("{}{}:{}", scheme.begin, url->host(), has_port ? url->port() : scheme.port);
    }
    return fail(Code::setting_invalid, "proxy must begin with http://, https://, socks5:// or socks5h://.")
        .setting("proxy");
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

Failure missing(std::string_view setting, std::string_view what_for) {
    return fail(Code::setting_missing, "{} needs the setting {}.", what_for, setting).setting(setting);
}

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

Result<NetworkTerms> network_terms(const Settings& settings, const Cancel& cancel) {
    NetworkTerms terms;
    terms.ca_file = settings.text("ca_file");
    AWSFED_TRY(terms.timeout, time_of_exchange(settings, "timeout"));
    AWSFED_TRY(terms.connect_timeout, time_of_exchange(settings, "connect_timeout"));
    terms.http_loopback = settings.boolean("http_loopback");
    if (settings.has("proxy")) {
        AWSFED_TRY(terms.proxy, proxy_of(settings));
        terms.proxy_user = settings.text("proxy_user");
        terms.no_proxy = fmt::format("{}", fmt::join(items_of(settings.text("no_proxy")), ","));
        AWSFED_TRY(std::optional<Secret> password, settings.secret("proxy_password", cancel));
        if (password && password->reveal().find('\0') != std::string_view::npos) // libcurl would send what is before it
            return fail(Code::setting_invalid, "The proxy's password has a NUL in it.").setting("proxy_password");
        if (password)
            terms.proxy_password = std::move(*password);
    }
    terms.client_certificate = settings.text("client_certificate");
    terms.client_key = settings.text("client_key");
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

AdfsMethod adfs_method(std::string_view word) {
    constexpr std::pair<std::string_view, AdfsMethod> words[] = {{"kerberos", AdfsMethod::kerberos},
                                                                 {"ntlm", AdfsMethod::ntlm},
                                                                 {"certificate", AdfsMethod::certificate},
                                                                 {"ws-trust", AdfsMethod::ws_trust}};
    const auto found = std::ranges::find(words, word, &std::pair<std::string_view, AdfsMethod>::first);
    return found != std::end(words) ? found->second : AdfsMethod::forms;
}

} // namespace

KerberosTerms kerberos_terms(const Settings& settings) {
    return {.cache = settings.text("kerberos_cache"),
            .keytab = settings.text("kerberos_keytab"),
            .principal = settings.text("kerberos_principal")};
}

Result<AdfsTerms> adfs_terms(const Settings& settings) {
    constexpr std::chrono::minutes factor_timeout_max(10);
    const std::string entry = settings.text("adfs_entry");
    AdfsTerms terms;
    terms.relying_party =
        settings.has("relying_party") ? settings.text("relying_party") : std::string(usual_relying_party(settings));
    terms.entry = entry == "idp-initiated"       ? AdfsEntry::idp_initiated
                  : entry == "sp-initiated"      ? AdfsEntry::sp_initiated
                  : entry == "sp-initiated-post" ? AdfsEntry::sp_initiated_post
                                                 : AdfsEntry::automatic;
    terms.keep_signed_in = settings.boolean("keep_signed_in");
    terms.default_domain = settings.text("default_domain");
    terms.method = adfs_method(settings.text("adfs_method"));
    terms.factor_method = settings.text("factor_method");
    terms.factor_timeout = settings.duration("factor_timeout").value_or(terms.factor_timeout);
    if (terms.factor_timeout > factor_timeout_max)
        return fail(Code::setting_invalid, "factor_timeout must be at most {} minutes.", factor_timeout_max.count())
            .setting("factor_timeout");
    terms.windows_user_agent = settings.text("windows_user_agent");
    terms.kerberos = kerberos_terms(settings);
    return terms;
}

Result<SignInTerms> sign_in_terms(const Settings& settings, const Cancel& cancel) {
    if (!settings.has("idp_url"))
        return missing("idp_url", "The sign-in");
    AWSFED_TRY(Url start, url_setting(settings, "idp_url"));
    AWSFED_TRY(std::vector<std::string> origins, allowed_origins(settings, start));
    SignInTerms terms{
        .start = std::move(start), .origins = std::move(origins), .http_loopback = settings.boolean("http_loopback")};
    terms.wishes = {settings.text("home_realm"), settings.text("relying_party_guid")};
    if (settings.has("user"))
        terms.answers.emplace_back("user", Secret(settings.text("user")));
    AWSFED_TRY(std::optional<Secret> password, settings.secret("password", cancel));
    if (password)
        terms.answers.emplace_back("password", std::move(*password));
    return terms;
}

} // namespace awsfed
