#include "idp/adfs_factor.h"

#include "base/text.h"
#include "idp/visits.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace awsfed {

namespace {

constexpr std::chrono::seconds poll_pause(2); // AD FS's own page looks every one to five seconds

Failure refused(const AdfsStep& step, const FactorForm& factor) {
    const std::string quoted = factor.error_text.empty() ? "." : fmt::format(": \"{}\".", factor.error_text);
    return fail(Code::second_factor_refused, "The second factor \"{}\" was refused{}", factor.method, quoted)
        .peer(factor.method)
        .stage(step.stage);
}

Question code_question(const FactorForm& factor) {
    Question question{.name = "passcode", .text = fmt::format("Code for {}", factor.method), .secret = true};
    if (factor.is_next) {
        question.name = "next_passcode";
        question.text = fmt::format("The next code for {}, once it has changed", factor.method);
    }
    question.adapter = factor.method;
    return question;
}

} // namespace

Result<std::shared_ptr<const Visit>> AdfsFactor::answer(const AdfsStep& step) {
    has_looked_ = false;
    const auto factor = factor_form(step.visit->page, context_of(talk_, *step.visit, SignInMoment::after_password));
    AWSFED_TRY(const std::optional<std::string> other, other_method(step, factor));
    if (other)
        return choose(step, *other);
    if (!factor || (!chosen_.empty() && factor->method != chosen_)) // what answers the one is not for the other
        return demanded(step);
    switch (factor->kind) {
    case FactorForm::Kind::code: return send_code(step, *factor);
    case FactorForm::Kind::press: return send_as_it_is(step, *factor);
    case FactorForm::Kind::wait: {
        if (waits_since_ && !factor->error_text.empty())
            return fail(Code::second_factor_denied, "The second factor \"{}\" was denied: \"{}\".", factor->method,
                        factor->error_text)
                .peer(factor->method)
                .stage(step.stage);
        return look_again(*factor);
    }
    case FactorForm::Kind::other: break;
    }
    return demanded(step);
}

Failure AdfsFactor::demanded(const AdfsStep& step) const {
    return end_at(talk_, *step.visit, step.verdict, SignInMoment::after_password, step.stage);
}

// The one that the settings name, else the only one; where there are several, somebody has to say.
Result<std::optional<std::string>> AdfsFactor::other_method(const AdfsStep& step,
                                                            const std::optional<FactorForm>& factor) {
    const std::string& wish = terms_.factor_method;
    if (!chosen_.empty() || (factor && (wish.empty() || factor->method == wish)))
        return std::optional<std::string>();
    const std::vector<std::string> offer = methods_on_offer(step.visit->page);
    if (!wish.empty()) {
        if (std::ranges::find(offer, wish) != offer.end())
            return std::optional(wish);
        return fail(Code::second_factor_demanded, "AD FS does not offer the second factor \"{}\".",
                    printable(wish, 120))
            .stage(step.stage)
            .advice(printable(fmt::format("Set factor_method to one of these: {}.",
                                          factor ? factor->method : fmt::format("{}", fmt::join(offer, ", ")))));
    }
    if (offer.size() == 1)
        return std::optional(offer.front());
    if (offer.empty())
        return std::optional<std::string>();
    Question question{.name = "factor_method", .text = "Which second factor", .secret = false, .choices = offer};
    question.adapter = printable(fmt::format("{}", fmt::join(offer, " or ")), 200);
    AWSFED_TRY(const Secret* chosen, talk_.ask(question));
    if (std::ranges::find(offer, chosen->reveal()) == offer.end())
        return fail(Code::setting_invalid, "The second factor that was chosen is not on offer.")
            .setting("factor_method");
    return std::optional(std::string(chosen->reveal()));
}

Result<std::shared_ptr<const Visit>> AdfsFactor::choose(const AdfsStep& step, const std::string& method) {
    chosen_ = method;
    const auto choice =
        choose_method(step.visit->page, context_of(talk_, *step.visit, SignInMoment::after_password), method);
    if (!choice)
        return demanded(step);
    return talk_.post(choice->action, choice->body);
}

bool AdfsFactor::is_first_answer(const FactorForm& factor) {
    const bool takes_code = factor.kind == FactorForm::Kind::code;
    std::string place = factor.method + "/" + (takes_code ? factor.form.fields[factor.code_field].name : "");
    if (std::ranges::find(sent_, place) != sent_.end())
        return false;
    sent_.push_back(std::move(place));
    return true;
}

// A field of nobody knows what is answered where the settings name its adapter, and asked for in its name.
Result<std::shared_ptr<const Visit>> AdfsFactor::send_code(const AdfsStep& step, const FactorForm& factor) {
    if (!factor.is_known && factor.method != terms_.factor_method)
        return std::move(demanded(step))
            .advice(fmt::format("This adapter is not known here. If its one field takes the code, set factor_method to "
                                "\"{}\", and passcode or totp_secret.",
                                factor.method));
    waits_since_.reset();
    if (!is_first_answer(factor))
        return refused(step, factor);
    if (factor.is_next)
        talk_.code_was_right();
    AWSFED_TRY(const Secret* code, talk_.ask(code_question(factor)));
    return talk_.post_code(factor.action, factor_body(factor, *code), {user_, *code});
}

Result<std::shared_ptr<const Visit>> AdfsFactor::send_as_it_is(const AdfsStep& step, const FactorForm& factor) {
    if (!is_first_answer(factor))
        return refused(step, factor);
    return talk_.post(factor.action, factor_body(factor, Secret()));
}

Result<std::shared_ptr<const Visit>> AdfsFactor::look_again(const FactorForm& factor) {
    const Time now = talk_.now();
    const bool is_first = !waits_since_;
    if (is_first) {
        waits_since_ = now;
        paused_ = {};
    }
    // The pauses alone are a measure, too: somebody may set the clock back.
    if (std::max<std::chrono::milliseconds>(now - *waits_since_, paused_) >= terms_.factor_timeout)
        return fail(Code::second_factor_timeout, "Nobody approved the second factor \"{}\" within {} s.", factor.method,
                    std::chrono::duration_cast<std::chrono::seconds>(terms_.factor_timeout).count())
            .peer(factor.method);
    Waiting waiting{.text = factor.show.empty() ? "Approve the sign-in on your telephone"
                                                : "Enter this number on your telephone to approve the sign-in",
                    .show = factor.show};
    // Some adapters ask the telephone only when the form comes, and answer when somebody has decided.
    waiting.pause = is_first ? std::chrono::milliseconds(0) : poll_pause;
    AWSFED_CHECK(talk_.wait(waiting));
    paused_ += waiting.pause;
    has_looked_ = true;
    return talk_.post(factor.action, factor_body(factor, Secret()));
}

} // namespace awsfed
