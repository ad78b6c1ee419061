#include "flow/obtain.h"

#include "base/text.h"
#include "flow/audit.h"
#include "flow/kept_session.h"
#include "flow/request_text.h"
#include "flow/role_chain.h"
#include "flow/signer.h"
#include "flow/signin.h"
#include "flow/sts_call.h"
#include "flow/sts_plan.h"
#include "flow/trust.h"
#include "flow/verify.h"
#include "saml/roles.h"

namespace awsfed {

namespace {

std::string_view saml_action() { return row_of(StsAction::assume_role_with_saml).word; }

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
    AWSFED_CHECK(check_session_name(assertion));
    AWSFED_CHECK(check_fresh(assertion, context.sts_memory().clock_of(plan.endpoint)->now()));
    plan.request.set(StsParameter::role_arn, offer.role).set(StsParameter::principal_arn, offer.provider);
    plan.request.set(StsParameter::assertion, assertion.base64());
    StsCall call(context, std::make_shared<const StsPlan>(std::move(plan)), nullptr, std::move(log));
    AWSFED_TRY(Credentials keys, call.session(cancel));
    compare_answer(keys, assertion, offer, call.log());
    return keys;
}

} // namespace

Result<void> check_before_sign_in(const StsRequest& planned) {
    StsRequest request = planned.clone();
    constexpr std::string_view to_come = "to come";
    for (const StsParameter parameter : {StsParameter::role_arn, StsParameter::principal_arn})
        request.set(parameter, to_come);
    request.set(StsParameter::assertion, Secret(to_come));
    return check_sts_request(request);
}

namespace {

Failure left(const Question& question) {
    if (question.adapter.empty())
        return fail(Code::question_left, "The sign-in asks for {}, which no setting answers.", question.name)
            .setting(question.name)
            .stage("sign-in");
    return fail(Code::second_factor_demanded, "The identity provider demands a second factor: \"{}\".",
                question.adapter)
        .peer(question.adapter)
        .setting(question.name)
        .stage("sign-in");
}

// Nobody is asked here. What somebody approves elsewhere is waited for.
Result<void> run_unattended(const Context& context, const Settings& settings, std::unique_ptr<SignIn>& sign_in,
                            const Cancel& cancel) {
    while (true) {
        AWSFED_TRY(const SignIn::State state, sign_in->step(cancel));
        if (state == SignIn::State::done)
            return {};
        if (state == SignIn::State::waits)
            continue;
        const Question question = sign_in->questions().front();
        const auto text = sign_in_text(settings, cancel);
        if (text && sign_in->has_sent_password())
            context.open_sign_ins().keep(context.own_store()->key_of(*text), std::move(sign_in));
        return left(question);
    }
}

// Refuses what a verifier does not prove, where the settings name one.
Result<SharedSignIns::Brought> sign_in(const Context& context, const Settings& settings, const Cancel& cancel) {
    AWSFED_TRY(const std::optional<Verifier> verifier, verifier_for_use(context, settings, context.new_log(), cancel));
    AWSFED_TRY(std::unique_ptr<SignIn> sign_in, SignIn::start(context, settings.clone(), cancel));
    AWSFED_CHECK(run_unattended(context, settings, sign_in, cancel));
    AWSFED_TRY(std::shared_ptr<const Assertion> hints, sign_in->result());
    auto proved = prove(context, settings, verifier, std::move(hints), sign_in->log());
    if (!proved) {
        drop_kept_session(context, settings, cancel);
        return pass(std::move(proved.error()));
    }
    return std::make_shared<const SignedIn>(SignedIn{std::move(proved->assertion), std::move(proved->verification)});
}

// Another one may do: that of a sign-in of this moment.
bool is_about_assertion(const Error& error) {
    return error.code == Code::assertion_expired || error.code == Code::assertion_refused;
}

Result<Credentials> sign_in_and_trade(const Context& context, const Settings& settings, AuditFacts& facts,
                                      const Cancel& cancel) {
    const auto trade = [&](const SignedIn& signed_in) -> Result<Credentials> {
        AWSFED_TRY(StsPlan plan, sts_plan(settings, StsAction::assume_role_with_saml, CallerOf::host, cancel));
        facts.verification = signed_in.verification;
        Log log = context.new_log();
        log.hide(signed_in.assertion->response.reveal());
        auto keys = trade_assertion(context, settings, std::move(plan), *signed_in.assertion, std::move(log), cancel);
        if (!keys && is_about_assertion(keys.error()))
            drop_kept_session(context, settings, cancel);
        return keys;
    };
    // What is missing for STS is said before a password is sent.
    AWSFED_TRY(const StsPlan plan, sts_plan(settings, StsAction::assume_role_with_saml, CallerOf::host, cancel));
    AWSFED_CHECK(check_before_sign_in(plan.request));
    const auto go = [&] { return sign_in(context, settings, cancel); };
    if (settings.text("cache") == "off" || idp_of(settings) == Idp::assertion) {
        AWSFED_TRY(const SharedSignIns::Brought own, go());
        return trade(*own);
    }
    AWSFED_TRY(const RequestText text, sign_in_text(settings, cancel));
    const RequestKey key = context.own_store()->key_of(text);
    AWSFED_TRY(const SharedSignIns::Got got, context.sign_ins().get(key, cancel, go));
    Result<Credentials> keys = trade(*got.signed_in);
    if (keys || got.is_own || !is_about_assertion(keys.error()))
        return keys;
    context.sign_ins().drop(key, got.signed_in);
    AWSFED_TRY(const SharedSignIns::Got again, context.sign_ins().get(key, cancel, go));
    return trade(*again.signed_in);
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

// Who sets a chain means the session of its last role, which only some calls give.
Result<void> refuse_chain(const Settings& settings) {
    if (!settings.has("role_chain"))
        return {};
    return fail(Code::setting_conflict, "This call takes one role, and role_chain names further ones.")
        .setting("role_chain")
        .advice("Get credentials instead (awsfed_obtain, awsfed_assume_role_with_saml), or take role_chain away.");
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
    if (row_of(action).gives_credentials)
        AWSFED_CHECK(refuse_chain(settings));
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

// ---- by settings that are whole -------------------------------------------------------------

Result<Credentials> obtain_anew(const Context& context, const Settings& settings, AuditFacts& facts,
                                const Cancel& cancel) {
    AWSFED_TRY(const StsAction action, action_of(settings));
    if (action == StsAction::assume_role_with_saml)
        return sign_in_and_trade(context, settings, facts, cancel);
    AWSFED_TRY(auto plan, plan_by(settings, action, nullptr, cancel));
    return StsCall(context, std::move(plan), nullptr, context.new_log()).session(cancel);
}

Result<Credentials> take_next(const Context& context, const RoleChain& chain, std::size_t hop,
                              const Credentials& before, const Cancel& cancel) {
    AWSFED_TRY(auto plan, plan_by(chain.call(hop, before), StsAction::assume_role, &before, cancel));
    return StsCall(context, std::move(plan), &before, context.new_log()).session(cancel);
}

// What is kept, else what `go` brings, and which of the two it was.
Result<Credentials> get_or_bring(const Context& context, const CacheTerms& terms, AuditFacts& facts,
                                 const Cancel& cancel, const CredentialCache::Go& go) {
    bool is_brought = false;
    auto keys = context.cache().get(terms, context.new_log(), cancel, [&] {
        auto brought = go();
        is_brought = brought.has_value();
        return brought;
    });
    facts.is_kept = !is_brought;
    return keys;
}

// The session of that hop, each kept alone.
Result<Credentials> obtain_hop(const Context& context, const RoleChain& chain, std::size_t hop, AuditFacts& facts,
                               const Cancel& cancel) {
    Settings request = chain.request(hop);
    AWSFED_TRY(CacheTerms terms, context.cache().terms_of(request, context.stores(), context.new_log(), cancel));
    terms.role_arn = chain.role(hop);
    return get_or_bring(context, terms, facts, cancel, [&]() -> Result<Credentials> {
        if (hop == 0)
            return obtain_anew(context, request, facts, cancel);
        AWSFED_TRY(const Credentials before, obtain_hop(context, chain, hop - 1, facts, cancel));
        return take_next(context, chain, hop, before, cancel);
    });
}

Result<Credentials> obtain_chain(const Context& context, Settings settings, AuditFacts& facts, const Cancel& cancel) {
    AWSFED_CHECK(settings.hold_secrets(cancel)); // once for all hops
    AWSFED_TRY(const RoleChain chain, RoleChain::of(settings));
    return obtain_hop(context, chain, chain.hops() - 1, facts, cancel);
}

// With a response that is given, nothing is kept.
Result<Credentials> trade_given(const Context& context, const Settings& settings, const Assertion& assertion, Log log,
                                const Cancel& cancel) {
    std::optional<RoleChain> chain;
    if (settings.has("role_chain")) {
        AWSFED_TRY(chain, RoleChain::of(settings));
    }
    const Settings first = chain ? chain->request(0) : settings.clone();
    AWSFED_TRY(StsPlan plan, sts_plan(first, StsAction::assume_role_with_saml, CallerOf::host, cancel));
    AWSFED_TRY(Credentials keys, trade_assertion(context, first, std::move(plan), assertion, std::move(log), cancel));
    for (std::size_t hop = 1; chain && hop < chain->hops(); ++hop) {
        AWSFED_TRY(keys, take_next(context, *chain, hop, keys, cancel));
    }
    return keys;
}

Result<Credentials> obtain_or_find(const Context& context, const Settings* call, AuditFacts& facts,
                                   const Cancel& cancel) {
    AWSFED_CHECK(context.check_process());
    CredentialCache& cache = context.cache();
    if (call == nullptr) {
        if (const auto terms = cache.own_terms())
            return get_or_bring(context, *terms, facts, cancel, [&]() -> Result<Credentials> {
                AWSFED_TRY(const Settings own, context.settings_for(nullptr));
                return obtain_anew(context, own, facts, cancel);
            });
    }
    AWSFED_TRY(Settings settings, context.settings_for(call));
    AWSFED_CHECK(settle_signer(settings));
    if (settings.has("role_chain"))
        return obtain_chain(context, std::move(settings), facts, cancel);
    AWSFED_TRY(const CacheTerms terms, cache.terms_of(settings, context.stores(), context.new_log(), cancel));
    if (call == nullptr && terms.lasts)
        cache.keep_own_terms(terms);
    // What is got under the key of a secret is got with that secret: the settings hold it now.
    return get_or_bring(context, terms, facts, cancel, [&] { return obtain_anew(context, settings, facts, cancel); });
}

Result<Credentials> prove_and_trade(const Context& context, const Settings* call,
                                    std::shared_ptr<const Assertion> hints, AuditFacts& facts, const Cancel& cancel) {
    AWSFED_TRY(const Settings settings, context.settings_for(call));
    Log log = context.new_log();
    AWSFED_TRY(const std::optional<Verifier> verifier, verifier_for_use(context, settings, log, cancel));
    AWSFED_TRY(const Proved proved, prove(context, settings, verifier, std::move(hints), log));
    facts.verification = proved.verification;
    return trade_given(context, settings, *proved.assertion, std::move(log), cancel);
}

Result<Credentials> session_of_plan(StsAction action, const Context& context, const Settings* call,
                                    const Credentials* source, const Cancel& cancel) {
    AWSFED_TRY(std::shared_ptr<const StsPlan> plan, plan_for(action, context, call, source, cancel));
    return StsCall(context, std::move(plan), source, context.new_log()).session(cancel);
}

Result<Credentials> narrowed(const Context& context, const Settings* call, const Credentials& session,
                             const Cancel& cancel) {
    AWSFED_TRY(const Settings settings, context.settings_for(call));
    AWSFED_CHECK(refuse_chain(settings));
    const std::string way = settings.text("narrow_by");
    const bool only_arns = settings.has("policy_arns") && !settings.has("policy") && !settings.has("policy_file");
    if (way == "get-scoped-credentials" || (way == "auto" && !only_arns)) {
        AWSFED_TRY(auto plan, plan_for(StsAction::get_scoped_credentials, context, call, &session, cancel));
        if (way != "auto" || !plan->endpoint.is_global) {
            auto scoped = StsCall(context, std::move(plan), &session, context.new_log()).session(cancel);
            const bool try_role = !scoped && way == "auto" && lacks_action(scoped.error());
            if (!try_role)
                return scoped;
        }
    }
    return narrow_by_role(context, settings, session, cancel);
}

Result<StsResult> answer_of(StsAction action, const Context& context, const Settings* call, const Credentials* source,
                            const Cancel& cancel) {
    AWSFED_TRY(std::shared_ptr<const StsPlan> plan, plan_for(action, context, call, source, cancel));
    return StsCall(context, std::move(plan), source, context.new_log()).ask(cancel);
}

} // namespace

// ---- the ways in, each with its line in the audit ---------------------------------------------

Result<Credentials> obtain(const Context& context, const Settings* call, const Cancel& cancel) {
    return audited(context, call, "", [&](AuditFacts& facts) { return obtain_or_find(context, call, facts, cancel); });
}

Result<Credentials> assume_role_with_saml(const Context& context, const Settings* call,
                                          std::shared_ptr<const Assertion> hints, const Cancel& cancel) {
    return audited(context, call, saml_action(),
                   [&](AuditFacts& facts) { return prove_and_trade(context, call, std::move(hints), facts, cancel); });
}

Result<Credentials> assume_role_with_saml(const Context& context, const Settings* call,
                                          const Verified<Assertion>& assertion, const Cancel& cancel) {
    return audited(context, call, saml_action(), [&](AuditFacts& facts) -> Result<Credentials> {
        AWSFED_TRY(const Settings settings, context.settings_for(call));
        facts.verification = assertion.origin();
        return trade_given(context, settings, *assertion, context.new_log(), cancel);
    });
}

Result<Credentials> session_by(StsAction action, const Context& context, const Settings* call,
                               const Credentials* source, const Cancel& cancel) {
    return audited(context, call, row_of(action).word,
                   [&](AuditFacts&) { return session_of_plan(action, context, call, source, cancel); });
}

Result<Credentials> narrow(const Context& context, const Settings* call, const Credentials& session,
                           const Cancel& cancel) {
    return audited(context, call, "narrow", [&](AuditFacts&) { return narrowed(context, call, session, cancel); });
}

// An answer that holds credentials gives them out. One that is not whole is for the caller to judge.
Result<StsResult> ask_sts(StsAction action, const Context& context, const Settings* call, const Credentials* source,
                          const Cancel& cancel) {
    const StsActionRow& row = row_of(action);
    if (!row.gives_credentials)
        return answer_of(action, context, call, source, cancel);
    std::optional<StsResult> answer;
    AWSFED_CHECK(audited(context, call, row.word, [&](AuditFacts&) -> Result<Credentials> {
        AWSFED_TRY(answer, answer_of(action, context, call, source, cancel));
        if (auto session = session_of(row, answer->clone()))
            return std::move(session->credentials);
        return Credentials{};
    }));
    return *std::move(answer);
}

} // namespace awsfed
