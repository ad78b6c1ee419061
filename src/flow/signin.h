// A sign-in that the caller drives step by step: it asks, the caller answers, it goes on.
#pragma once

#include "flow/context.h"
#include "idp/connector.h"
#include "saml/assertion.h"

#include <sys/types.h>

#include <memory>
#include <optional>
#include <vector>

namespace awsfed {

class SignIn {
public:
    enum class State { done, asks };

    // Reads the settings, and fetches the secrets that they refer to. Sends nothing.
    static Result<std::unique_ptr<SignIn>> start(const Context& context, const Settings& settings,
                                                 const Cancel& cancel);

    // Goes as far as it can. A failure is final.
    Result<State> step(const Cancel& cancel);

    const std::vector<Question>& questions() const { return questions_; }
    // The answer to the index-th question. Every question is answered before the next step.
    Result<void> answer(std::size_t index, std::string_view bytes);
    // After State::done.
    Result<std::shared_ptr<const Assertion>> result() const;

    // The veil of this conversation, for the words of what follows it.
    Log& log() { return log_; }

private:
    SignIn();
    Result<Secret> run(const Cancel& cancel);

    pid_t process_;
    Log log_;
    std::unique_ptr<Connector> connector_; // none for a response that is given
    std::unique_ptr<Conversation> talk_;
    std::optional<Secret> given_;
    bool role_is_set_ = false; // then a bad value of Role elsewhere in the response does not matter
    std::vector<Question> questions_;
    std::vector<std::optional<Secret>> answers_;
    std::shared_ptr<const Assertion> assertion_;
    std::optional<Error> failure_;
};

} // namespace awsfed
