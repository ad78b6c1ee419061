#include "flow/redis_terms.h"

#include "base/limits.h"
#include "base/text.h"
#include "flow/plan.h"

#include <algorithm>
#include <charconv>

namespace awsfed {

namespace {

constexpr int redis_port = 6379;
constexpr int database_max = 65'535; // servers have 16, unless told otherwise
constexpr std::size_t prefix_chars_max = 100;
// A lock's lease is two time-outs: one for the exchange that hangs to its end, one for all others.
constexpr std::chrono::seconds lease_min(10);
constexpr std::chrono::minutes lease_max(5); // nobody waits longer for a lock

Failure wrong(std::string_view setting, std::string_view why) {
    return fail(Code::store_failed, "{} cannot be used: {}.", setting, why).setting(setting);
}

struct Address {
    Url url;
    int database = 0;
};

// The scheme says whether there is TLS; what follows is read as that of any URL.
Result<Address> address_of(const Settings& settings) {
    if (!settings.has("cache_url"))
        return fail(Code::store_failed, "cache=redis needs the setting cache_url.").setting("cache_url");
    const std::string text(trimmed(settings.text("cache_url")));
    constexpr std::string_view tls = "rediss://";
    constexpr std::string_view plain = "redis://";
    const bool has_tls = text.starts_with(tls);
    if (!has_tls && !text.starts_with(plain))
        return wrong("cache_url", "it must begin with rediss://");
    const std::string rest = text.substr(has_tls ? tls.size() : plain.size());
    const auto given = Url::parse("https://" + rest);
    const auto other = Url::parse("http://" + rest);
    if (!given || !other)
        return wrong("cache_url", "it is no rediss://host[:port][/database], where user and password are not told");
    const int port = given->port() == other->port() ? given->port() : redis_port;
    AWSFED_TRY(Url url, Url::parse(fmt::format("{}://{}:{}", has_tls ? "https" : "http", given->host(), port)));
    if (!has_tls && !(settings.boolean("http_loopback") && url.is_loopback()))
        return wrong("cache_url", "redis:// has no TLS, and is only for this machine, with http_loopback");

    Address address{.url = std::move(url)};
    const std::string_view number = std::string_view(given->path()).substr(1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), address.database);
    const bool is_number = error == std::errc() && end == number.data() + number.size() && address.database >= 0 &&
                           address.database <= database_max;
    if ((!number.empty() && !is_number) || !given->query().empty())
        return wrong("cache_url", "behind the host only the number of a database may stand");
    return address;
}

} // namespace

Result<RedisTerms> redis_terms(const Settings& settings, const Cancel& cancel) {
    AWSFED_TRY(Address address, address_of(settings));
    RedisTerms terms{.url = std::move(address.url), .database = address.database};
    terms.user = settings.text("cache_user");
    AWSFED_TRY(std::optional<Secret> password, settings.secret("cache_password", cancel));
    if (password)
        terms.password = *std::move(password);
    if (!terms.user.empty() && terms.password.empty())
        return fail(Code::store_failed, "cache_user needs the setting cache_password.").setting("cache_password");
    terms.prefix = settings.text("cache_prefix");
    if (terms.prefix.size() > prefix_chars_max || !is_visible_ascii(terms.prefix))
        return wrong("cache_prefix", "it is too long, or not of visible ASCII characters");

    AWSFED_TRY(terms.network, network_terms(settings, cancel));
    using std::chrono::milliseconds;
    terms.lease = std::clamp<milliseconds>(2 * terms.network.timeout, lease_min, lease_max);
    terms.network.timeout = std::min<milliseconds>(terms.network.timeout, store_timeout_max);
    terms.network.connect_timeout = std::min(terms.network.connect_timeout, terms.network.timeout);
    terms.network.proxy.clear(); // it is for HTTP
    terms.network.proxy_user.clear();
    terms.network.proxy_password.clear();
    return terms;
}

RequestText text_of(const RedisTerms& terms) {
    RequestText text;
    text.add("url", terms.url.text());
    text.add("user", terms.user);
    text.add("password", terms.password.reveal());
    text.add("database", std::to_string(terms.database));
    text.add("prefix", terms.prefix);
    text.add("lease", std::to_string(terms.lease.count()));
    text.add("ca_file", terms.network.ca_file);
    text.add("client_certificate", terms.network.client_certificate);
    text.add("client_key", terms.network.client_key);
    text.add("timeout", std::to_string(terms.network.timeout.count()));
    text.add("connect_timeout", std::to_string(terms.network.connect_timeout.count()));
    return text;
}

} // namespace awsfed
