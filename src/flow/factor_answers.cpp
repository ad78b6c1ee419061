#include "flow/factor_answers.h"

#include "base/time.h"
#include "cache/code_steps.h"
#include "flow/process_ledger.h"

namespace awsfed {

namespace {

const SystemClock system_clock;
const SystemRandom system_random;

} // namespace

Result<std::unique_ptr<FactorAnswers>> FactorAnswers::open(const Context& context, const Settings& settings,
                                                           const Log& log, const Cancel& cancel) {
    std::unique_ptr<FactorAnswers> answers(new FactorAnswers(context, settings, log));
    if (!settings.has("totp_secret"))
        return answers;
    if (settings.has("passcode"))
        return fail(Code::setting_conflict, "totp_secret and passcode both answer the second factor.")
            .setting("passcode");
    AWSFED_TRY(const std::optional<Secret> secret, settings.secret("totp_secret", cancel));
    AWSFED_TRY(answers->app_, Totp::read(*secret));
    return answers;
}

Result<std::optional<Secret>> FactorAnswers::answer(const Question& question, const Cancel& cancel) {
    const bool is_next = question.name == "next_passcode";
    if (question.name != "passcode" && !is_next)
        return std::optional<Secret>();
    if (app_) {
        AWSFED_TRY(Secret code, app_code(cancel));
        return std::optional(std::move(code));
    }
    AWSFED_TRY(std::optional<Secret> code, settings_.secret("passcode", cancel));
    if (code && is_next && code->equals(sent_.reveal())) // a value, which does not change
        return std::optional<Secret>();
    if (code)
        sent_ = code->clone();
    return code;
}

Result<Secret> FactorAnswers::app_code(const Cancel& cancel) {
    AWSFED_TRY(const std::int64_t step, take_step(app_->step_at(system_clock.now()), cancel));
    const auto until = std::chrono::ceil<std::chrono::milliseconds>(app_->begin_of(step) - system_clock.now());
    if (until.count() > 0)
        log_.write(LogLevel::info, "second-factor", "The code of now was sent already; the next one comes in {} s",
                   std::chrono::ceil<std::chrono::seconds>(until).count());
    if (!wait(until, cancel))
        return fail(Code::cancelled, "The call was cancelled.");
    return app_->code_of(step);
}

// Where the store fails, the process still knows what it sent itself. Where it works, and the codes of now are others',
// they are not sent a second time.
Result<std::int64_t> FactorAnswers::take_step(std::int64_t now, const Cancel& cancel) {
    if (keeps_in_store(settings_)) {
        auto store = context_.stores().open(settings_, cancel);
        auto step = store ? CodeSteps(*store, system_random).take(app_->key, now, app_->period, cancel)
                          : Result<std::int64_t>(pass(store.error()));
        const bool has_failed = !step && step.error().code == Code::store_failed;
        if (!has_failed || settings_.text("password_ledger") == "required")
            return step;
        log_.write(LogLevel::warning, "second-factor", "{} Which codes were sent is known to this process alone.",
                   step.error().message);
    }
    return CodeSteps(process_ledger(), system_random).take(app_->key, now, app_->period, cancel);
}

} // namespace awsfed
