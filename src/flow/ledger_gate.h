// Whether a password may be sent, by the ledger that the settings name; where that one cannot be written, by the
// process's own.
#pragma once

#include "base/log.h"
#include "cache/ledger.h"
#include "flow/context.h"
#include "idp/conversation.h"

#include <list>
#include <optional>
#include <string>

namespace awsfed {

// For one sign-in, on one thread at a time. `context` and `log` outlive it.
class LedgerGate : public AttemptGate {
public:
    // Codes of second factors have a budget of their own: one that is refused says nothing of the password.
    enum class Of { passwords, codes };
    // Reads the settings password_pause, password_tries and password_ledger, and those of the store.
    static Result<std::unique_ptr<LedgerGate>> open(const Context& context, const Settings& settings, const Log& log,
                                                    const Cancel& cancel, Of of = Of::passwords);

    // Whether to sign in at all, where it is known beforehand who and with what.
    Result<void> check(std::string_view user, const Secret& password, const Cancel& cancel);
    Result<void> begin(std::string_view user, const Secret& password, const Cancel& cancel) override;
    void accepted() override;
    // What came of the sign-in as far as it went. Asks nobody to stop: it is written down also after a cancel.
    void settle(AttemptOutcome outcome);
    bool has_begun() const { return attempt_ && attempt_->is_begun(); }

private:
    LedgerGate(std::string target, Of of, const Log& log) : target_(std::move(target)), of_(of), log_(log) {}
    Result<void> begin_at_ledger(std::string_view user, const Secret& password, const Cancel& cancel);
    Result<void> fall_back(const Error& error, std::string_view user, const Secret& password);
    Ledger::Attempt& attempt_of(std::string_view user, const Secret& password);

    std::string target_;
    Of of_;
    const Log& log_;
    bool required_ = false;
    std::optional<Ledger> ledger_;
    std::shared_ptr<const SealedStore> own_store_;
    AttemptRules rules_;
    std::optional<Ledger::Attempt> attempt_;
    bool is_accepted_ = false; // the attempt; whatever comes then is not about it
    std::string user_; // of the attempt
};

// Everything of the user of these settings may be tried again.
Result<void> forget_attempts(const Context& context, const Settings& settings, const Cancel& cancel);

} // namespace awsfed
