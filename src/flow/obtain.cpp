#include "flow/obtain.h"

#include "base/text.h"
#include "flow/signin.h"
#include "flow/sts_call.h"
#include "flow/sts_plan.h"
#include "flow/trust.h"
#include "flow/verify.h"
#include "saml/roles.h"

namespace awsfed {

namespace {

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

// `plan`: of assume-role-with-saml.
Result<Credentials> trade_assertion(const Context& context, const Settings& settings, StsPlan plan,
                                    const Assertion& assertion, Log log, const Cancel& cancel) {
    AWSFED_TRY(RoleOffer offer, role_to_take(settings, assertion));
    AWSFED_CHECK(check_fresh(assertion, context.sts_memory().clock_of(plan.endpoint)->now()));
    plan.request.set(StsParameter::role_arn, offer.role).set(StsParameter::principal_arn, offer.provider);
    plan.request.set(StsParameter::assertion, assertion.base64());
    StsCall call(context, std::make_shared<const StsPlan>(std::move(plan)), nullptr, std::move(log));
    AWSFED_TRY(Credentials keys, call.session(cancel));
    compare_answer(keys, assertion, offer, call.log());
    return keys;
}

// Of the call that follows a sign-in, all that can be known before it.
Result<void> check_before_sign_in(const StsRequest& planned) {
    StsRequest request = planned.clone();
    constexpr std::string_view to_come = "to come";
    for (const StsParameter parameter : {StsParameter::role_arn, StsParameter::principal_arn})
        request.set(parameter, to_come);
    request.set(StsParameter::assertion, Secret(to_come));
    return check_sts_request(request);
}

Result<Credentials> sign_in_and_trade(const Context& context, const Settings& settings, const Cancel& cancel) {
    // What is missing for STS is said before a password is sent.
    AWSFED_TRY(StsPlan plan, sts_plan(settings, StsAction::assume_role_with_saml, CallerOf::host, cancel));
    AWSFED_CHECK(check_before_sign_in(plan.request));
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
    return trade_assertion(context, settings, std::move(plan), *assertion, std::move(sign_in->log()), cancel);
}

Result<Credentials> trade_given(const Context& context, const Settings& settings, const Assertion& assertion, Log log,
                                const Cancel& cancel) {
    AWSFED_TRY(StsPlan plan, sts_plan(settings, StsAction::assume_role_with_saml, CallerOf::host, cancel));
    return trade_assertion(context, settings, std::move(plan), assertion, std::move(log), cancel);
}

CallerOf caller_of(const Credentials* source) { return source != nullptr ? CallerOf::host : CallerOf::settings; }

Result<std::shared_ptr<const StsPlan>> plan_by(const Settings& settings, StsAction action, const Credentials* source,
                                               const Cancel& cancel) {
    AWSFED_TRY(StsPlan plan, sts_plan(settings, action, caller_of(source), cancel));
    // A session takes its own role once more, where no other is set.
    if (action == StsAction::assume_role && source != nullptr && !plan.request.has(StsParameter::role_arn)) {
        plan.request.set(StsParameter::role_arn, source->role_arn);
        plan.lasts = false;
    }
    if (action == StsAction::assume_role_with_saml) {
        if (has_trust(settings) || settings.boolean("require_verified"))
            return fail(Code::assertion_unproved, "A plain call does not verify the response, as the settings ask for.")
                .setting("assertion")
                .stage("verify")
                .advice("Get credentials instead (awsfed_obtain, awsfed_assume_role_with_saml): the response is "
                        "verified then.");
        AWSFED_TRY(std::optional<Secret> response, settings.secret("assertion", cancel));
        if (response)
            plan.request.set(StsParameter::assertion, std::move(*response));
    }
    if (plan.lasts)
        plan.request.keep_body();
    return std::make_shared<const StsPlan>(std::move(plan));
}

// A call by the settings alone. Those of the context, where the call has none, are read once.
Result<std::shared_ptr<const StsPlan>> plan_for(StsAction action, const Context& context, const Settings* call,
                                                const Credentials* source, const Cancel& cancel) {
    AWSFED_CHECK(context.check_process());
    const PlanMemory::Key key{action, caller_of(source)};
    if (call == nullptr) {
        if (auto kept = context.plans().find(key))
            return kept;
    }
    AWSFED_TRY(const Settings settings, context.settings_for(call));
    AWSFED_TRY(std::shared_ptr<const StsPlan> plan, plan_by(settings, action, source, cancel));
    if (call == nullptr && plan->lasts)
        context.plans().keep(key, plan);
    return plan;
}

// Without a policy, or with another role, the session would be no narrower than the one that is there.
Result<Credentials> narrow_by_role(const Context& context, const Settings& settings, const Credentials& session,
                                   const Cancel& cancel) {
    AWSFED_TRY(StsPlan plan, sts_plan(settings, StsAction::assume_role, CallerOf::host, cancel));
    if (!plan.narrows)
        return fail(Code::policy_absent, "A role that is taken once more without a policy is not narrowed.")
            .setting("policy")
            .advice("Set policy, policy_file or policy_arns.");
    if (!session.role_arn.empty())
        plan.request.set(StsParameter::role_arn, session.role_arn);
    return StsCall(context, std::make_shared<const StsPlan>(std::move(plan)), &session, context.new_log())
        .session(cancel);
}

// AWS says the first, where it does not have an action; Ceph says that the method is not allowed.
bool lacks_action(const Error& refusal) {
    return refusal.peer == "InvalidAction" || refusal.peer == "MethodNotAllowed" || refusal.peer == "NotImplemented";
}

Result<Credentials> obtain_anew(const Context& context, const Settings* call, const Cancel& cancel) {
    AWSFED_TRY(const Settings settings, context.settings_for(call));
    AWSFED_TRY(const StsAction action, action_of(settings));
    if (action == StsAction::assume_role_with_saml)
        return sign_in_and_trade(context, settings, cancel);
    return session_by(action, context, call, nullptr, cancel);
}

} // namespace

Result<Credentials> obtain(const Context& context, const Settings* call, const Cancel& cancel) {
    AWSFED_CHECK(context.check_process());
    CredentialCache& cache = context.cache();
    if (call == nullptr) {
        if (const auto terms = cache.own_terms())
            return cache.get(*terms, context.new_log(), cancel, [&] { return obtain_anew(context, nullptr, cancel); });
    }
    AWSFED_TRY(Settings settings, context.settings_for(call));
    AWSFED_TRY(const CacheTerms terms, cache.terms_of(settings, context.new_log(), cancel));
    if (call == nullptr && terms.lasts)
        cache.keep_own_terms(terms);
    // What is got under the key of a secret is got with that secret: a reference is not followed once more.
    const Settings* same = terms.is_on && !terms.lasts ? &settings : call;
    return cache.get(terms, context.new_log(), cancel, [&] { return obtain_anew(context, same, cancel); });
}

Result<Credentials> assume_role_with_saml(const Context& context, const Settings* call,
                                          std::shared_ptr<const Assertion> hints, const Cancel& cancel) {
    AWSFED_TRY(const Settings settings, context.settings_for(call));
    Log log = context.new_log();
    AWSFED_TRY(const std::optional<Verifier> verifier, verifier_for_use(context, settings, log, cancel));
    AWSFED_TRY(auto assertion, prove(context, settings, verifier, std::move(hints), log));
    return trade_given(context, settings, *assertion, std::move(log), cancel);
}

Result<Credentials> assume_role_with_saml(const Context& context, const Settings* call,
                                          const Verified<Assertion>& assertion, const Cancel& cancel) {
    AWSFED_TRY(const Settings settings, context.settings_for(call));
    return trade_given(context, settings, *assertion, context.new_log(), cancel);
}

Result<Credentials> session_by(StsAction action, const Context& context, const Settings* call,
                               const Credentials* source, const Cancel& cancel) {
    AWSFED_TRY(std::shared_ptr<const StsPlan> plan, plan_for(action, context, call, source, cancel));
    return StsCall(context, std::move(plan), source, context.new_log()).session(cancel);
}

Result<Credentials> narrow(const Context& context, const Settings* call, const Credentials& session,
                           const Cancel& cancel) {
    AWSFED_TRY(const Settings settings, context.settings_for(call));
    const std::string way = settings.text("narrow_by");
    const bool only_arns = settings.has("policy_arns") && !settings.has("policy") && !settings.has("policy_file");
    if (way == "get-scoped-credentials" || (way == "auto" && !only_arns)) {
        AWSFED_TRY(auto plan, plan_for(StsAction::get_scoped_credentials, context, call, &session, cancel));
        if (way != "auto" || !plan->endpoint.is_global) {
            auto narrowed = StsCall(context, std::move(plan), &session, context.new_log()).session(cancel);
            const bool try_role = !narrowed && way == "auto" && lacks_action(narrowed.error());
            if (!try_role)
                return narrowed;
        }
    }
    return narrow_by_role(context, settings, session, cancel);
}

Result<StsResult> ask_sts(StsAction action, const Context& context, const Settings* call, const Credentials* source,
                          const Cancel& cancel) {
    AWSFED_TRY(std::shared_ptr<const StsPlan> plan, plan_for(action, context, call, source, cancel));
    return StsCall(context, std::move(plan), source, context.new_log()).ask(cancel);
}

} // namespace awsfed
