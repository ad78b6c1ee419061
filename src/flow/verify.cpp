#include "flow/verify.h"

#include "base/base64.h"
#include "base/hash.h"
#include "base/text.h"
#include "flow/trust.h"
#include "http/form_value.h"

namespace awsfed {

namespace {

const SystemClock system_clock;

ResponseForm form_of(const Settings& settings) {
    const std::string form = settings.text("response_form");
    return form == "xml" ? ResponseForm::xml : form == "auto" ? ResponseForm::automatic : ResponseForm::base64;
}

void refuse(Verdict& verdict, std::string_view reason, std::string detail) {
    verdict.checks.push_back({"replay", Outcome::failed, std::string(reason), "", std::move(detail), false});
    verdict.assertion.reset();
}

// The host may remember assertions by their ids, until they expire.
void ask_about_replay(const Context& context, Verdict& verdict) {
    const std::shared_ptr<const ReplayGuard> guard = context.replay_guard();
    if (!verdict.accepted() || !guard)
        return;
    const Assertion& assertion = **verdict.assertion;
    if ((*guard)(assertion.id, assertion.not_on_or_after))
        verdict.checks.push_back({"replay", Outcome::passed, "", assertion.id, "", false});
    else
        refuse(verdict, "replay", "The assertion has been used before, says the program that asks.");
}

Code code_of(const Check& failure) {
    if (failure.reason == "replay")
        return Code::assertion_replayed;
    if (failure.reason == "session-name")
        return Code::session_name_invalid;
    return failure.reason == "expired" ? Code::assertion_expired : failure.code;
}

void tell(const Verdict& verdict, const Log& log) {
    for (const Check& check : verdict.checks) {
        if (check.outcome == Outcome::failed || check.outcome == Outcome::warned)
            log.write(LogLevel::warning, "verify", "{}: {}: {}", check.name, check.reason, check.detail);
        else
            log.write(LogLevel::debug, "verify", "{}: {}", check.name, check.value);
    }
}

} // namespace

Result<Verdict> verify_response(const Context& context, const Settings* call, std::string_view response,
                                std::optional<Time> at, const Cancel& cancel) {
    AWSFED_TRY(const Settings settings, context.settings_for(call));
    const Log log = context.new_log();
    AWSFED_TRY(const Verifier verifier, make_verifier(settings, log, cancel, context.connections()));
    std::optional<Secret> posted;
    if (settings.text("response_form") == "form") {
        posted = form_value(trimmed(response), "SAMLResponse");
        response = posted ? posted->reveal() : std::string_view();
    }
    Verdict verdict = verifier.verify(response, form_of(settings), at ? *at : system_clock.now());
    if (!at)
        ask_about_replay(context, verdict);
    tell(verdict, log);
    return verdict;
}

Result<std::optional<Verifier>> verifier_for_use(const Context& context, const Settings& settings, const Log& log,
                                                 const Cancel& cancel) {
    if (has_trust(settings)) {
        AWSFED_TRY(Verifier verifier, make_verifier(settings, log, cancel, context.connections()));
        return std::optional(std::move(verifier));
    }
    if (settings.boolean("require_verified"))
        return fail(Code::assertion_unproved, "require_verified is set, and nothing says whose responses are believed.")
            .setting("idp_metadata")
            .stage("verify");
    return std::optional<Verifier>();
}

Result<Proved> prove(const Context& context, const Settings& settings, const std::optional<Verifier>& verifier,
                     std::shared_ptr<const Assertion> hints, const Log& log) {
    constexpr const char* unchecked = "unchecked";
    if (!verifier)
        return Proved{std::move(hints), unchecked};
    if (hints->encrypted && !settings.has("saml_key") && !settings.boolean("require_verified")) {
        log.write(LogLevel::warning, "verify",
                  "The assertion is encrypted and saml_key is not set: STS alone checks it.");
        return Proved{std::move(hints), unchecked};
    }
    Verdict verdict = verifier->verify(hints->response.reveal(), ResponseForm::automatic, system_clock.now());
    ask_about_replay(context, verdict);
    tell(verdict, log);
    if (const Check* failure = verdict.failure())
        return fail(code_of(*failure), "The SAML response is refused: {}", failure->detail)
            .peer(failure->reason)
            .stage("verify/" + failure->name);
    log.write(LogLevel::info, "verify", "the response of {} is verified ({})", printable((*verdict.assertion)->issuer),
              verdict.origin);
    return Proved{verdict.assertion->share(), verdict.assertion->origin()};
}

std::string predicted_name_qualifier(std::string_view issuer, const Arn& provider) {
    const std::string_view resource = provider.resource(); // saml-provider/NAME
    const std::string text =
        fmt::format("{}{}/{}", issuer, provider.account(), resource.substr(resource.find('/') + 1));
    return std::string(base64_encode(sha1(text)).reveal());
}

} // namespace awsfed
