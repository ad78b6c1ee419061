#include "idp/stand_ins.h"

#include "base/base64.h"
#include "base/encode.h"
#include "base/text.h"
#include "http/form_value.h"
#include "idp/aws_sign_in.h"
#include "saml/response_door.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace awsfed {

namespace {

constexpr std::string_view idp_host = "sts.example.test";
constexpr std::size_t shortest_private = 4; // a shorter name hits words by chance

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& list) {
    return std::ranges::find(list, word) != list.end();
}

bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= 80 && std::ranges::all_of(text, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' || c == '$' ||
               c == ':';
    });
}

bool is_guid(std::string_view text) {
    constexpr std::size_t length = 36;
    return text.size() == length && std::ranges::count(text, '-') == 4 && text[8] == '-' && text[13] == '-' &&
           std::ranges::all_of(text,
                               [](char c) { return c == '-' || std::isxdigit(static_cast<unsigned char>(c)) != 0; });
}

// Values that are the same everywhere.
bool is_public(std::string_view value) {
    constexpr std::array<std::string_view, 13> words{
        "true",         "false", "on",         "off",    "0",       "1",      "formsauthentication",
        "ad authority", "saml",  "wsignin1.0", "submit", "proceed", "clicked"};
    constexpr std::array<std::string_view, 4> keycloak_actions{"update_password", "configure_totp", "verify_email",
                                                               "update_profile"};
    const std::string lower = lower_ascii(value);
    return is_one_of(lower, words) || is_one_of(lower, keycloak_actions) || lower == "urn:amazon:webservices" ||
           lower.starts_with("urn:amazon:webservices:");
}

// Steps of the paths of known providers. A realm's or a tenant's name is none.
bool is_public_step(std::string_view step) {
    constexpr std::array<std::string_view, 44> words{"adfs",
                                                     "ls",
                                                     "idpinitiatedsignon.aspx",
                                                     "idpinitiatedsignon",
                                                     "portal",
                                                     "updatepassword",
                                                     "updatepassword.aspx",
                                                     "wia",
                                                     "services",
                                                     "trust",
                                                     "oauth2",
                                                     "auth",
                                                     "realms",
                                                     "protocol",
                                                     "saml",
                                                     "saml2",
                                                     "clients",
                                                     "login-actions",
                                                     "authenticate",
                                                     "required-action",
                                                     "login",
                                                     "signin",
                                                     "sso",
                                                     "idp",
                                                     "profile",
                                                     "redirect",
                                                     "post",
                                                     "unsolicited",
                                                     "simplesaml",
                                                     "simplesaml.php",
                                                     "module.php",
                                                     "core",
                                                     "loginuserpass",
                                                     "loginuserpass.php",
                                                     "ssoservice.php",
                                                     "singlesignonservice",
                                                     "singlesignonservice.php",
                                                     "initsso.ping",
                                                     "startsso.ping",
                                                     "amazon-aws",
                                                     "aws",
                                                     "federationmetadata",
                                                     "2007-06",
                                                     "start"};
    return is_one_of(lower_ascii(step), words);
}

// A response that says no keeps its reason; any other is as good as none.
std::string response_stand_in(std::string_view response) {
    constexpr std::string_view known = "urn:oasis:names:tc:SAML:2.0:status:";
    const auto opened = open_response(response);
    const std::string status = opened || opened.error().code != Code::idp_refused ? "" : opened.error().peer;
    if (!status.starts_with(known) || !is_token(status))
        return std::string(base64_encode("<saml>").reveal());
    return std::string(
        base64_encode(
            fmt::format(
                "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\" Version=\"2.0\" "
                "IssueInstant=\"2026-11-24T16:00:00Z\"><samlp:Status><samlp:StatusCode Value=\"{}\"/>"
                "</samlp:Status></samlp:Response>",
                status))
            .reveal());
}

} // namespace

StandIns::StandIns(const Url& start) : base_(start) {
    hosts_.emplace(start.host(), idp_host);
    replace(start.host(), idp_host);
    replace_company(start.host());
}

// "corp.example" and "corp" of "sts.corp.example" name the company elsewhere, too.
void StandIns::replace_company(std::string_view host) {
    const std::string_view domain = host.substr(std::min(host.find('.'), host.size() - 1) + 1);
    const bool is_address = host.find_first_not_of("0123456789.") == host.npos || host.starts_with('[');
    if (is_address || domain.find('.') == domain.npos)
        return;
    replace(domain, "example.test");
    const std::string_view name = domain.substr(0, domain.rfind('.'));
    replace(name.substr(name.rfind('.') + 1), "company");
}

void StandIns::replace(std::string_view text, std::string_view stand_in) {
    // Words that the stand-ins themselves are made of give nobody away.
    constexpr std::string_view own =
        "https://sts.example.test user@corp.example.test company build-role opaque step host";
    if (text.size() < shortest_private || own.find(lower_ascii(text)) != own.npos)
        return;
    const auto length = [](const auto& one) { return one.first.size(); };
    const auto place = std::ranges::upper_bound(known_, text.size(), std::ranges::greater(), length);
    known_.emplace(place, lower_ascii(text), stand_in);
}

// ---- addresses ----------------------------------------------------------------------------

// AWS's own are the same for everybody.
std::string StandIns::host(const Url& url) {
    if (is_aws_sign_in_host(url))
        return url.host();
    const auto [at, is_new] = hosts_.try_emplace(url.host(), fmt::format("host{}.example.test", hosts_.size() + 1));
    if (is_new)
        replace(url.host(), at->second);
    return at->second;
}

std::string StandIns::path(std::string_view path) {
    std::string out;
    while (path.starts_with('/')) {
        path.remove_prefix(1);
        const std::string_view step = path.substr(0, path.find('/'));
        out += '/';
        out += step.empty() || is_public_step(step) ? std::string(step) : numbered(step, "step{}");
        path.remove_prefix(step.size());
    }
    return out;
}

std::string StandIns::query(const std::string& query) {
    std::string out;
    for (std::string_view rest = query; !rest.empty();) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string_view name = pair.substr(0, equals);
        out += out.empty() ? "" : "&";
        out += is_token(name) ? std::string(name) : numbered(name, "name{}");
        if (equals == pair.size())
            continue;
        const std::optional<Secret> decoded = form_value(pair, name);
        const std::string_view text = decoded ? decoded->reveal() : std::string_view();
        out += '=';
        out += is_public(text) ? std::string(pair.substr(equals + 1))
                               : std::string(percent_encoded(value(name, text), Percent::strict).reveal());
    }
    return out;
}

// Plain http to this machine alone is a test's, which plays as well by https.
std::string StandIns::origin(const Url& url) {
    return fmt::format("{}://{}", url.is_loopback() ? "https" : url.scheme(), host(url));
}

Url StandIns::url(const Url& url) {
    const std::string query = this->query(url.query());
    return *Url::parse(fmt::format("{}{}{}{}", origin(url), path(url.path()), query.empty() ? "" : "?", query));
}

std::string StandIns::address(std::string_view reference) {
    if (trimmed(reference).empty())
        return "";
    const auto whole = base_.resolve(trimmed(reference));
    return whole ? url(*whole).text() : "#";
}

// ---- values and names ---------------------------------------------------------------------

std::string StandIns::numbered(std::string_view what, std::string_view format) {
    const auto [at, is_new] = numbered_.try_emplace(std::string(what), "");
    if (is_new)
        at->second = fmt::format(fmt::runtime(format), numbered_.size());
    return at->second;
}

std::string StandIns::value(std::string_view field, std::string_view value) {
    if (trimmed(value).empty() || is_public(value))
        return std::string(value);
    if (equal_ignoring_case(field, "SAMLResponse"))
        return response_stand_in(value);
    if (is_guid(value))
        return numbered(value, "00000000-0000-4000-8000-{:012}");
    if (const auto known = std::ranges::find(known_, lower_ascii(value), [](const auto& one) { return one.first; });
        known != known_.end())
        return known->second;
    if (equal_ignoring_case(field, "AuthMethod") && is_token(value)) // the name of a piece of software
        return name(value);
    if (const auto address = Url::parse(value))
        return url(*address).text();
    return numbered(value, "opaque-{}");
}

std::string StandIns::replaced(std::string_view text) const {
    std::string out(text);
    for (const auto& [known, stand_in] : known_) {
        for (std::size_t at = 0; (at = lower_ascii(out).find(known, at)) != out.npos; at += stand_in.size())
            out.replace(at, known.size(), stand_in);
    }
    return out;
}

std::string StandIns::name(std::string_view name) {
    std::string out;
    for (const char c : replaced(name))
        out += c >= ' ' && c < 0x7f && c != '\'' && c != '"' ? c : 'x';
    return out;
}

std::string StandIns::left_in(std::string_view text) const {
    const std::string lower = lower_ascii(text);
    for (const auto& [known, stand_in] : known_) {
        if (lower.find(known) != lower.npos)
            return known;
    }
    return {};
}

} // namespace awsfed
