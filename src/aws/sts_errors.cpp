#include "aws/sts_errors.h"

#include "base/limits.h"
#include "base/text.h"
#include "markup/json.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace awsfed {

namespace {

struct Row {
    std::string_view peer;
    std::string_view words; // in the message, in lower case; empty: any message
    StsJudgement judgement;
};

constexpr std::string_view new_trade_in_token = "Get another token by a new delegation request.";

// The first row that fits counts, so rows with words stand before those without. ExpiredTokenException is
// about the assertion, ExpiredToken about the caller's own keys: they differ, whatever the names suggest.
constexpr std::array rows{
    Row{"AccessDenied", "multifactorauthentication", {Code::mfa_required, false}},
    Row{"AccessDenied", "", {Code::access_denied, false}},
    Row{"AccessDeniedException", "", {Code::access_denied, false}},
    Row{"UnauthorizedOperation", "", {Code::access_denied, false}},
    Row{"NotAuthorized", "", {Code::access_denied, false}},
    Row{"OptInRequired", "", {Code::access_denied, false}},
    Row{"OutboundWebIdentityFederationDisabledException",
        "",
        {Code::access_denied, false, {}, "Have outbound identity federation turned on for the account, in IAM."}},

    Row{"SignatureDoesNotMatch", "signature expired", {Code::clock_skew, true}},
    Row{"SignatureDoesNotMatch", "signature not yet current", {Code::clock_skew, true}},
    Row{"SignatureDoesNotMatch", "scoped to a valid region", {Code::request_refused, false, "region"}},
    Row{"SignatureDoesNotMatch", "scoped to correct service", {Code::request_refused, false}},
    Row{"SignatureDoesNotMatch", "", {Code::caller_refused, false}},
    Row{"InvalidSignatureException", "signature expired", {Code::clock_skew, true}},
    Row{"InvalidSignatureException", "signature not yet current", {Code::clock_skew, true}},
    Row{"InvalidSignatureException", "scoped to a valid region", {Code::request_refused, false, "region"}},
    Row{"InvalidSignatureException", "scoped to correct service", {Code::request_refused, false}},
    Row{"InvalidSignatureException", "", {Code::caller_refused, false}},
    Row{"RequestExpired", "", {Code::clock_skew, true}},
    Row{"RequestTimeTooSkewed", "", {Code::clock_skew, true}},
    Row{"RequestInTheFuture", "", {Code::clock_skew, true}},

    Row{"InvalidClientTokenId", "", {Code::caller_refused, false}},
    Row{"UnrecognizedClientException", "", {Code::caller_refused, false}},
    Row{"InvalidAccessKeyId", "", {Code::caller_refused, false}},
    Row{"InvalidToken", "", {Code::caller_refused, false}},
    Row{"InvalidSecurity", "", {Code::caller_refused, false}},
    Row{"InvalidSubjectCredentials", "", {Code::caller_refused, false}},
    Row{"MissingAuthenticationToken", "", {Code::caller_refused, false}},
    Row{"MissingAuthenticationTokenException", "", {Code::caller_refused, false}},
    Row{"AuthFailure", "", {Code::caller_refused, false}},
    Row{"ExpiredToken", "", {Code::caller_expired, false}},

    Row{"ExpiredTokenException", "", {Code::assertion_expired, false}},
    Row{"ExpiredTradeInTokenException", "", {Code::assertion_expired, false, "trade_in_token", new_trade_in_token}},
    Row{"ExpiredTradeInToken",
        "",
        {Code::assertion_expired, false, "trade_in_token", new_trade_in_token}}, // as the API reference has it
    Row{"IDPRejectedClaim", "", {Code::assertion_refused, false}},
    Row{"InvalidIdentityToken",
        "response signature invalid",
        {Code::signer_not_in_metadata,
         false,
         {},
         "Update the IAM provider: it has no metadata with the certificate that the identity provider signs with "
         "now."}},
    Row{"InvalidIdentityToken",
        "issuer not present in specified provider",
        {Code::signer_not_in_metadata, false, "principal_arn",
         "Update the IAM provider with the identity provider's present metadata, or name another one: its metadata is "
         "of an identity provider with another name."}},
    Row{"InvalidIdentityToken", "", {Code::assertion_refused, false}},
    Row{"IDPCommunicationError", "", {Code::idp_unreachable, true}},

    Row{"MalformedPolicyDocument", "", {Code::policy_refused, false, "policy"}},
    Row{"MalformedPolicyDocumentException", "", {Code::policy_refused, false, "policy"}},
    Row{"PackedPolicyTooLarge", "", {Code::policy_refused, false, "policy"}},
    Row{"PackedPolicyTooLargeException", "", {Code::policy_refused, false, "policy"}},

    Row{"InsufficientSessionLifetime",
        "",
        {Code::duration_refused, false, "duration",
         "Ask for a shorter duration, or narrow a session that has more time left."}},
    Row{"SessionDurationEscalationException",
        "",
        {Code::duration_refused, false, "duration",
         "The token cannot outlive the caller's session: ask for a shorter duration, or with keys that have more time "
         "left."}},
    Row{"ValidationError", "durationseconds", {Code::duration_refused, false, "duration"}},
    Row{"ValidationException", "durationseconds", {Code::duration_refused, false, "duration"}},
    Row{"InvalidParameterValue", "durationseconds", {Code::duration_refused, false, "duration"}},

    Row{"RegionDisabledException", "", {Code::region_disabled, false, "region"}},

    Row{"ValidationError", "", {Code::request_refused, false}},
    Row{"ValidationException", "", {Code::request_refused, false}},
    Row{"InvalidParameterValue", "", {Code::request_refused, false}},
    Row{"InvalidParameterCombination", "", {Code::request_refused, false}},
    Row{"InvalidQueryParameter", "", {Code::request_refused, false}},
    Row{"MissingParameter", "", {Code::request_refused, false}},
    Row{"MalformedQueryString", "", {Code::request_refused, false}},
    Row{"InvalidAction", "", {Code::request_refused, false}},
    Row{"MissingAction", "", {Code::request_refused, false}},
    Row{"MethodNotAllowed", "", {Code::request_refused, false}},
    Row{"NotImplemented", "", {Code::request_refused, false}},
    Row{"NoSuchEntity", "", {Code::request_refused, false}},
    Row{"IncompleteSignature", "", {Code::request_refused, false}},
    Row{"IncompleteSignatureException", "", {Code::request_refused, false}},
    Row{"InvalidContextAssertion", "", {Code::request_refused, false}},
    Row{"InvalidAuthorizationMessageException", "", {Code::request_refused, false}},
    Row{"JWTPayloadSizeExceededException", "", {Code::request_refused, false}},

    Row{"Throttling", "", {Code::throttled, true}},
    Row{"ThrottlingException", "", {Code::throttled, true}},
    Row{"ThrottledException", "", {Code::throttled, true}},
    Row{"RequestThrottled", "", {Code::throttled, true}},
    Row{"RequestThrottledException", "", {Code::throttled, true}},
    Row{"TooManyRequestsException", "", {Code::throttled, true}},
    Row{"ProvisionedThroughputExceededException", "", {Code::throttled, true}},
    Row{"TransactionInProgressException", "", {Code::throttled, true}},
    Row{"RequestLimitExceeded", "", {Code::throttled, true}},
    Row{"BandwidthLimitExceeded", "", {Code::throttled, true}},
    Row{"LimitExceededException", "", {Code::throttled, true}},
    Row{"SlowDown", "", {Code::throttled, true}},
    Row{"PriorRequestNotComplete", "", {Code::throttled, true}},
    Row{"EC2ThrottledException", "", {Code::throttled, true}},

    Row{"InternalFailure", "", {Code::service_failed, true}},
    Row{"InternalError", "", {Code::service_failed, true}},
    Row{"InternalServerError", "", {Code::service_failed, true}},
    Row{"InternalServiceError", "", {Code::service_failed, true}},
    Row{"InternalServiceException", "", {Code::service_failed, true}},
    Row{"ServiceFailure", "", {Code::service_failed, true}},
    Row{"ServiceUnavailable", "", {Code::service_failed, true}},
    Row{"ServiceUnavailableException", "", {Code::service_failed, true}},
    Row{"RequestTimeout", "", {Code::service_failed, true}},
    Row{"RequestTimeoutException", "", {Code::service_failed, true}},
};

constexpr int not_implemented = 501;

// The SDKs repeat these; other 5xx will not pass by themselves.
bool is_transient(int status) { return status == 500 || status == 502 || status == 503 || status == 504; }

bool begins_like_html(std::string_view text) {
    constexpr std::array<std::string_view, 6> beginnings{"<!doctype html", "<html",  "<head",
                                                         "<body",          "<title", "<script"};
    while (text.starts_with("<!--")) {
        const std::size_t end = text.find("-->");
        text = end == text.npos ? std::string_view() : trimmed(text.substr(end + 3));
    }
    const std::string front = lower_ascii(text.substr(0, 16));
    return std::ranges::any_of(beginnings, [&](std::string_view beginning) { return front.starts_with(beginning); });
}

std::optional<std::string> text_at(const XmlElement& parent, std::string_view name) {
    const std::optional<XmlElement> element = parent.child(name);
    if (!element)
        return std::nullopt;
    return element->plain_text();
}

std::optional<XmlElement> error_element(const XmlElement& root) {
    const std::string_view name = root.name();
    if (name == "Error")
        return root;
    if (name == "ErrorResponse")
        return root.child("Error");
    if (name == "Response") {
        if (const std::optional<XmlElement> errors = root.child("Errors"))
            return errors->child("Error");
    }
    return std::nullopt;
}

std::optional<StsFault> fault_in_xml(const XmlElement& root, const Response& response) {
    const std::optional<XmlElement> error = error_element(root);
    if (!error)
        return std::nullopt;
    StsFault fault;
    fault.code = trimmed(text_at(*error, "Code").value_or(""));
    fault.message = text_at(*error, "Message").value_or("");
    fault.type = text_at(*error, "Type");
    fault.request_id = request_id_in(root, response);
    if (fault.code.empty())
        return std::nullopt;
    return fault;
}

// {"Error":{"Code":...}} is what STS writes when it is asked for JSON; {"__type":"namespace#Code"} what
// AWS's JSON services and gateways write.
std::optional<StsFault> fault_in_json(const Response& response) {
    const auto strings = json_strings(response.body.reveal());
    const auto first_of = [&](std::initializer_list<std::string_view> paths) -> std::optional<std::string> {
        for (const std::string_view path : paths) {
            if (const auto found = strings.find(path); found != strings.end())
                return found->second;
        }
        return std::nullopt;
    };
    StsFault fault;
    fault.code = first_of({"Error/Code", "__type"}).value_or("");
    fault.code.erase(0, fault.code.rfind('#') + 1);
    fault.message = first_of({"Error/Message", "message", "Message"}).value_or("");
    fault.type = first_of({"Error/Type"});
    fault.request_id =
        printable(first_of({"RequestId", "ResponseMetadata/RequestId"}).value_or(request_id_in_headers(response)), 128);
    if (fault.code.empty())
        return std::nullopt;
    return fault;
}

// x-amz-retry-after is in milliseconds; 0 when there is none or it is no number.
std::int64_t retry_hint(const Response& response) {
    const std::string_view text = response.header("x-amz-retry-after");
    std::int32_t wait = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wait);
    return error == std::errc() && end == text.data() + text.size() && wait > 0 ? wait : 0;
}

std::string_view kind_name(StsBody::Kind kind) {
    switch (kind) {
    case StsBody::Kind::empty: return "an empty body";
    case StsBody::Kind::xml: return "an XML document that is none of its own";
    case StsBody::Kind::broken_xml: return "a broken XML document";
    case StsBody::Kind::json: return "a JSON document that is none of its own";
    case StsBody::Kind::html: return "an HTML page";
    case StsBody::Kind::other: break;
    }
    return "a text";
}

} // namespace

// A right body is taken whatever Content-Type says; the type helps to name a wrong one.
StsBody read_sts_body(const Response& response) {
    std::string_view text = response.body.reveal();
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    text = trimmed(text);
    StsBody body;
    if (text.empty())
        return body;
    if (text.front() != '<') {
        body.kind = text.front() == '{' ? StsBody::Kind::json : StsBody::Kind::other;
        return body;
    }
    auto document = XmlReader::parse(text, sts_answer_bytes_max);
    if (document) {
        const bool is_page = equal_ignoring_case(document->root().name(), "html"); // some are well-formed
        body.kind = is_page ? StsBody::Kind::html : StsBody::Kind::xml;
        body.xml = std::move(*document);
        return body;
    }
    body.fault = document.error();
    const bool html = begins_like_html(text) || lower_ascii(response.header("content-type")).starts_with("text/html");
    body.kind = html ? StsBody::Kind::html : StsBody::Kind::broken_xml;
    return body;
}

std::string request_id_in_headers(const Response& response) {
    for (const std::string_view name : {"x-amzn-requestid", "x-amz-request-id"}) {
        if (const std::string_view id = trimmed(response.header(name)); !id.empty())
            return printable(id, 128);
    }
    return {};
}

std::string request_id_in(const XmlElement& root, const Response& response) {
    for (const std::string_view below : {"", "ResponseMetadata", "Error"}) {
        const std::optional<XmlElement> place = below.empty() ? root : root.child(below);
        for (const std::string_view name : {"RequestId", "RequestID"}) {
            const std::optional<std::string> text = place ? text_at(*place, name) : std::nullopt;
            if (const std::string_view id = text ? trimmed(*text) : std::string_view(); !id.empty())
                return printable(id, 128);
        }
    }
    return request_id_in_headers(response);
}

std::optional<StsFault> fault_in(const StsBody& body, const Response& response) {
    if (body.kind == StsBody::Kind::xml)
        return fault_in_xml(body.xml->root(), response);
    if (body.kind == StsBody::Kind::json)
        return fault_in_json(response);
    return std::nullopt;
}

StsJudgement judge_fault(const StsFault& fault, int status) {
    const std::string message = lower_ascii(fault.message);
    const auto* row = std::ranges::find_if(rows, [&](const Row& candidate) {
        return candidate.peer == fault.code && message.find(candidate.words) != message.npos;
    });
    if (row != rows.end() && !(row->judgement.code == Code::service_failed && status == not_implemented))
        return row->judgement;
    if (status == 401 || status == 403)
        return {Code::access_denied, false};
    if (status == 408 || status == 429 || status >= 500)
        return judge_status(status);
    return {Code::request_refused, false};
}

StsJudgement judge_status(int status) {
    if (status == 407)
        return {Code::proxy_failed, false, "proxy"};
    if (status == 429)
        return {Code::throttled, true};
    if (status == not_implemented)
        return {Code::request_refused, false};
    if (status == 408 || status >= 500)
        return {Code::service_failed, status == 408 || is_transient(status)};
    return {Code::not_sts, false, "sts_endpoint"};
}

namespace {

// Metadata has the signers of SAML responses alone.
StsJudgement of_action(std::string_view action, const StsJudgement& judgement) {
    if (judgement.code == Code::signer_not_in_metadata && action != "AssumeRoleWithSAML")
        return {Code::assertion_refused, false};
    return judgement;
}

// What proves itself by a token of OpenID Connect has none of SAML's reasons.
std::string_view advice_of(std::string_view action, const StsJudgement& judgement) {
    if (!judgement.advice.empty() || action != "AssumeRoleWithWebIdentity")
        return judgement.advice;
    if (judgement.code == Code::assertion_expired)
        return "Get a new token from its provider, and set it as web_identity_token.";
    if (judgement.code == Code::assertion_refused)
        return "Check that the token's issuer is an identity provider in IAM, and its audience one that is listed "
               "there.";
    return {};
}

} // namespace

Failure refuse(const Response& response, std::string_view action, const StsJudgement& judgement, std::string message) {
    const std::string_view advice = advice_of(action, judgement);
    return fail_with(judgement.code, std::move(message))
        .advice(std::string(advice.empty() ? row_of(judgement.code).advice : advice))
        .setting(judgement.setting)
        .stage(sts_stage(action))
        .http(response.status)
        .trace(request_id_in_headers(response))
        .retry_after_ms(judgement.repeatable ? retry_hint(response) : -1);
}

Failure refuse_malformed(const Response& response, std::string_view action, std::string_view what, bool repeatable) {
    return refuse(response, action, {Code::sts_answer_malformed, repeatable},
                  fmt::format("The answer of STS to {} was refused: {}.", action, what));
}

Failure refuse_fault(const Response& response, std::string_view action, const StsFault& fault) {
    const StsJudgement judgement = of_action(action, judge_fault(fault, response.status));
    const std::string peer = printable(fault.code, 128);
    const std::string words = fault.message.empty() ? std::string() : ": " + printable(trimmed(fault.message), 1000);
    std::string_view meaning = row_of(judgement.code).meaning;
    meaning.remove_suffix(1); // its full stop: what AWS says belongs to the one sentence
    return refuse(response, action, judgement, fmt::format("{} ({}{}).", meaning, peer, words))
        .peer(peer)
        .trace(fault.request_id);
}

Failure refuse_by_status(const Response& response, std::string_view action, const StsBody& body) {
    const StsJudgement judgement = judge_status(response.status);
    if (judgement.code == Code::not_sts && body.kind == StsBody::Kind::broken_xml && body.fault == XmlFault::cut_off)
        return refuse_malformed(response, action, "it is cut off", true);
    return refuse(response, action, judgement,
                  fmt::format("{} HTTP status {} with {} came in answer to {}.", row_of(judgement.code).meaning,
                              response.status, kind_name(body.kind), action));
}

Failure refuse_body(const Response& response, std::string_view action, const StsBody& body) {
    if (body.kind == StsBody::Kind::empty)
        return refuse_malformed(response, action, "it is empty", true);
    if (body.kind != StsBody::Kind::broken_xml)
        return refuse_by_status(response, action, body);
    switch (body.fault) {
    case XmlFault::cut_off: return refuse_malformed(response, action, "it is cut off", true);
    case XmlFault::malformed: return refuse_malformed(response, action, "it is not well-formed XML");
    case XmlFault::forbidden: break;
    }
    return refuse_malformed(response, action, "it has a DTD, entities, control characters or too many levels");
}

} // namespace awsfed
