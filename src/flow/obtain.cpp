#include "flow/obtain.h"

#include "aws/sts.h"
#include "base/text.h"
#include "flow/signin.h"
#include "flow/verify.h"
#include "saml/roles.h"

namespace awsfed {

namespace {

const SystemClock system_clock;

// One STS call: where to, over what, and the veil over the words that come back.
class StsCall {
public:
    static Result<std::unique_ptr<StsCall>> prepare(const Context& context, const Settings& settings, Log log) {
        AWSFED_TRY(NetworkTerms network, network_terms(settings));
        AWSFED_TRY(Endpoint endpoint, endpoint_of(settings));
        std::unique_ptr<StsCall> call(new StsCall(context, std::move(network), std::move(log)));
        call->sts_.emplace(call->transport_, system_clock, std::move(endpoint.url), endpoint.signing_region);
        return call;
    }

    const Sts& sts() const { return *sts_; }
    const Log& log() const { return log_; }
    void hide(const Credentials& keys) {
        log_.hide(keys.access_key_id.reveal());
        log_.hide(keys.secret_access_key.reveal());
        log_.hide(keys.session_token.reveal());
    }
    void hide(const Secret& secret) { log_.hide(secret.reveal()); }

    // What every answer goes through on its way to the caller.
    Result<Credentials> finish(Result<Session> answer, const Settings& settings) {
        if (!answer) {
            Error error = log_.redact(std::move(answer.error()));
            log_.write(LogLevel::info, "sts", "{}: {}", row_of(error.code).text, error.message);
            return pass(std::move(error));
        }
        Credentials keys = std::move(answer->credentials);
        hide(keys);
        keys.session_arn = answer->assumed_role_arn.empty() ? answer->federated_user_arn : answer->assumed_role_arn;
        if (keys.region.empty())
            keys.region = settings.text("region");
        log_.write(LogLevel::info, "sts", "credentials for {} until {}", printable(keys.session_arn),
                   keys.expiration ? iso_time(*keys.expiration) : "an unknown time");
        return keys;
    }

private:
    StsCall(const Context& context, NetworkTerms network, Log log)
        : log_(std::move(log)),
          transport_(std::move(network), CurlTransport::Cookies::off, log_, context.connections()) {}

    Log log_;
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
void compare_answer(const Session& answer, const Assertion& assertion, const RoleOffer& offer, const Log& log) {
    const auto differs = [&](std::string_view what, const std::string& said, const std::string& expected) {
        if (!said.empty() && !expected.empty() && said != expected)
            log.write(LogLevel::warning, "sts", "STS names another {} than the assertion: {}, not {}", what,
                      printable(said), printable(expected));
    };
    if (assertion.encrypted)
        return;
    differs("subject", answer.subject, assertion.name_id);
    differs("issuer", answer.issuer, assertion.issuer);
    differs("audience", answer.audience, assertion.recipient);
    differs("name qualifier", answer.name_qualifier, predicted_name_qualifier(assertion.issuer, offer.provider));
}

Result<Credentials> trade_assertion(const Context& context, const Settings& settings, const Assertion& assertion,
                                    Log log, const Cancel& cancel) {
    AWSFED_TRY(RoleOffer offer, role_to_take(settings, assertion));
    AWSFED_CHECK(check_fresh(assertion, system_clock.now()));
    AWSFED_TRY(SessionTerms terms, session_terms(settings));
    AWSFED_TRY(std::unique_ptr<StsCall> call, StsCall::prepare(context, settings, std::move(log)));
    const Secret response = assertion.base64();
    call->hide(response);
    const AssumeRoleWithSaml request{offer.role, offer.provider, response, std::move(terms)};
    Result<Session> answer = call->sts().assume_role_with_saml(request, cancel);
    if (answer)
        compare_answer(*answer, assertion, offer, call->log());
    AWSFED_TRY(Credentials keys, call->finish(std::move(answer), settings));
    keys.role_arn = offer.role.text();
    return keys;
}

Result<Credentials> caller_or(const Credentials* source, const Settings& settings, const Cancel& cancel) {
    if (source != nullptr)
        return source->clone();
    return caller_of(settings, cancel);
}

Result<Credentials> sign_in_and_trade(const Context& context, const Settings& settings, const Cancel& cancel) {
    // What is missing for STS is said before a password is sent.
    AWSFED_CHECK(endpoint_of(settings));
    AWSFED_TRY(SessionTerms terms, session_terms(settings));
    AWSFED_CHECK(check_role_terms(terms));
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

} // namespace

Result<Credentials> obtain(const Context& context, const Settings* call, const Cancel& cancel) {
    AWSFED_TRY(Settings settings, context.settings_for(call));
    AWSFED_TRY(StsAction action, action_of(settings));
    switch (action) {
    case StsAction::assume_role_with_saml: return sign_in_and_trade(context, settings, cancel);
    case StsAction::assume_role: return assume_role(context, &settings, nullptr, cancel);
    case StsAction::get_federation_token: break;
    }
    return federation_token(context, &settings, nullptr, cancel);
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

Result<Credentials> assume_role(const Context& context, const Settings* call, const Credentials* source,
                                const Cancel& cancel) {
    AWSFED_TRY(Settings settings, context.settings_for(call));
    const std::optional<Arn> role = settings.arn("role_arn");
    if (!role)
        return fail(Code::setting_missing, "assume-role needs the setting role_arn.").setting("role_arn");
    AWSFED_TRY(SessionTerms terms, session_terms(settings));
    const AssumeRole request{*role, settings.text("role_session_name"), settings.text("external_id"), std::move(terms)};
    AWSFED_TRY(Credentials caller, caller_or(source, settings, cancel));
    AWSFED_TRY(std::unique_ptr<StsCall> call_to, StsCall::prepare(context, settings, context.new_log()));
    call_to->hide(caller);
    AWSFED_TRY(Credentials keys, call_to->finish(call_to->sts().assume_role(request, caller, cancel), settings));
    keys.role_arn = role->text();
    return keys;
}

Result<Credentials> federation_token(const Context& context, const Settings* call, const Credentials* source,
                                     const Cancel& cancel) {
    AWSFED_TRY(Settings settings, context.settings_for(call));
    AWSFED_TRY(SessionTerms terms, session_terms(settings));
    const GetFederationToken request{settings.text("federated_name"), std::move(terms),
                                     settings.boolean("allow_no_policy")};
    AWSFED_TRY(Credentials caller, caller_or(source, settings, cancel));
    AWSFED_TRY(std::unique_ptr<StsCall> call_to, StsCall::prepare(context, settings, context.new_log()));
    call_to->hide(caller);
    return call_to->finish(call_to->sts().get_federation_token(request, caller, cancel), settings);
}

} // namespace awsfed
