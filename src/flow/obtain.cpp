#include "flow/obtain.h"

#include "aws/sts.h"
#include "base/text.h"
#include "flow/signin.h"
#include "flow/sts_plan.h"
#include "flow/verify.h"
#include "saml/roles.h"

namespace awsfed {

namespace {

const SystemRandom system_random;
constexpr std::chrono::minutes length_tolerance(1); // a call takes its time, and a Date has whole seconds

// One STS call: where to, over what, and the veil over the words that come back.
class StsCall {
public:
    static Result<std::unique_ptr<StsCall>> prepare(const Context& context, const Settings& settings, Log log,
                                                    const Cancel& cancel) {
        AWSFED_TRY(NetworkTerms network, network_terms(settings, cancel));
        AWSFED_TRY(Endpoint endpoint, endpoint_of(settings));
        AWSFED_TRY(const int attempts, attempts_of(settings));
        std::unique_ptr<StsCall> call(new StsCall(context, std::move(network), std::move(log)));
        call->sts_.emplace(StsTools{call->transport_, context.sts_memory(), system_random, call->log_, attempts},
                           std::move(endpoint));
        return call;
    }

    const Log& log() const { return log_; }
    void hide(const Credentials& keys) {
        hide(keys.access_key_id);
        hide(keys.secret_access_key);
        hide(keys.session_token);
    }
    void hide(const Secret& secret) { log_.hide(secret.reveal()); }

    Result<StsResult> ask(const StsRequest& request, const Credentials* caller, const Cancel& cancel) {
        Result<StsResult> answer = sts_->call(request, caller, cancel);
        if (!answer)
            return told(std::move(answer.error()));
        for (const auto& [path, secret] : answer->secrets)
            hide(secret);
        return answer;
    }

    // A duration that is refused is asked for once more, shorter. Not where a session is narrowed: how long that one
    // lasts, no refusal says, and without a duration the new one ends with it.
    Result<Credentials> session(StsRequest& request, const Credentials* caller, const Settings& settings,
                                const Cancel& cancel) {
        Result<Session> answer = sts_->session(request, caller, cancel);
        if (!answer && request.duration() && request.action().action != StsAction::get_scoped_credentials &&
            !settings.boolean("strict_duration") && !request.has(StsParameter::mfa_code)) {
            if (const auto shorter = shorter_duration(answer.error(), *request.duration())) {
                log_.write(LogLevel::warning, "sts", "STS does not give {} seconds; {} are asked for instead",
                           request.duration()->count(), shorter->count());
                request.set_duration(shorter);
                answer = sts_->session(request, caller, cancel);
            }
        }
        if (answer)
            answer = long_enough(*std::move(answer), request, settings);
        if (!answer)
            return told(std::move(answer.error()));
        return finished(*std::move(answer), settings);
    }

private:
    StsCall(const Context& context, NetworkTerms network, Log log)
        : log_(std::move(log)), clock_(context.sts_memory().clock),
          transport_(std::move(network), CurlTransport::Cookies::off, log_, context.connections()) {}

    Failure told(Error error) const {
        error = log_.redact(std::move(error));
        log_.write(LogLevel::info, "sts", "{}: {}", row_of(error.code).text, error.message);
        return pass(std::move(error));
    }

    // A session of an assertion that limits it, or of root, is shorter than asked for, and STS says nothing of it.
    Result<Session> long_enough(Session session, const StsRequest& request, const Settings& settings) const {
        const std::optional<Time> end = session.credentials.expiration;
        if (!request.duration() || !end)
            return session;
        const auto given = std::chrono::round<std::chrono::seconds>(*end - clock_.now());
        if (given >= *request.duration() - length_tolerance)
            return session;
        if (settings.boolean("strict_duration"))
            return fail(Code::duration_refused, "STS gives {} seconds, not {}.", given.count(),
                        request.duration()->count())
                .setting("duration")
                .stage(sts_stage(request.action().name))
                .trace(session.request_id)
                .advice("Ask for a shorter duration; the limit is the assertion's or the caller's, not the role's.");
        log_.write(LogLevel::warning, "sts", "STS gives {} seconds, not {}", given.count(),
                   request.duration()->count());
        return session;
    }

    // What every session goes through on its way to the caller.
    Credentials finished(Session session, const Settings& settings) {
        Credentials keys = std::move(session.credentials);
        hide(keys);
        if (settings.has("region"))
            keys.region = settings.text("region");
        log_.write(LogLevel::info, "sts", "credentials for {} until {}",
                   keys.session_arn.empty() ? "the caller" : printable(keys.session_arn),
                   keys.expiration ? iso_time(*keys.expiration) : "an unknown time");
        return keys;
    }

    Log log_;
    const Clock& clock_; // the service's
    CurlTransport transport_;
    std::optional<Sts> sts_;
};

// The role and its provider: from the assertion where it can be read, else from the settings.
Result<RoleOffer> role_to_take(const Settings& settings, const Assertion& assertion) {
    const std::optional<Arn> wish = settings.arn("role_arn");
    if (assertion.encrypted) {
        const std::optional<Arn> provider = settings.arn("principal_arn");
        if (!wish || !provider)
            return fail(Code::setting_missing,
                        "The assertion is encrypted, so role_arn and principal_arn must both be set.")
                .setting(wish ? "principal_arn" : "role_arn");
        return RoleOffer{*wish, *provider};
    }
    AWSFED_TRY(std::optional<RoleOffer> offer, choose_role(assertion.roles, wish));
    if (offer)
        return std::move(*offer);
    std::string roles;
    for (const RoleOffer& one : assertion.roles)
        roles += "\n" + one.role.text();
    return fail(Code::role_not_chosen, "The assertion offers {} roles and none was chosen.", assertion.roles.size())
        .setting("role_arn")
        .advice("Set role_arn to one of these:" + roles);
}

// What STS says about the assertion ought to be what was read here; another provider's answer would show itself so.
void compare_answer(const Credentials& keys, const Assertion& assertion, const RoleOffer& offer, const Log& log) {
    const auto differs = [&](std::string_view what, std::string_view member, const std::string& expected) {
        const std::string_view said = keys.answered(member);
        if (!said.empty() && !expected.empty() && said != expected)
            log.write(LogLevel::warning, "sts", "STS names another {} than the assertion: {}, not {}", what,
                      printable(said), printable(expected));
    };
    if (assertion.encrypted)
        return;
    differs("subject", "Subject", assertion.name_id);
    differs("issuer", "Issuer", assertion.issuer);
    differs("audience", "Audience", assertion.recipient);
    differs("name qualifier", "NameQualifier", predicted_name_qualifier(assertion.issuer, offer.provider));
}

Result<Credentials> trade_assertion(const Context& context, const Settings& settings, const Assertion& assertion,
                                    Log log, const Cancel& cancel) {
    AWSFED_TRY(RoleOffer offer, role_to_take(settings, assertion));
    AWSFED_CHECK(check_fresh(assertion, context.sts_memory().clock.now()));
    AWSFED_TRY(StsRequest request, sts_request_of(settings, StsAction::assume_role_with_saml, log, cancel));
    AWSFED_TRY(std::unique_ptr<StsCall> call, StsCall::prepare(context, settings, std::move(log), cancel));
    Secret response = assertion.base64();
    call->hide(response);
    request.set(StsParameter::role_arn, offer.role).set(StsParameter::principal_arn, offer.provider);
    request.set(StsParameter::assertion, std::move(response));
    AWSFED_TRY(Credentials keys, call->session(request, nullptr, settings, cancel));
    compare_answer(keys, assertion, offer, call->log());
    return keys;
}

Result<Credentials> caller_or(const Credentials* source, const Settings& settings, const Cancel& cancel) {
    if (source != nullptr)
        return source->clone();
    return caller_of(settings, cancel);
}

// Of the call that follows a sign-in, all that can be known before it.
Result<void> check_terms(const Settings& settings, const Log& log, const Cancel& cancel) {
    AWSFED_CHECK(attempts_of(settings));
    AWSFED_TRY(StsRequest request, sts_request_of(settings, StsAction::assume_role_with_saml, log, cancel));
    constexpr std::string_view to_come = "to come";
    for (const StsParameter parameter : {StsParameter::role_arn, StsParameter::principal_arn})
        request.set(parameter, to_come);
    request.set(StsParameter::assertion, Secret(to_come));
    return check_sts_request(request);
}

Result<Credentials> sign_in_and_trade(const Context& context, const Settings& settings, const Cancel& cancel) {
    // What is missing for STS is said before a password is sent.
    AWSFED_CHECK(endpoint_of(settings));
    AWSFED_CHECK(check_terms(settings, context.new_log(), cancel));
    AWSFED_TRY(const std::optional<Verifier> verifier, verifier_for_use(context, settings, context.new_log(), cancel));

    AWSFED_TRY(std::unique_ptr<SignIn> sign_in, SignIn::start(context, settings, cancel));
    AWSFED_TRY(SignIn::State state, sign_in->step(cancel));
    if (state == SignIn::State::asks) {
        const std::string& name = sign_in->questions().front().name;
        return fail(Code::question_left, "The sign-in asks for {}, which no setting answers.", name)
            .setting(name)
            .stage("sign-in");
    }
    AWSFED_TRY(std::shared_ptr<const Assertion> hints, sign_in->result());
    AWSFED_TRY(auto assertion, prove(context, settings, verifier, std::move(hints), sign_in->log()));
    return trade_assertion(context, settings, *assertion, std::move(sign_in->log()), cancel);
}

// A call by the settings alone.
struct Prepared {
    StsRequest request;
    std::optional<Credentials> caller; // none where the action proves itself
    std::unique_ptr<StsCall> call;
};

Result<Prepared> prepare(StsAction action, const Context& context, const Settings& settings, const Credentials* source,
                         const Cancel& cancel) {
    Log log = context.new_log();
    AWSFED_TRY(StsRequest request, sts_request_of(settings, action, log, cancel));
    if (action == StsAction::assume_role_with_saml) {
        AWSFED_TRY(std::optional<Secret> response, settings.secret("assertion", cancel));
        if (response)
            request.set(StsParameter::assertion, std::move(*response));
    }
    std::optional<Credentials> caller;
    if (request.action().caller != StsCaller::none) {
        AWSFED_TRY(caller, caller_or(source, settings, cancel));
    }
    AWSFED_TRY(std::unique_ptr<StsCall> call, StsCall::prepare(context, settings, std::move(log), cancel));
    if (caller)
        call->hide(*caller);
    request.for_each_secret([&](const Secret& secret) { call->hide(secret); });
    return Prepared{std::move(request), std::move(caller), std::move(call)};
}

Result<Credentials> session_by(StsAction action, const Context& context, const Settings& settings,
                               const Credentials* source, const Cancel& cancel) {
    AWSFED_TRY(Prepared prepared, prepare(action, context, settings, source, cancel));
    // A session is narrowed by its own role, where no other is set.
    if (action == StsAction::assume_role && !prepared.request.has(StsParameter::role_arn) && source != nullptr)
        prepared.request.set(StsParameter::role_arn, source->role_arn);
    return prepared.call->session(prepared.request, prepared.caller ? &*prepared.caller : nullptr, settings, cancel);
}

} // namespace

Result<Credentials> obtain(const Context& context, const Settings* call, const Cancel& cancel) {
    AWSFED_TRY(Settings settings, context.settings_for(call));
    AWSFED_TRY(const StsAction action, action_of(settings));
    if (action == StsAction::assume_role_with_saml)
        return sign_in_and_trade(context, settings, cancel);
    return session_by(action, context, settings, nullptr, cancel);
}

Result<Credentials> assume_role_with_saml(const Context& context, const Settings* call,
                                          std::shared_ptr<const Assertion> hints, const Cancel& cancel) {
    AWSFED_TRY(Settings settings, context.settings_for(call));
    Log log = context.new_log();
    AWSFED_TRY(const std::optional<Verifier> verifier, verifier_for_use(context, settings, log, cancel));
    AWSFED_TRY(auto assertion, prove(context, settings, verifier, std::move(hints), log));
    return trade_assertion(context, settings, *assertion, std::move(log), cancel);
}

Result<Credentials> assume_role_with_saml(const Context& context, const Settings* call,
                                          const Verified<Assertion>& assertion, const Cancel& cancel) {
    AWSFED_TRY(Settings settings, context.settings_for(call));
    return trade_assertion(context, settings, *assertion, context.new_log(), cancel);
}

Result<Credentials> session_by(StsAction action, const Context& context, const Settings* call,
                               const Credentials* source, const Cancel& cancel) {
    AWSFED_TRY(Settings settings, context.settings_for(call));
    return session_by(action, context, settings, source, cancel);
}

Result<Credentials> narrow(const Context& context, const Settings* call, const Credentials& session,
                           const Cancel& cancel) {
    AWSFED_TRY(Settings settings, context.settings_for(call));
    const std::string way = settings.text("narrow_by");
    if (way != "assume-role") {
        auto narrowed = session_by(StsAction::get_scoped_credentials, context, settings, &session, cancel);
        const bool unknown_there = !narrowed && narrowed.error().peer == "InvalidAction" && way == "auto";
        if (!unknown_there)
            return narrowed;
    }
    return session_by(StsAction::assume_role, context, settings, &session, cancel);
}

Result<StsResult> ask_sts(StsAction action, const Context& context, const Settings* call, const Credentials* source,
                          const Cancel& cancel) {
    AWSFED_TRY(Settings settings, context.settings_for(call));
    AWSFED_TRY(const Prepared prepared, prepare(action, context, settings, source, cancel));
    return prepared.call->ask(prepared.request, prepared.caller ? &*prepared.caller : nullptr, cancel);
}

} // namespace awsfed
