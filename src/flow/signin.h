// A sign-in that the caller drives step by step: it asks, the caller answers, it goes on.
#pragma once

#include "flow/audit.h"
#include "flow/context.h"
#include "flow/factor_answers.h"
#include "flow/kept_session.h"
#include "flow/ledger_gate.h"
#include "http/curl_transport.h"
#include "idp/connector.h"
#include "saml/assertion.h"

#include <sys/types.h>

#include <memory>
#include <optional>
#include <vector>

namespace awsfed {

class SignIn {
public:
    enum class State { done, asks, waits };

    // Reads the settings, which are whole, and fetches the secrets that they refer to. Sends nothing.
    // `witness`, if any, looks on; it outlives the sign-in.
    static Result<std::unique_ptr<SignIn>> start(const Context& context, Settings settings, const Cancel& cancel,
                                                 Witness* witness = nullptr);

    // By a call's settings, for a host that drives it: the audit is told where the sign-in is refused.
    static Result<std::unique_ptr<SignIn>> start_audited(const Context& context, const Settings* call,
                                                         const Cancel& cancel);

    // Whether the password is sent already, so that to begin anew would send it a second time.
    bool has_sent_password() const { return gate_ != nullptr && gate_->has_begun(); }

    // Goes as far as it can. A failure is final. After State::waits it looks again, no sooner than is polite.
    Result<State> step(const Cancel& cancel);

    const std::vector<Question>& questions() const { return questions_; }
    // The answer to the index-th question. Every question is answered before the next step.
    Result<void> answer(std::size_t index, std::string_view bytes);
    // In State::waits.
    const std::optional<Waiting>& waiting() const { return waiting_; }
    // After State::done.
    Result<std::shared_ptr<const Assertion>> result() const;

    // The veil of this conversation, for the words of what follows it.
    Log& log() { return log_; }

private:
    SignIn(const Context& context, Settings settings);
    Result<void> prepare(const Context& context, const Cancel& cancel);
    Result<void> begin_talk(const Secret& cookies, const Cancel& cancel);
    Result<Secret> run(const Cancel& cancel);
    Result<Secret> run_with_session(const Cancel& cancel);
    Result<void> go_on(const Cancel& cancel); // with what the last step asked for
    Result<Assertion> bring(const Cancel& cancel); // or a question that the settings do not answer
    static std::unique_ptr<SignIn> take_open(const Context& context, Settings& settings, const Cancel& cancel);
    void settle(const Result<Assertion>& assertion);

    pid_t process_;
    Audit audit_; // silent, where the call that signs in has a line of its own
    Log log_;
    std::optional<Settings> settings_; // until it is done
    std::shared_ptr<CurlPool> connections_;
    std::unique_ptr<Connector> connector_; // none for a response that is given
    std::unique_ptr<LedgerGate> gate_; // likewise
    std::unique_ptr<LedgerGate> code_gate_; // likewise, of second factors
    std::optional<KeptSession> session_;
    bool lives_on_session_ = false; // cookies of an earlier sign-in were taken
    CurlTransport* transport_ = nullptr; // the conversation's
    std::unique_ptr<Conversation> talk_;
    Witness* witness_ = nullptr;
    std::optional<Secret> given_;
    bool role_is_set_ = false; // then a bad value of Role elsewhere in the response does not matter
    std::unique_ptr<FactorAnswers> factor_answers_;
    bool is_taken_up_ = false; // somebody else began it, and stopped at the question that is open
    std::vector<Question> questions_;
    std::vector<std::optional<Secret>> answers_;
    std::optional<Waiting> waiting_;
    std::chrono::nanoseconds waits_since_{}; // the machine's start
    std::shared_ptr<const Assertion> assertion_;
    std::optional<Error> failure_;
};

} // namespace awsfed
