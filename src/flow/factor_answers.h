// What the settings answer to a second factor: the code of an authenticator app, or one that is fetched when it is
// asked for.
#pragma once

#include "base/log.h"
#include "flow/context.h"
#include "idp/conversation.h"
#include "idp/totp.h"

#include <memory>
#include <optional>

namespace awsfed {

// Of one sign-in. `context`, `settings` and `log` outlive it.
class FactorAnswers {
public:
    // Resolves totp_secret.
    static Result<std::unique_ptr<FactorAnswers>> open(const Context& context, const Settings& settings, const Log& log,
                                                       const Cancel& cancel);

    // Empty where the settings have none. May wait until a code comes that was not sent before.
    Result<std::optional<Secret>> answer(const Question& question, const Cancel& cancel);

private:
    FactorAnswers(const Context& context, const Settings& settings, const Log& log)
        : context_(context), settings_(settings), log_(log) {}
    Result<Secret> app_code(const Cancel& cancel);
    Result<std::int64_t> take_step(std::int64_t now, const Cancel& cancel);

    const Context& context_;
    const Settings& settings_;
    const Log& log_;
    std::optional<Totp> app_;
    Secret sent_; // of passcode
};

} // namespace awsfed
