#include "sandbox/sts_signature.h"

#include "aws/canonical_request.h"
#include "base/hash.h"
#include "base/text.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace awsfed::sandbox {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

struct Claim {
    std::string key_id, day, region, service, terminator;
    std::string date; // X-Amz-Date
    std::vector<std::string> signed_headers;
    std::string signature;
};

StsRefusal incomplete(std::string message) { return {.code = "IncompleteSignature", .message = std::move(message)}; }
StsRefusal mismatch(std::string message) { return {.code = "SignatureDoesNotMatch", .message = std::move(message)}; }

// AWS says only this much; the reason is in the journal.
StsRefusal does_not_match(std::string why) {
    return {.code = "SignatureDoesNotMatch",
            .message = "The request signature we calculated does not match the signature you provided. Check your AWS "
                       "Secret Access Key and signing method. Consult the service documentation for details.",
            .why = std::move(why)};
}

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t end = text.find(at);
        parts.emplace_back(text.substr(0, end));
        if (end == text.npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

StsResult<Claim> read_claim(const Received& request) {
    std::string_view header = request.header("Authorization");
    if (header.empty())
        return std::unexpected(StsRefusal{"MissingAuthenticationToken", "Request is missing Authentication Token"});
    if (!header.starts_with(algorithm) || !header.substr(algorithm.size()).starts_with(' '))
        return std::unexpected(incomplete("Unsupported AWS 'algorithm' (only AWS4-HMAC-SHA256 is supported)."));
    Claim claim;
    std::string credential;
    for (const std::string& item : split(header.substr(algorithm.size()), ',')) {
        const std::string_view pair = trimmed(item);
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string_view name = pair.substr(0, equals);
        const std::string value(pair.substr(std::min(equals + 1, pair.size())));
        if (name == "Credential")
            credential = value;
        else if (name == "SignedHeaders")
            claim.signed_headers = split(value, ';');
        else if (name == "Signature")
            claim.signature = value;
    }
    for (const auto& [name, is_there] :
         {std::pair{"Credential", !credential.empty()}, std::pair{"SignedHeaders", !claim.signed_headers.empty()},
          std::pair{"Signature", !claim.signature.empty()}}) {
        if (!is_there)
            return std::unexpected(incomplete(fmt::format("Authorization header requires '{}' parameter.", name)));
    }
    std::vector<std::string> scope = split(credential, '/');
    if (scope.size() != 5)
        return std::unexpected(incomplete("Credential must have exactly 5 slash-delimited elements."));
    claim.key_id = std::move(scope[0]);
    claim.day = std::move(scope[1]);
    claim.region = std::move(scope[2]);
    claim.service = std::move(scope[3]);
    claim.terminator = std::move(scope[4]);
    claim.date = request.header("X-Amz-Date");
    if (claim.date.empty())
        return std::unexpected(incomplete("Authorization header requires existence of a 'X-Amz-Date' header."));
    return claim;
}

// "20261125T180000Z"
std::optional<Time> basic_instant(std::string_view text) {
    if (text.size() != 16 || text[8] != 'T')
        return std::nullopt;
    return read_time(fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                                 text.substr(9, 2), text.substr(11, 2), text.substr(13, 2)),
                     ZoneRule::utc_only);
}

StsResult<void> check_scope(const Claim& claim, Time now) {
    const auto time = basic_instant(claim.date);
    if (!time || !claim.date.ends_with('Z'))
        return std::unexpected(mismatch("Date must be in ISO-8601 'basic format'."));
    if (claim.day != claim.date.substr(0, 8))
        return std::unexpected(
            mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP."));
    if (claim.region.empty())
        return std::unexpected(mismatch("Credential should be scoped to a valid region."));
    if (claim.service != "sts")
        return std::unexpected(mismatch("Credential should be scoped to correct service: 'sts'."));
    if (claim.terminator != "aws4_request")
        return std::unexpected(mismatch("Credential should be scoped with a valid terminator: 'aws4_request'."));
    if (*time + clock_window < now)
        return std::unexpected(
            mismatch(fmt::format("Signature expired: {} is now earlier than {} ({} - {} min.)", claim.date,
                                 basic_time(now - clock_window), basic_time(now), clock_window.count())));
    if (*time - clock_window > now)
        return std::unexpected(
            mismatch(fmt::format("Signature not yet current: {} is still later than {} ({} + {} min.)", claim.date,
                                 basic_time(now + clock_window), basic_time(now), clock_window.count())));
    return {};
}

// What is to be signed: the named headers, which must be there, and every x-amz- header, which must be named.
StsResult<std::vector<HeaderView>> signed_headers(const Received& request, const Claim& claim) {
    const auto is_named = [&](std::string_view name) {
        return std::ranges::find(claim.signed_headers, lower_ascii(name)) != claim.signed_headers.end();
    };
    for (const std::string_view needed : {"host", "x-amz-date"}) {
        if (!is_named(needed))
            return std::unexpected(
                mismatch(fmt::format("'{}' must be a 'SignedHeader' in the AWS Authorization.", needed)));
    }
    std::vector<HeaderView> headers;
    for (const auto& [name, value] : request.headers) {
        if (is_named(name))
            headers.emplace_back(name, value);
        else if (lower_ascii(name).starts_with("x-amz-"))
            return std::unexpected(does_not_match(fmt::format("the header {} is not signed", printable(name, 64))));
    }
    return headers;
}

std::string expected_signature(const Received& request, const Claim& claim, std::vector<HeaderView> headers,
                               std::string_view secret) {
    const CanonicalHeaders canonical = canonical_headers(std::move(headers));
    const Secret text = canonical_request({.method = request.method,
                                           .path = canonical_path(request.path, {}),
                                           .query = canonical_query(request.query).reveal(),
                                           .headers = canonical,
                                           .body_hash = hex(sha256(request.body))});
    const std::string scope = fmt::format("{}/{}/{}/{}", claim.day, claim.region, claim.service, claim.terminator);
    const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", algorithm, claim.date, scope, hex(sha256(text.reveal())));
    Sha256 hash;
    Digest key = hash.hmac(fmt::format("AWS4{}", secret), claim.day);
    for (const std::string_view part : {std::string_view(claim.region), std::string_view(claim.service),
                                        std::string_view(claim.terminator), std::string_view(to_sign)})
        key = hash.hmac(bytes_of(key), part);
    return hex(key);
}

// Whose key it is, and its secret.
struct Signer {
    Caller caller;
    std::string_view secret;
};

StsResult<Signer> signer_of(const Received& request, const Claim& claim, const World& world,
                            const SessionStore& sessions, Time now) {
    const std::string_view token = request.header("X-Amz-Security-Token");
    const StsRefusal unknown{"InvalidClientTokenId", "The security token included in the request is invalid.",
                             "the access key is not known"};
    if (const LongTermKey* key = world.key(claim.key_id)) {
        if (!token.empty())
            return std::unexpected(
                StsRefusal{unknown.code, unknown.message, "a long-term key came with a session token"});
        return Signer{.caller = caller_of(*key), .secret = key->secret.reveal()};
    }
    const IssuedSession* session = sessions.find(claim.key_id);
    if (session == nullptr)
        return std::unexpected(unknown);
    if (!Secret(session->session_token).equals(token))
        return std::unexpected(StsRefusal{unknown.code, unknown.message, "the session token is not that of the key"});
    if (session->expires <= now)
        return std::unexpected(StsRefusal{"ExpiredToken", "The security token included in the request is expired"});
    return Signer{.caller = session->caller, .secret = session->secret_access_key};
}

} // namespace

StsResult<Signed> check_signature(const Received& request, const World& world, const SessionStore& sessions, Time now) {
    const auto claim = read_claim(request);
    if (!claim)
        return std::unexpected(claim.error());
    if (const auto right = check_scope(*claim, now); !right)
        return std::unexpected(right.error());
    auto signer = signer_of(request, *claim, world, sessions, now);
    if (!signer)
        return std::unexpected(signer.error());
    auto headers = signed_headers(request, *claim);
    if (!headers)
        return std::unexpected(headers.error());
    const Secret expected(expected_signature(request, *claim, *std::move(headers), signer->secret));
    if (!expected.equals(claim->signature))
        return std::unexpected(
            does_not_match("the signature is not the one that this secret key makes over this request"));
    return Signed{.caller = std::move(signer->caller), .region = claim->region};
}

} // namespace awsfed::sandbox
