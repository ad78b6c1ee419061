#include "flow/signin.h"

#include "base/process.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/connectors.h"
#include "flow/plan.h"
#include "flow/request_text.h"
#include "flow/signer.h"

#include <algorithm>
#include <utility>

namespace awsfed {

namespace {

// What would be refused in the end is refused before anything is sent.
Result<void> check_known(LedgerGate& gate, const SignInTerms& terms, const Cancel& cancel) {
    const auto answer = [&](std::string_view name) -> const Secret* {
        const auto found = std::ranges::find(terms.answers, name, &std::pair<std::string, Secret>::first);
        return found != terms.answers.end() ? &found->second : nullptr;
    };
    const Secret* user = answer("user");
    const Secret* password = answer("password");
    return user != nullptr && password != nullptr ? gate.check(user->reveal(), *password, cancel) : Result<void>();
}

} // namespace

SignIn::SignIn(const Context& context, Settings settings)
    : process_(process_id()), log_(context.new_log()), settings_(std::move(settings)),
      connections_(context.connections()), role_is_set_(settings_->has("role_arn")) {}

Result<std::unique_ptr<SignIn>> SignIn::start(const Context& context, Settings settings, const Cancel& cancel,
                                              Witness* witness) {
    std::unique_ptr<SignIn> sign_in(new SignIn(context, std::move(settings)));
    sign_in->witness_ = witness;
    switch (idp_of(*sign_in->settings_)) {
    case Idp::none:
        return fail(Code::setting_missing, "No identity provider is set, so there is nothing to sign in to.")
            .setting("idp");
    case Idp::assertion: {
        AWSFED_TRY(std::optional<Secret> given, sign_in->settings_->secret("assertion", cancel));
        if (!given)
            return fail(Code::setting_missing, "idp=assertion needs the SAML response.").setting("assertion");
        sign_in->given_ = std::move(given);
        return sign_in;
    }
    case Idp::form:
    case Idp::adfs: break;
    }
    AWSFED_CHECK(sign_in->prepare(context, cancel));
    return sign_in;
}

Result<std::unique_ptr<SignIn>> SignIn::start_audited(const Context& context, const Settings* call,
                                                      const Cancel& cancel) {
    AWSFED_TRY(Audit audit, Audit::open(context, call, "sign-in"));
    const auto begin = [&]() -> Result<std::unique_ptr<SignIn>> {
        AWSFED_TRY(Settings settings, context.settings_for(call));
        AWSFED_CHECK(settle_signer(settings));
        if (auto open = take_open(context, settings, cancel))
            return open;
        return start(context, std::move(settings), cancel);
    };
    auto sign_in = begin();
    if (sign_in)
        (*sign_in)->audit_ = std::move(audit);
    else
        audit.refused(sign_in.error(), {});
    return sign_in;
}

// The one that awsfed_obtain left at its question.
std::unique_ptr<SignIn> SignIn::take_open(const Context& context, Settings& settings, const Cancel& cancel) {
    if (context.open_sign_ins().is_empty() || !settings.hold_secrets(cancel, Keying::sign_in))
        return nullptr;
    const auto text = sign_in_text(settings, cancel);
    auto open = text ? context.open_sign_ins().take(context.own_store()->key_of(*text)) : nullptr;
    if (open)
        open->is_taken_up_ = true;
    return open;
}

Result<void> SignIn::prepare(const Context& context, const Cancel& cancel) {
    AWSFED_CHECK(settings_->hold_secrets(cancel, Keying::sign_in)); // a talk may be begun twice
    AWSFED_TRY(connector_, make_connector(*settings_));
    AWSFED_TRY(gate_, LedgerGate::open(context, *settings_, log_, cancel));
    AWSFED_TRY(code_gate_, LedgerGate::open(context, *settings_, log_, cancel, LedgerGate::Of::codes));
    AWSFED_TRY(session_, KeptSession::open(context, *settings_, log_, cancel));
    AWSFED_TRY(factor_answers_, FactorAnswers::open(context, *settings_, log_, cancel));
    const Secret cookies = session_ ? session_->take() : Secret();
    lives_on_session_ = !cookies.empty();
    AWSFED_CHECK(begin_talk(cookies, cancel));
    return lives_on_session_ ? Result<void>() : check_known(*gate_, talk_->terms(), cancel);
}

Result<void> SignIn::begin_talk(const Secret& cookies, const Cancel& cancel) {
    AWSFED_TRY(NetworkTerms network, network_terms(*settings_, cancel));
    AWSFED_TRY(SignInTerms terms, sign_in_terms(*settings_, cancel));
    for (const auto& [name, value] : terms.answers) {
        if (name == "password")
            log_.hide(value.reveal());
    }
    auto transport =
        std::make_unique<CurlTransport>(std::move(network), CurlTransport::Cookies::on, log_, connections_);
    transport->take_cookies(cookies.reveal());
    transport_ = transport.get();
    talk_ = std::make_unique<Conversation>(std::move(terms), std::move(transport), log_, gate_.get());
    talk_->set_code_gate(code_gate_.get());
    talk_->set_witness(witness_);
    return {};
}

namespace {

// Cookies may be outdated, or too many. What a server that does not answer thinks of them nobody knows.
bool may_be_of_cookies(const Error& error) {
    const Status status = row_of(error.code).status;
    return status == Status::refused || status == Status::protocol || status == Status::unsupported;
}

} // namespace

Result<Secret> SignIn::run(const Cancel& cancel) {
    if (given_)
        return given_->clone();
    talk_->rewind(cancel);
    return connector_->sign_in(*talk_);
}

// A session that has gone bad costs a page, never the sign-in.
Result<Secret> SignIn::run_with_session(const Cancel& cancel) {
    Result<Secret> response = run(cancel);
    const bool begins_anew =
        lives_on_session_ && !response && !gate_->has_begun() && may_be_of_cookies(response.error());
    if (!begins_anew)
        return response;
    log_.write(LogLevel::info, "session", "The kept session is of no use: {}", response.error().message);
    lives_on_session_ = false;
    session_->drop();
    AWSFED_CHECK(begin_talk(Secret(), cancel));
    AWSFED_CHECK(check_known(*gate_, talk_->terms(), cancel));
    return run(cancel);
}

namespace {

// An assertion proves that the password was right, or the key; so does an AD FS that lets nobody in though they were.
// Where a page or a KDC says no, it was wrong; about all else nobody can know.
AttemptOutcome outcome_of(const Result<Assertion>& assertion) {
    if (assertion)
        return AttemptOutcome::accepted;
    switch (assertion.error().code) {
    case Code::windows_sign_in_refused:
    case Code::channel_binding: return AttemptOutcome::accepted;
    case Code::credentials_refused:
    case Code::kerberos_keytab_unusable: return AttemptOutcome::refused;
    default: return AttemptOutcome::open;
    }
}

} // namespace

void SignIn::settle(const Result<Assertion>& assertion) {
    if (gate_ == nullptr)
        return;
    gate_->settle(outcome_of(assertion));
    const bool is_code_refused = !assertion && assertion.error().code == Code::second_factor_refused;
    code_gate_->settle(assertion         ? AttemptOutcome::accepted
                       : is_code_refused ? AttemptOutcome::refused
                                         : AttemptOutcome::open);
}

Result<void> SignIn::go_on(const Cancel& cancel) {
    for (std::size_t i = 0; i < questions_.size(); ++i) {
        if (!answers_[i])
            return fail(Code::usage, "The question \"{}\" has no answer yet.", questions_[i].name);
        talk_->answer(std::move(*answers_[i]));
    }
    questions_.clear();
    answers_.clear();
    if (!waiting_)
        return {};
    const auto rest = waiting_->pause - (time_since_boot() - waits_since_);
    if (!wait(std::chrono::duration_cast<std::chrono::milliseconds>(rest), cancel))
        return fail(Code::cancelled, "The call was cancelled.");
    waiting_.reset();
    talk_->waited();
    return {};
}

Result<Assertion> SignIn::bring(const Cancel& cancel) {
    while (true) {
        Result<Secret> response = run_with_session(cancel);
        if (response) {
            log_.hide(response->reveal());
            return read_assertion(response->reveal(), role_is_set_);
        }
        if (response.error().code != Code::asked || factor_answers_ == nullptr)
            return pass(std::move(response.error()));
        AWSFED_TRY(std::optional<Secret> answer, factor_answers_->answer(*talk_->open_question(), cancel));
        if (!answer)
            return pass(std::move(response.error()));
        log_.hide(answer->reveal());
        talk_->answer(std::move(*answer));
    }
}

Result<SignIn::State> SignIn::step(const Cancel& cancel) {
    if (process_id() != process_) // the password's pages are empty here: it would be an attempt with nothing
        return fail(Code::forked, "This sign-in was begun before the process forked.");
    if (failure_)
        return pass(*failure_);
    if (assertion_)
        return State::done;
    if (std::exchange(is_taken_up_, false))
        return State::asks;
    AWSFED_CHECK(go_on(cancel));

    Result<Assertion> assertion = bring(cancel);
    settle(assertion);
    if (!assertion && assertion.error().code == Code::asked) {
        questions_.push_back(*talk_->open_question());
        answers_.resize(1);
        return State::asks;
    }
    if (!assertion && assertion.error().code == Code::pending) {
        waiting_ = talk_->waits_for();
        if (waits_since_ == std::chrono::nanoseconds(0)) // once is enough
            log_.write(LogLevel::warning, "second-factor", "{}{}{}", printable(waiting_->text),
                       waiting_->show.empty() ? "" : ": ", printable(waiting_->show));
        waits_since_ = time_since_boot();
        return State::waits;
    }
    if (!assertion) {
        if (lives_on_session_)
            session_->drop(); // the next sign-in sends the password
        failure_ = log_.redact(std::move(assertion.error()));
        if (failure_->stage.empty())
            failure_->stage = "sign-in";
        audit_.refused(*failure_, {});
        return pass(*failure_);
    }
    assertion_ = std::make_shared<const Assertion>(std::move(*assertion));
    if (session_)
        session_->keep(transport_->cookies(), gate_->has_begun());
    talk_.reset(); // the password and the cookies die here
    settings_.reset();
    log_.write(LogLevel::info, "sign-in", "{} offers {} role(s)", printable(assertion_->issuer),
               assertion_->roles.size());
    return State::done;
}

Result<void> SignIn::answer(std::size_t index, std::string_view bytes) {
    if (index >= questions_.size())
        return fail(Code::usage, "There is no question {}.", index);
    if (bytes.empty())
        return fail(Code::setting_invalid, "The answer to \"{}\" is empty.", questions_[index].name)
            .setting(questions_[index].name);
    if (questions_[index].secret)
        log_.hide(bytes);
    else if (questions_[index].name == "user")
        audit_.signs_in(bytes);
    answers_[index] = Secret(bytes);
    return {};
}

Result<std::shared_ptr<const Assertion>> SignIn::result() const {
    if (!assertion_)
        return fail(Code::usage, "The sign-in is not done.");
    return assertion_;
}

} // namespace awsfed
