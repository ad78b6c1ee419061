// GetWebIdentityToken: a token that tells other services who the caller is, and how they verify it
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html).
#include "base/encode.h"
#include "base/text.h"
#include "sandbox/keys.h"
#include "sandbox/sts.h"

#include <algorithm>

namespace awsfed::sandbox {

namespace {

using std::chrono::seconds;

constexpr seconds usual{300};
constexpr std::size_t audiences_max = 10;
constexpr std::size_t audience_chars_max = 1000;
constexpr std::size_t scope_chars_max = 256;
// AWS names no number. So much does AssumeRoleWithWebIdentity take, once it is base64 and signed.
constexpr std::size_t claims_bytes_max = 14'000;

// What was asked for, found right.
struct Wanted {
    std::vector<std::string> audiences;
    std::string algorithm;
    seconds duration;
    std::string scope;
    bool by_origin = false;
    SessionTags tags;
};

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", json_escaped(text).reveal()); }

std::string object_of(const SessionTags& tags) {
    std::string text;
    for (const auto& [key, value] : tags)
        text += fmt::format("{}{}:{}", text.empty() ? "" : ",", quoted(key), quoted(value));
    return fmt::format("{{{}}}", text);
}

// RFC 7519, 4.1.3: one may stand by itself.
std::string audience_claim(const std::vector<std::string>& audiences) {
    std::string text;
    for (const std::string& one : audiences)
        text += fmt::format("{}{}", text.empty() ? "" : ",", quoted(one));
    return audiences.size() == 1 ? text : fmt::format("[{}]", text);
}

// Words with one blank between them, none twice; of what RFC 6749, 3.3 allows AWS takes no comma.
StsResult<void> check_scope(std::string_view scope) {
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t end = scope.find(' ');
        const std::string_view word = scope.substr(0, end);
        const bool is_right = !word.empty() && std::ranges::all_of(word, [](char c) {
            return c >= '!' && c <= '~' && std::string_view("\",\\").find(c) == std::string_view::npos;
        });
        if (!is_right)
            return unfit("scope", "be words with one space between them");
        if (std::ranges::find(words, word) != words.end())
            return invalid("A scope value is there twice");
        words.push_back(word);
        if (end == scope.npos)
            return {};
        scope.remove_prefix(end + 1);
    }
}

StsResult<std::vector<std::string>> audiences_of(const StsCall& call) {
    std::vector<std::string> audiences = list_of(call, "Audience");
    if (audiences.empty() || audiences.size() > audiences_max)
        return unfit("audience", fmt::format("have length between 1 and {}", audiences_max));
    for (const std::string& one : audiences) {
        if (one.empty() || code_points(one) > audience_chars_max)
            return unfit("audience", fmt::format("have items of 1 to {} characters", audience_chars_max));
    }
    return audiences;
}

StsResult<Wanted> wanted_by(const StsCall& call) {
    Wanted wanted;
    AWSFED_STS_TRY(wanted.audiences, audiences_of(call));
    wanted.algorithm = call.get("SigningAlgorithm");
    if (!WebTokens::knows(wanted.algorithm))
        return unfit("signingAlgorithm", "satisfy enum value set: [RS256, ES384]");
    AWSFED_STS_TRY(const auto duration, duration_of(call));
    wanted.duration = duration.value_or(usual);
    const std::string_view mode = call.get("SubjectMode");
    if (call.has("SubjectMode") && mode != "AWSIdentity" && mode != "OriginIdentity")
        return unfit("subjectMode", "satisfy enum value set: [AWSIdentity, OriginIdentity]");
    wanted.by_origin = mode == "OriginIdentity";
    if (call.has("Scope")) {
        AWSFED_STS_TRY(wanted.scope, text_of(call, "Scope", 1, scope_chars_max));
        AWSFED_STS_CHECK(check_scope(wanted.scope));
        if (!wanted.by_origin || wanted.audiences.size() != 1)
            return invalid("Scope goes with the SubjectMode OriginIdentity and one Audience only");
    }
    AWSFED_STS_TRY(wanted.tags, tags_of(call));
    return wanted;
}

StsResult<void> check_token_rights(const Caller& caller, const Wanted& wanted) {
    AWSFED_STS_CHECK(check_rights(caller, "sts:GetWebIdentityToken", "*"));
    if (!wanted.tags.empty())
        AWSFED_STS_CHECK(check_rights(caller, "sts:TagGetWebIdentityToken", "*"));
    if (!wanted.scope.empty())
        AWSFED_STS_CHECK(check_rights(caller, "sts:SetWebIdentityTokenScope", "*"));
    return {};
}

// For a role's session it is the role; a federated user has an ARN of its own.
const std::string& principal_of(const Caller& caller) {
    return caller.kind == Caller::Kind::federated ? caller.arn : caller.granted;
}

std::string claims_of(const StsCall& call, const Wanted& wanted, Time end) {
    const Caller& caller = *call.caller;
    const std::string& principal = principal_of(caller);
    std::string own = fmt::format(R"("aws_account":{},"source_region":{},"principal_id":{})", quoted(caller.account),
                                  quoted(call.region), quoted(principal));
    if (wanted.by_origin)
        own += R"(,"subject_mode":"OriginIdentity")";
    if (!caller.tags.empty())
        own += fmt::format(R"(,"principal_tags":{})", object_of(caller.tags));
    if (!wanted.tags.empty())
        own += fmt::format(R"(,"request_tags":{})", object_of(wanted.tags));
    const auto since_1970 = [](Time time) { return std::chrono::floor<seconds>(time).time_since_epoch().count(); };
    return fmt::format(
        R"({{"iss":{},"aud":{},"sub":{},"iat":{},"exp":{},"jti":"{}"{},"https://sts.amazonaws.com/":{{{}}}}})",
        quoted(fmt::format("https://{}", call.host)), audience_claim(wanted.audiences),
        quoted(wanted.by_origin ? caller.origin_subject : principal), since_1970(call.now), since_1970(end),
        random_hex(16), wanted.scope.empty() ? "" : fmt::format(R"(,"scope":{})", quoted(wanted.scope)), own);
}

} // namespace

StsResult<Answer> Sts::get_web_identity_token(const StsCall& call) {
    const Caller& caller = *call.caller;
    AWSFED_STS_TRY(const Wanted wanted, wanted_by(call));
    AWSFED_STS_CHECK(check_token_rights(caller, wanted));
    const Account* account = world_.account(caller.account);
    if (account == nullptr || !account->web_identity_tokens)
        return refuse("OutboundWebIdentityFederationDisabledException",
                      "Outbound web identity federation is not enabled for this account");
    if (wanted.by_origin && caller.origin_subject.empty())
        return invalid("The session has no aws:OriginIdentity/Subject");
    const Time end = end_of(call, wanted.duration);
    if (caller.ends && end > *caller.ends)
        return refuse("SessionDurationEscalationException", "The requested duration exceeds that of the session",
                      fmt::format("the session ends at {}", iso_time(*caller.ends)));
    const std::string claims = claims_of(call, wanted, end);
    if (claims.size() > claims_bytes_max)
        return refuse(
            "JWTPayloadSizeExceededException",
            fmt::format("The token would have {} bytes of claims; {} are the most", claims.size(), claims_bytes_max));
    return sts_result(
        call.action, {{"WebIdentityToken", web_tokens().sign(wanted.algorithm, claims)}, {"Expiration", iso_time(end)}},
        principal_of(caller));
}

// OpenID Connect Discovery 1.0, 4: what AWS has at the issuer, which is this endpoint here.
std::optional<Answer> Sts::discovery(const Received& request) {
    const auto json = [](std::string body) {
        return Answer{.type = "application/json", .body = std::move(body), .outcome = "discovery"};
    };
    if (request.method != "GET")
        return std::nullopt;
    if (request.path == "/.well-known/jwks.json")
        return json(web_tokens().key_set());
    if (request.path != "/.well-known/openid-configuration")
        return std::nullopt;
    const std::string issuer = fmt::format("https://{}", json_escaped(request.header("Host")).reveal());
    return json(fmt::format(R"({{"issuer":"{0}","jwks_uri":"{0}/.well-known/jwks.json",)"
                            R"("response_types_supported":["id_token"],"subject_types_supported":["public"],)"
                            R"("id_token_signing_alg_values_supported":["RS256","ES384"]}})",
                            issuer));
}

const WebTokens& Sts::web_tokens() {
    if (!web_tokens_)
        web_tokens_.emplace();
    return *web_tokens_;
}

} // namespace awsfed::sandbox
