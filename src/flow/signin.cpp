#include "flow/signin.h"

#include "base/text.h"
#include "flow/connectors.h"
#include "flow/plan.h"

#include <unistd.h>

namespace awsfed {

SignIn::SignIn() : process_(::getpid()) {}

Result<std::unique_ptr<SignIn>> SignIn::start(const Context& context, const Settings& call, const Cancel& cancel) {
    AWSFED_TRY(Settings settings, context.settings_for(&call));
    std::unique_ptr<SignIn> sign_in(new SignIn);
    sign_in->log_ = context.new_log();
    sign_in->role_is_set_ = settings.has("role_arn");
    switch (idp_of(settings)) {
    case Idp::none:
        return fail(Code::setting_missing, "No identity provider is set, so there is nothing to sign in to.")
            .setting("idp");
    case Idp::assertion: {
        AWSFED_TRY(std::optional<Secret> given, settings.secret("assertion", cancel));
        if (!given)
            return fail(Code::setting_missing, "idp=assertion needs the SAML response.").setting("assertion");
        sign_in->given_ = std::move(given);
        return sign_in;
    }
    case Idp::form:
    case Idp::adfs: break;
    }
    AWSFED_TRY(NetworkTerms network, network_terms(settings, cancel));
    AWSFED_TRY(SignInTerms terms, sign_in_terms(settings, cancel));
    for (const auto& [name, value] : terms.answers) {
        if (name == "password")
            sign_in->log_.hide(value.reveal());
    }
    auto transport = std::make_unique<CurlTransport>(std::move(network), CurlTransport::Cookies::on, sign_in->log_,
                                                     context.connections());
    sign_in->talk_ = std::make_unique<Conversation>(std::move(terms), std::move(transport), sign_in->log_);
    AWSFED_TRY(sign_in->connector_, make_connector(settings));
    return sign_in;
}

Result<Secret> SignIn::run(const Cancel& cancel) {
    if (given_)
        return given_->clone();
    talk_->rewind(cancel);
    return connector_->sign_in(*talk_);
}

Result<SignIn::State> SignIn::step(const Cancel& cancel) {
    if (::getpid() != process_) // the password's pages are empty here: it would be an attempt with nothing
        return fail(Code::forked, "This sign-in was begun before the process forked.");
    if (failure_)
        return pass(*failure_);
    if (assertion_)
        return State::done;
    for (std::size_t i = 0; i < questions_.size(); ++i) {
        if (!answers_[i])
            return fail(Code::usage, "The question \"{}\" has no answer yet.", questions_[i].name);
        talk_->answer(std::move(*answers_[i]));
    }
    questions_.clear();
    answers_.clear();

    auto response = run(cancel);
    if (!response && response.error().code == Code::asked) {
        questions_.push_back(*talk_->open_question());
        answers_.resize(1);
        return State::asks;
    }
    if (response)
        log_.hide(response->reveal());
    auto assertion =
        response ? read_assertion(response->reveal(), role_is_set_) : Result<Assertion>(pass(response.error()));
    if (!assertion) {
        failure_ = log_.redact(std::move(assertion.error()));
        if (failure_->stage.empty())
            failure_->stage = "sign-in";
        return pass(*failure_);
    }
    assertion_ = std::make_shared<const Assertion>(std::move(*assertion));
    talk_.reset(); // the password and the cookies die here
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
    answers_[index] = Secret(bytes);
    return {};
}

Result<std::shared_ptr<const Assertion>> SignIn::result() const {
    if (!assertion_)
        return fail(Code::usage, "The sign-in is not done.");
    return assertion_;
}

} // namespace awsfed
