#include "aws/sts.h"

#include "aws/sigv4.h"
#include "base/arn.h"
#include "base/limits.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace awsfed {

namespace {

constexpr std::string_view content_type = "application/x-www-form-urlencoded; charset=utf-8";
const Credentials nobody; // whose keys are missing

// An error from below the protocol does not know which call it spoiled.
Error at_stage(const StsActionRow& action, Error error) {
    if (error.stage.empty())
        error.stage = sts_stage(action.name);
    return error;
}

// Whoever has a request's signature, and the rest of it, can send it again for a quarter of an hour. A server may quote
// it.
Error without_signature(Error error, const Request& request) {
    constexpr std::string_view before = "Signature=";
    Log veil;
    for (const auto& [name, value] : request.secret_headers) {
        const std::size_t at = value.reveal().find(before);
        if (at != std::string_view::npos)
            veil.hide(value.reveal().substr(at + before.size()));
    }
    return veil.redact(std::move(error));
}

// arn:aws:sts::1:assumed-role/NAME/SESSION comes of arn:aws:iam::1:role/PATH/NAME. Of what a service writes in another
// form nothing is known.
bool is_of_other_role(const Arn& session, const Arn& role) {
    std::string_view path = session.resource();
    if (!role.is_role() || !path.starts_with("assumed-role/") || std::ranges::count(path, '/') < 2)
        return false;
    path = path.substr(0, path.rfind('/'));
    return session.account() != role.account() || !equal_ignoring_case(path.substr(path.rfind('/') + 1), role.name());
}

Result<void> check_role(const Session& session, const StsRequest& request) {
    const Result<Arn> given = Arn::parse(session.assumed_role_arn);
    const Result<Arn> asked = Arn::parse(request.text(StsParameter::role_arn));
    if (!given || !asked || !is_of_other_role(*given, *asked))
        return {};
    return fail(Code::sts_answer_malformed, "The answer of STS to {} was refused: {} is not a session of {}.",
                request.action().name, printable(given->text()), asked->text())
        .stage(sts_stage(request.action().name))
        .trace(session.request_id);
}

// Of keys that came of a role, as far as it is known: those of GetSessionToken are temporary too.
bool are_of_role(const Credentials& keys) {
    return !keys.role_arn.empty() || keys.session_arn.find(":assumed-role/") != std::string::npos;
}

} // namespace

std::shared_ptr<ServiceClock> StsMemory::clock_of(const Endpoint& endpoint) {
    if (endpoint.is_of_aws)
        return {std::shared_ptr<ServiceClock>(), &clock}; // owned here
    return other_clocks.at(endpoint.url.origin());
}

// What AWS refuses for certain. Of other services that is not known.
Result<void> Sts::check(const StsRequest& request, const Credentials* caller) const {
    const StsActionRow& action = request.action();
    if (endpoint_.is_global && action.regional_only)
        return fail(Code::setting_conflict, "{} is not at the old global endpoint.", action.word)
            .setting("legacy_global_endpoint");
    if (!endpoint_.is_of_aws || caller == nullptr || caller->access_key_id.empty())
        return {};
    const bool temporary = caller->are_temporary();
    if (action.caller == StsCaller::long_term && temporary)
        return fail(Code::caller_refused, "{} takes a user's own keys, and these are of a session.", action.word)
            .setting("session_token")
            .advice("Use assume-role to go on from a session.");
    if (action.caller == StsCaller::temporary && !temporary)
        return fail(Code::caller_refused, "{} narrows a session, and these keys are of none.", action.word)
            .setting("session_token")
            .advice("Use get-federation-token or assume-role with long-term keys.");
    if (action.action == StsAction::assume_role && temporary && are_of_role(*caller) &&
        request.duration() > chained_duration_max)
        return fail(Code::setting_invalid,
                    "A role that is taken by a role's session lasts an hour at the most, not {} seconds.",
                    request.duration()->count())
            .setting("duration")
            .advice("Ask for 3600 seconds or less, or take the role with a user's own keys.");
    return {};
}

Result<void> Sts::sign(Request& request, const Credentials& caller, Time time) const {
    const std::array<HeaderView, 2> headers{HeaderView{"Host", request.url.host_and_port()},
                                            HeaderView{"Content-Type", content_type}};
    const RequestToSign text{request.method, request.url.path(), request.url.query(), headers, request.body.reveal()};
    const SigningKeys keys{caller.access_key_id.reveal(), caller.secret_access_key.reveal(),
                           caller.session_token.reveal()};
    AWSFED_TRY(auto&& signature,
               sign_headers(text, keys, {endpoint_.signing_region, "sts", time}, {}, &tools_.memory.signing_keys));
    std::ranges::move(signature.headers, std::back_inserter(request.headers));
    request.secret_headers = std::move(signature.secret_headers);
    return {};
}

Result<StsResult> Sts::attempt(const StsActionRow& action, Request& request, const Credentials* caller,
                               Attempt& attempt, const Cancel& cancel) const {
    request.headers.clear();
    request.headers.reserve(2); // and the signer's date
    request.headers.emplace_back("Content-Type", content_type);
    if (action.caller != StsCaller::none)
        AWSFED_CHECK(sign(request, caller == nullptr ? nobody : *caller, attempt.signed_at));
    const Time sent = clock_->own().now();
    AWSFED_TRY(const Response& response, tools_.transport.send(request, cancel));
    const ExchangeTimes times{sent, clock_->own().now()};
    attempt.service_time = clock_->learn(response, times);
    return read_sts_result(action.name, response);
}

Result<StsResult> Sts::call(const StsRequest& asked, const Credentials* caller, const Cancel& cancel) const {
    const StsActionRow& action = asked.action();
    if (auto good = check(asked, caller); !good)
        return pass(at_stage(action, std::move(good.error())));
    Result<Secret> body = sts_body(asked);
    if (!body)
        return pass(at_stage(action, std::move(body.error())));
    Request request{.method = "POST", .url = endpoint_.url};
    request.body = *std::move(body);
    request.body_is_secret = asked.has_secret();
    request.answer_bytes_max = sts_answer_bytes_max;
    request.once = asked.has(StsParameter::mfa_code);

    Retry retry(tools_.memory.budget, tools_.random, request.once ? 1 : tools_.attempts);
    while (true) {
        Attempt made{.signed_at = clock_->now()};
        Result<StsResult> result = attempt(action, request, caller, made, cancel);
        if (result) {
            retry.succeeded();
            return result;
        }
        Error error = without_signature(judged(action, std::move(result.error()), made), request);
        const auto pause = retry.after(error);
        if (request.once)
            error.retry_after_ms = -1; // the code may have been taken
        if (!pause)
            return pass(std::move(error));
        tools_.log.write(LogLevel::info, "sts", "{}; the call is repeated in {} ms", error.message, pause->count());
        if (!wait(*pause, cancel))
            return fail(Code::cancelled, "The call was cancelled.").stage(sts_stage(action.name));
    }
}

// Whether the clock was at fault, only an answer with a date can tell.
Error Sts::judged(const StsActionRow& action, Error error, const Attempt& made) const {
    error = at_stage(action, std::move(error));
    if (error.code == Code::not_sts)
        error.message += fmt::format(" It was asked at {}.", endpoint_.url.origin());
    if (is_clock_fault(error.peer, made.signed_at, made.service_time)) {
        error.retry_after_ms = 0;
        error.code = Code::clock_skew;
    } else if (error.code == Code::clock_skew) {
        error.retry_after_ms = -1; // signed anew, it would be the same
    }
    return error;
}

Result<Session> Sts::session(const StsRequest& request, const Credentials* caller, const Cancel& cancel) const {
    AWSFED_TRY(auto&& result, call(request, caller, cancel));
    Result<Session> session = session_of(request.action(), std::move(result));
    if (!session)
        return session;
    AWSFED_CHECK(check_role(*session, request));
    session->credentials.region = endpoint_.signing_region;
    if (request.action().takes(StsParameter::role_arn))
        session->credentials.role_arn = request.text(StsParameter::role_arn);
    return session;
}

} // namespace awsfed
