#include "aws/request_signer.h"

#include "base/encode.h"
#include "base/text.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::chrono::seconds lifetime_max = std::chrono::days(7);

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

bool is_signers_own(std::string_view name, const SigningRules& rules) {
    return equal_ignoring_case(name, "x-amz-date") || equal_ignoring_case(name, "x-amz-security-token") ||
           equal_ignoring_case(name, "x-amz-region-set") ||
           (rules.add_body_hash && equal_ignoring_case(name, "x-amz-content-sha256"));
}

std::vector<HeaderView> headers_to_sign(const RequestToSign& request, const SigningRules& rules) {
    constexpr std::size_t signers_own_max = 4;
    std::vector<HeaderView> headers;
    headers.reserve(request.headers.size() + signers_own_max);
    for (const HeaderView& header : request.headers) {
        if (!is_never_signed(header.first) && !is_signers_own(header.first, rules))
            headers.push_back(header);
    }
    return headers;
}

// The body's hash as it is signed; `own` keeps it where it is not said.
std::string_view body_hash(HexDigest& own, Sha256& hash, const RequestToSign& request, const SigningRules& rules) {
    if (!rules.body_hash.empty())
        return rules.body_hash;
    own = hex_digits(hash.digest(request.body));
    return text_of(own);
}

// Formatting would cost as much as hashing, so these texts are put together by hand.
template <class Text>
void append_all(Text& text, std::initializer_list<std::string_view> parts) {
    std::size_t size = text.size();
    for (const std::string_view part : parts)
        size += part.size();
    text.reserve(size);
    for (const std::string_view part : parts)
        text.append(part);
}

Result<Signature> signature_of(const CanonicalParts& parts, const SigningMethod& method, Sha256& hash) {
    Signature signature;
    signature.canonical_request = canonical_request(parts);
    const HexDigest digest = hex_digits(hash.digest(signature.canonical_request.reveal()));
    append_all(signature.string_to_sign,
               {method.algorithm, "\n", method.date, "\n", method.scope, "\n", text_of(digest)});
    AWSFED_TRY(signature.hex, method.sign(hash, signature.string_to_sign));
    return signature;
}

Secret authorization(const SigningMethod& method, const SigningKeys& keys, std::string_view names,
                     std::string_view signature) {
    Secret text;
    append_all(text, {method.algorithm, " Credential=", keys.access_key_id, "/", method.scope,
                      ", SignedHeaders=", names, ", Signature=", signature});
    return text;
}

void append_parameter(Secret& query, std::string_view name, std::string_view value) {
    if (!query.empty())
        query.append('&');
    query.append(name);
    query.append('=');
    append_percent_encoded(query, value, Percent::strict);
}

} // namespace

bool is_scope_part(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F && c != '/' && c != ',' && c != '='; });
}

Result<void> check_service(std::string_view service) {
    if (!is_scope_part(service))
        return fail(Code::usage, "\"{}\" is not a service to sign for.", printable(service, 64));
    return {};
}

Result<void> check_signable(const RequestToSign& request, const SigningKeys& keys) {
    AWSFED_CHECK(check_key(keys.access_key_id, "access_key_id", true));
    AWSFED_CHECK(check_key(keys.secret_access_key, "secret_access_key", true));
    AWSFED_CHECK(check_key(keys.session_token, "session_token", false));
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

Result<HeaderSignature> headers_signed_by(SigningMethod&& method, const RequestToSign& request, const SigningKeys& keys,
                                          const SigningRules& rules) {
    Sha256 hash;
    HexDigest own_hash;
    const std::string_view body = body_hash(own_hash, hash, request, rules);

    std::vector<HeaderView> headers = headers_to_sign(request, rules);
    headers.emplace_back("X-Amz-Date", method.date);
    if (!method.region_set.empty())
        headers.emplace_back("X-Amz-Region-Set", method.region_set);
    if (!keys.session_token.empty() && !rules.token_after_signing)
        headers.emplace_back("X-Amz-Security-Token", keys.session_token);
    if (rules.add_body_hash)
        headers.emplace_back("X-Amz-Content-Sha256", body);
    const CanonicalHeaders canonical = canonical_headers(std::move(headers));
    const Secret query = canonical_query(request.query);

    HeaderSignature signed_;
    AWSFED_TRY(signed_.signature,
               signature_of({request.method, canonical_path(request.path, rules.path), query.reveal(), canonical, body},
                            method, hash));
    signed_.secret_headers.reserve(2);
    if (!keys.session_token.empty())
        signed_.secret_headers.emplace_back("X-Amz-Security-Token", Secret(keys.session_token));
    signed_.secret_headers.emplace_back("Authorization",
                                        authorization(method, keys, canonical.names, signed_.signature.hex));
    signed_.headers.emplace_back("X-Amz-Date", std::move(method.date));
    if (rules.add_body_hash)
        signed_.headers.emplace_back("X-Amz-Content-Sha256", body);
    if (!method.region_set.empty())
        signed_.headers.emplace_back("X-Amz-Region-Set", method.region_set);
    return signed_;
}

Result<QuerySignature> query_signed_by(const SigningMethod& method, const RequestToSign& request,
                                       const SigningKeys& keys, std::chrono::seconds lifetime,
                                       const SigningRules& rules) {
    if (lifetime < std::chrono::seconds(1) || lifetime > lifetime_max)
        return fail(Code::usage, "A signed URL lives 1 second to 7 days, not {} seconds.", lifetime.count());
    Sha256 hash;
    HexDigest own_hash;
    const std::string_view body = body_hash(own_hash, hash, request, rules);
    const CanonicalHeaders canonical = canonical_headers(headers_to_sign(request, rules));
    std::string credential;
    append_all(credential, {keys.access_key_id, "/", method.scope});

    QuerySignature signed_;
    signed_.query.append(request.query);
    append_parameter(signed_.query, "X-Amz-Algorithm", method.algorithm);
    append_parameter(signed_.query, "X-Amz-Credential", credential);
    append_parameter(signed_.query, "X-Amz-Date", method.date);
    append_parameter(signed_.query, "X-Amz-Expires", std::to_string(lifetime.count()));
    append_parameter(signed_.query, "X-Amz-SignedHeaders", canonical.names);
    if (!method.region_set.empty())
        append_parameter(signed_.query, "X-Amz-Region-Set", method.region_set);
    if (!keys.session_token.empty() && !rules.token_after_signing)
        append_parameter(signed_.query, "X-Amz-Security-Token", keys.session_token);

    const Secret query = canonical_query(signed_.query.reveal());
    AWSFED_TRY(signed_.signature,
               signature_of({request.method, canonical_path(request.path, rules.path), query.reveal(), canonical, body},
                            method, hash));
    if (!keys.session_token.empty() && rules.token_after_signing)
        append_parameter(signed_.query, "X-Amz-Security-Token", keys.session_token);
    append_parameter(signed_.query, "X-Amz-Signature", signed_.signature.hex);
    return signed_;
}

} // namespace awsfed
