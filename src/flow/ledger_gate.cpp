#include "flow/ledger_gate.h"

#include "cache/code_steps.h"
#include "flow/plan.h"
#include "flow/process_ledger.h"
#include "idp/totp.h"

#include <charconv>

namespace awsfed {

namespace {

const SystemClock system_clock;
const SystemRandom system_random;
constexpr std::size_t tries_max = 50;

Result<AttemptRules> rules_of(const Settings& settings) {
    AttemptRules rules;
    rules.pause = settings.duration("password_pause").value_or(rules.pause);
    if (rules.pause > pause_max)
        return fail(Code::setting_invalid, "password_pause must be at most {} days.", pause_max.count() / 24)
            .setting("password_pause");
    const std::string tries = settings.text("password_tries");
    const auto [end, error] = std::from_chars(tries.data(), tries.data() + tries.size(), rules.budget);
    const bool is_number = error == std::errc() && end == tries.data() + tries.size(); // "-1" is an integer, too
    if (!is_number || rules.budget < 1 || rules.budget > tries_max)
        return fail(Code::setting_invalid, "password_tries must be 1 to {}.", tries_max).setting("password_tries");
    return rules;
}

std::string target_at(const Url& start, LedgerGate::Of of) {
    return start.origin() + (of == LedgerGate::Of::codes ? " (second factor)" : "");
}

// The ledger speaks of passwords.
Error told_of_code(Error error) {
    if (error.code == Code::credentials_refused) {
        error.code = Code::second_factor_refused;
        error.message = "This code of the second factor was refused before, and is not sent again.";
        error.advice = "Set another one. `awsfed forget` lets this one be tried again.";
    } else if (error.code == Code::attempts_spent) {
        error.message = "Too many codes of this user's second factor were sent that are not known to be right.";
    }
    return error;
}

// Without what can be cancelled: it is over soon, and what is known must be written down.
const Cancel no_cancel;

} // namespace

Result<std::unique_ptr<LedgerGate>> LedgerGate::open(const Context& context, const Settings& settings, const Log& log,
                                                     const Cancel& cancel, Of of) {
    AWSFED_TRY(const Url start, url_setting(settings, "idp_url"));
    AWSFED_TRY(const AttemptRules rules, rules_of(settings));
    std::unique_ptr<LedgerGate> gate(new LedgerGate(target_at(start, of), of, log));
    gate->rules_ = rules;
    gate->required_ = settings.text("password_ledger") == "required";
    gate->own_store_ = process_ledger();
    if (!keeps_in_store(settings)) {
        if (gate->required_)
            return fail(Code::store_failed, "password_ledger=required needs a store that outlives this process.")
                .setting("cache");
        gate->ledger_.emplace(gate->own_store_, SecretHashing::keyed, rules, system_random, system_clock);
        return gate;
    }
    auto store = context.stores().open(settings, cancel);
    if (store) {
        gate->ledger_.emplace(*std::move(store), SecretHashing::slow, rules, system_random, system_clock);
        return gate;
    }
    AWSFED_CHECK(gate->fall_back(store.error(), "", Secret()));
    return gate;
}

// One attempt a process, as nobody knows what others did.
Result<void> LedgerGate::fall_back(const Error& error, std::string_view user, const Secret& password) {
    if (required_)
        return pass(error);
    log_.write(LogLevel::warning, "ledger",
               "{} Attempts are known to this process alone, which makes one that is not known to be right.",
               error.message);
    attempt_.reset();
    is_accepted_ = false;
    rules_.budget = 1;
    ledger_.emplace(own_store_, SecretHashing::keyed, rules_, system_random, system_clock);
    if (!password.empty())
        attempt_of(user, password);
    return {};
}

Ledger::Attempt& LedgerGate::attempt_of(std::string_view user, const Secret& password) {
    if (!attempt_ || user_ != user || !attempt_->is_of(password)) {
        attempt_.emplace(ledger_->attempt({.target = target_, .user = std::string(user)}, password));
        user_ = user;
        is_accepted_ = false;
    }
    return *attempt_;
}

Result<void> LedgerGate::check(std::string_view user, const Secret& password, const Cancel& cancel) {
    auto checked = attempt_of(user, password).check(cancel);
    if (checked || checked.error().code != Code::store_failed)
        return checked;
    AWSFED_CHECK(fall_back(checked.error(), user, password));
    return attempt_->check(cancel);
}

Result<void> LedgerGate::begin(std::string_view user, const Secret& password, const Cancel& cancel) {
    auto begun = begin_at_ledger(user, password, cancel);
    return begun || of_ == Of::passwords ? begun : pass(told_of_code(std::move(begun.error())));
}

Result<void> LedgerGate::begin_at_ledger(std::string_view user, const Secret& password, const Cancel& cancel) {
    auto begun = attempt_of(user, password).begin(cancel);
    if (begun || begun.error().code != Code::store_failed)
        return begun;
    if (auto checked = attempt_->check(cancel); !checked && checked.error().code != Code::store_failed)
        return checked; // it can be read, and says no
    AWSFED_CHECK(fall_back(begun.error(), user, password));
    return attempt_->begin(cancel);
}

void LedgerGate::accepted() {
    settle(AttemptOutcome::accepted);
    is_accepted_ = has_begun();
}

void LedgerGate::settle(AttemptOutcome outcome) {
    if (!has_begun() || is_accepted_)
        return;
    if (const auto done = attempt_->settle(outcome, no_cancel); !done)
        log_.write(LogLevel::warning, "ledger", "What came of the sign-in was not written down: {}",
                   done.error().message);
}

Result<void> forget_attempts(const Context& context, const Settings& settings, const Cancel& cancel) {
    for (const std::string_view needed : {"idp_url", "user"}) {
        if (!settings.has(needed))
            return missing(needed, "To forget what was tried");
    }
    AWSFED_TRY(const Url start, url_setting(settings, "idp_url"));
    std::shared_ptr<const SealedStore> store = process_ledger();
    if (keeps_in_store(settings)) {
        AWSFED_TRY(store, context.stores().open(settings, cancel));
    }
    if (settings.has("totp_secret")) {
        AWSFED_TRY(const std::optional<Secret> app, settings.secret("totp_secret", cancel));
        AWSFED_TRY(const Totp totp, Totp::read(*app));
        AWSFED_CHECK(CodeSteps(store, system_random).forget(totp.key, cancel));
    }
    const Ledger ledger(std::move(store), SecretHashing::slow, {}, system_random, system_clock);
    for (const LedgerGate::Of of : {LedgerGate::Of::passwords, LedgerGate::Of::codes})
        AWSFED_CHECK(ledger.forget({.target = target_at(start, of), .user = settings.text("user")}, cancel));
    return {};
}

} // namespace awsfed
