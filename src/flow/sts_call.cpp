#include "flow/sts_call.h"

#include "base/text.h"

namespace awsfed {

namespace {

const SystemRandom system_random;
constexpr std::chrono::minutes length_tolerance(1); // a call takes its time, and a Date has whole seconds

// In percent: then the next tag or statement may be refused. Beyond 100 STS refuses, so that who says so and does not
// means something else by it.
bool is_nearly_full(std::int64_t packed) { return packed >= 80 && packed <= 100; }

} // namespace

StsCall::StsCall(const Context& context, std::shared_ptr<const StsPlan> plan, const Credentials* caller, Log log)
    : plan_(std::move(plan)), caller_(caller == nullptr && plan_->caller ? &*plan_->caller : caller),
      log_(std::move(log)), transport_(std::shared_ptr<const NetworkTerms>(plan_, &plan_->network),
                                       CurlTransport::Cookies::off, log_, context.connections()),
      sts_(StsTools{transport_, context.sts_memory(), system_random, log_, plan_->attempts}, plan_->endpoint) {
    wanted_ = plan_->request.duration();
    if (log_.listens(LogLevel::warning))
        hide_asked();
    for (const std::string_view setting : plan_->unused)
        log_.write(LogLevel::warning, "sts", "{} has no use for {}, which is set", plan_->request.action().word,
                   setting);
    for (const std::string& note : plan_->policy_notes)
        log_.write(LogLevel::warning, "policy", "the session policy, {}", note);
}

Result<StsResult> StsCall::ask(const Cancel& cancel) {
    Result<StsResult> answer = sts_.call(plan_->request, caller_, cancel);
    if (!answer)
        return told(std::move(answer.error()));
    for (const auto& [path, secret] : answer->secrets)
        log_.hide(secret.reveal());
    return answer;
}

Result<Credentials> StsCall::session(const Cancel& cancel) {
    Result<Session> answer = sts_.session(plan_->request, caller_, cancel);
    if (!answer)
        answer = once_more(answer.error(), cancel);
    if (!answer)
        return told(std::move(answer.error()));
    for (const auto check : {&StsCall::still_good, &StsCall::long_enough}) {
        if (Result<void> good = (this->*check)(*answer); !good)
            return told(std::move(good.error()));
    }
    return finished(*std::move(answer));
}

// Not where a session is narrowed: how long that one lasts, no refusal says, and without a duration the new one ends
// with it. Nor with a code that is good for one attempt.
Result<Session> StsCall::once_more(const Error& refusal, const Cancel& cancel) {
    const StsRequest& asked = plan_->request;
    if (!asked.duration() || asked.action().action == StsAction::get_scoped_credentials || plan_->strict_duration ||
        asked.has(StsParameter::mfa_code))
        return Failure(refusal);
    const auto shorter = shorter_duration(refusal, asked.action(), *asked.duration());
    if (!shorter)
        return Failure(refusal);
    log_.write(LogLevel::warning, "sts", "STS does not give {} seconds; {} are asked for instead",
               asked.duration()->count(), shorter->count());
    StsRequest request = asked.clone();
    request.set_duration(shorter);
    wanted_ = shorter;
    return sts_.session(request, caller_, cancel);
}

void StsCall::hide_asked() {
    if (caller_ != nullptr)
        hide(*caller_);
    plan_->request.for_each_secret([&](const Secret& secret) { log_.hide(secret.reveal()); });
}

void StsCall::hide(const Credentials& keys) {
    for (const Secret* secret : {&keys.access_key_id, &keys.secret_access_key, &keys.session_token})
        log_.hide(secret->reveal());
}

Failure StsCall::told(Error error) {
    if (!log_.listens(LogLevel::warning)) // else it was done
        hide_asked();
    error = log_.redact(std::move(error));
    log_.write(LogLevel::info, "sts", "{}: {}", row_of(error.code).text, error.message);
    return pass(std::move(error));
}

// AWS SDKs use keys that are over without a word; a cache in front of STS may hand them out.
Result<void> StsCall::still_good(const Session& session) const {
    const std::optional<Time> end = session.credentials.expiration;
    if (!end || *end > sts_.clock().now())
        return {};
    const std::string_view action = plan_->request.action().name;
    return fail(Code::sts_answer_malformed, "The answer of STS to {} was refused: its session was over at {}.", action,
                iso_time(*end))
        .stage(sts_stage(action))
        .trace(session.request_id);
}

// A session of an assertion that limits it, or of root, is shorter than asked for, and STS says nothing of it.
Result<void> StsCall::long_enough(const Session& session) const {
    const std::optional<Time> end = session.credentials.expiration;
    if (!wanted_ || !end)
        return {};
    const auto given = std::chrono::round<std::chrono::seconds>(*end - sts_.clock().now());
    if (given >= *wanted_ - length_tolerance)
        return {};
    if (plan_->strict_duration)
        return fail(Code::duration_refused, "STS gives {} seconds, not {}.", given.count(), wanted_->count())
            .setting("duration")
            .stage(sts_stage(plan_->request.action().name))
            .trace(session.request_id)
            .advice("Ask for a shorter duration; the limit is the assertion's or the caller's, not the role's.");
    log_.write(LogLevel::warning, "sts", "STS gives {} seconds, not {}", given.count(), wanted_->count());
    return {};
}

// What every session goes through on its way to the caller.
Credentials StsCall::finished(Session&& session) {
    Credentials keys = std::move(session.credentials);
    if (log_.listens(LogLevel::warning)) // no error comes behind this
        hide(keys);
    keys.issued = sts_.clock().now();
    if (!plan_->region.empty())
        keys.region = plan_->region;
    if (session.packed_policy_size) // no more is known of how STS packs policies and tags
        log_.write(is_nearly_full(*session.packed_policy_size) ? LogLevel::warning : LogLevel::info, "policy",
                   "the session policies and tags take {} % of what STS packs them into", *session.packed_policy_size);
    if (log_.listens(LogLevel::info))
        log_.write(LogLevel::info, "sts", "credentials for {} until {}",
                   keys.session_arn.empty() ? "the caller" : printable(keys.session_arn),
                   keys.expiration ? iso_time(*keys.expiration) : "an unknown time");
    return keys;
}

} // namespace awsfed
