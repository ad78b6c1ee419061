#include "aws/sigv4.h"

#include "base/encode.h"
#include "base/hash.h"
#include "base/text.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view terminator = "aws4_request";
constexpr std::chrono::seconds lifetime_max = std::chrono::days(7);

bool is_visible_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

// The parts of a scope are joined by slashes.
bool is_scope_part(std::string_view text) {
    return !text.empty() && is_visible_ascii(text) && text.find_first_of("/,=") == text.npos;
}

Result<void> check_key(std::string_view value, std::string_view setting, bool needed) {
    if (value.empty() && needed)
        return fail(Code::setting_missing, "A request to AWS must be signed, and there is no {}.", setting)
            .setting(setting);
    if (!is_visible_ascii(value))
        return fail(Code::setting_invalid, "The {} has a blank, a line end or another character that no key has.",
                    setting)
            .setting(setting)
            .advice(
                "Remove what stands before, in or behind the key; a line end at the end of a file is a usual cause.");
    return {};
}

Result<void> check(const RequestToSign& request, const SigningKeys& keys, const SigningScope& scope) {
    AWSFED_CHECK(check_key(keys.access_key_id, "access_key_id", true));
    AWSFED_CHECK(check_key(keys.secret_access_key, "secret_access_key", true));
    AWSFED_CHECK(check_key(keys.session_token, "session_token", false));
    if (!is_scope_part(scope.region))
        return fail(Code::setting_invalid, "\"{}\" is not a region to sign for.", printable(scope.region, 64))
            .setting("region");
    if (!is_scope_part(scope.service))
        return fail(Code::usage, "\"{}\" is not a service to sign for.", printable(scope.service, 64));
    if (request.method.empty() || !is_visible_ascii(request.method))
        return fail(Code::usage, "A request to sign needs a method.");
    for (const HeaderView& header : request.headers) {
        if (header.first.empty() || !is_visible_ascii(header.first) || header.first.find(':') != header.first.npos)
            return fail(Code::usage, "\"{}\" is not the name of a header.", printable(header.first, 64));
    }
    const bool has_host = std::ranges::any_of(
        request.headers, [](const HeaderView& header) { return equal_ignoring_case(header.first, "host"); });
    if (!has_host)
        return fail(Code::usage, "A request to sign needs its Host header.");
    return {};
}

std::string credential_scope(const SigningScope& scope) {
    return fmt::format("{}/{}/{}/{}", basic_time(scope.time).substr(0, 8), scope.region, scope.service, terminator);
}

bool is_signers_own(std::string_view name, const SigningRules& rules) {
    return equal_ignoring_case(name, "x-amz-date") || equal_ignoring_case(name, "x-amz-security-token") ||
           (rules.add_body_hash && equal_ignoring_case(name, "x-amz-content-sha256"));
}

std::vector<HeaderView> headers_to_sign(const RequestToSign& request, const SigningRules& rules) {
    std::vector<HeaderView> headers;
    for (const HeaderView& header : request.headers) {
        if (!is_never_signed(header.first) && !is_signers_own(header.first, rules))
            headers.push_back(header);
    }
    return headers;
}

std::string body_hash(const RequestToSign& request, const SigningRules& rules) {
    return rules.body_hash.empty() ? hex(sha256(request.body)) : std::string(rules.body_hash);
}

// A step of the key derivation; whoever has the result can sign for that scope.
class DerivedKey {
public:
    DerivedKey(std::string_view key, std::string_view text) : digest_(hmac_sha256(key, text)) {}
    DerivedKey(const DerivedKey&) = delete;
    DerivedKey& operator=(const DerivedKey&) = delete;
    ~DerivedKey() { wipe(digest_.data(), digest_.size()); }
    std::string_view bytes() const { return bytes_of(digest_); }

private:
    Digest digest_;
};

std::string sign(std::string_view string_to_sign, const SigningKeys& keys, const SigningScope& scope) {
    Secret start("AWS4");
    start.append(keys.secret_access_key);
    const DerivedKey day(start.reveal(), basic_time(scope.time).substr(0, 8));
    const DerivedKey region(day.bytes(), scope.region);
    const DerivedKey service(region.bytes(), scope.service);
    const DerivedKey key(service.bytes(), terminator);
    return hex(hmac_sha256(key.bytes(), string_to_sign));
}

Signature signature_of(const CanonicalParts& parts, const SigningKeys& keys, const SigningScope& scope) {
    Signature signature;
    signature.canonical_request = canonical_request(parts);
    signature.string_to_sign = fmt::format("{}\n{}\n{}\n{}", algorithm, basic_time(scope.time), credential_scope(scope),
                                           hex(sha256(signature.canonical_request.reveal())));
    signature.hex = sign(signature.string_to_sign, keys, scope);
    return signature;
}

void append_parameter(Secret& query, std::string_view name, std::string_view value) {
    if (!query.empty())
        query.append('&');
    query.append(name);
    query.append('=');
    append_percent_encoded(query, value, Percent::strict);
}

} // namespace

Result<HeaderSignature> sign_headers(const RequestToSign& request, const SigningKeys& keys, const SigningScope& scope,
                                     const SigningRules& rules) {
    AWSFED_CHECK(check(request, keys, scope));
    const std::string hash = body_hash(request, rules);
    const std::string date = basic_time(scope.time);

    std::vector<HeaderView> headers = headers_to_sign(request, rules);
    headers.emplace_back("X-Amz-Date", date);
    if (!keys.session_token.empty() && !rules.token_after_signing)
        headers.emplace_back("X-Amz-Security-Token", keys.session_token);
    if (rules.add_body_hash)
        headers.emplace_back("X-Amz-Content-Sha256", hash);
    const CanonicalHeaders canonical = canonical_headers(headers);

    HeaderSignature signed_;
    signed_.signature = signature_of({request.method, canonical_path(request.path, rules.path),
                                      canonical_query(request.query).reveal(), canonical, hash},
                                     keys, scope);

    signed_.headers.emplace_back("X-Amz-Date", date);
    if (rules.add_body_hash)
        signed_.headers.emplace_back("X-Amz-Content-Sha256", hash);
    if (!keys.session_token.empty())
        signed_.secret_headers.emplace_back("X-Amz-Security-Token", Secret(keys.session_token));
    const std::string authorization =
        fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm, keys.access_key_id,
                    credential_scope(scope), canonical.names, signed_.signature.hex);
    signed_.secret_headers.emplace_back("Authorization", Secret(authorization));
    return signed_;
}

Result<QuerySignature> sign_query(const RequestToSign& request, const SigningKeys& keys, const SigningScope& scope,
                                  std::chrono::seconds lifetime, const SigningRules& rules) {
    AWSFED_CHECK(check(request, keys, scope));
    if (lifetime < std::chrono::seconds(1) || lifetime > lifetime_max)
        return fail(Code::usage, "A signed URL lives 1 second to 7 days, not {} seconds.", lifetime.count());
    const CanonicalHeaders canonical = canonical_headers(headers_to_sign(request, rules));

    QuerySignature signed_;
    signed_.query.append(request.query);
    append_parameter(signed_.query, "X-Amz-Algorithm", algorithm);
    append_parameter(signed_.query, "X-Amz-Credential",
                     fmt::format("{}/{}", keys.access_key_id, credential_scope(scope)));
    append_parameter(signed_.query, "X-Amz-Date", basic_time(scope.time));
    append_parameter(signed_.query, "X-Amz-Expires", std::to_string(lifetime.count()));
    append_parameter(signed_.query, "X-Amz-SignedHeaders", canonical.names);
    if (!keys.session_token.empty() && !rules.token_after_signing)
        append_parameter(signed_.query, "X-Amz-Security-Token", keys.session_token);

    signed_.signature =
        signature_of({request.method, canonical_path(request.path, rules.path),
                      canonical_query(signed_.query.reveal()).reveal(), canonical, body_hash(request, rules)},
                     keys, scope);
    if (!keys.session_token.empty() && rules.token_after_signing)
        append_parameter(signed_.query, "X-Amz-Security-Token", keys.session_token);
    append_parameter(signed_.query, "X-Amz-Signature", signed_.signature.hex);
    return signed_;
}

Result<Secret> presigned_url(std::string_view origin, const RequestToSign& request, const SigningKeys& keys,
                             const SigningScope& scope, std::chrono::seconds lifetime, const SigningRules& rules) {
    AWSFED_TRY(const QuerySignature signed_, sign_query(request, keys, scope, lifetime, rules));
    Secret url(origin);
    url.append(request.path.empty() ? "/" : request.path);
    url.append('?');
    url.append(signed_.query.reveal());
    return url;
}

} // namespace awsfed
