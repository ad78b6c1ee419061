// The sign-in conversation.
#include "guarded.h"

using namespace awsfed;
using namespace awsfed::capi;

namespace {

awsfed_signin_state state_out(SignIn::State state) {
    switch (state) {
    case SignIn::State::done: return AWSFED_SIGNIN_DONE;
    case SignIn::State::asks: return AWSFED_SIGNIN_ASKS;
    case SignIn::State::waits: break;
    }
    return AWSFED_SIGNIN_WAITS;
}

// What is waited for is shown like a question, which has no answer.
const char* waiting_text(const Waiting& waiting, awsfed_question_field field, size_t* n) {
    constexpr std::string_view name = "second_factor";
    switch (field) {
    case AWSFED_QUESTION_NAME: return text_out(name.data(), name.size(), n);
    case AWSFED_QUESTION_TEXT: return text_out(waiting.text, n);
    case AWSFED_QUESTION_SHOW: return waiting.show.empty() ? absent(n) : text_out(waiting.show, n);
    default: return absent(n);
    }
}

} // namespace

awsfed_status awsfed_signin_new(const awsfed_context* c, const awsfed_settings* s, awsfed_signin** out,
                                awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(c);
        AWSFED_TRY(std::unique_ptr<SignIn> sign_in,
                   SignIn::start_audited(*c->context, settings_or_none(s), cancel_or_never(nullptr)));
        *out = new awsfed_signin{c->context, std::move(sign_in)};
        return {};
    });
}

awsfed_status awsfed_signin_step(awsfed_signin* g, awsfed_cancel* cancel, awsfed_signin_state* state,
                                 awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(g);
        AWSFED_NEEDS(state);
        AWSFED_TRY(SignIn::State now, g->sign_in->step(cancel_or_never(cancel)));
        *state = state_out(now);
        return {};
    });
}

size_t awsfed_signin_question_count(const awsfed_signin* g) {
    if (g == nullptr)
        return 0;
    return g->sign_in->waiting() ? 1 : g->sign_in->questions().size();
}

const char* awsfed_signin_question_text(const awsfed_signin* g, size_t index, awsfed_question_field field, size_t* n) {
    if (index >= awsfed_signin_question_count(g))
        return absent(n);
    if (g->sign_in->waiting())
        return waiting_text(*g->sign_in->waiting(), field, n);
    const Question& question = g->sign_in->questions()[index];
    switch (field) {
    case AWSFED_QUESTION_NAME: return text_out(question.name, n);
    case AWSFED_QUESTION_TEXT: return text_out(question.text, n);
    default: return absent(n);
    }
}

int awsfed_signin_question_is_secret(const awsfed_signin* g, size_t index) {
    return g != nullptr && index < g->sign_in->questions().size() && g->sign_in->questions()[index].secret ? 1 : 0;
}

awsfed_status awsfed_signin_question_choices(const awsfed_signin* g, size_t index, awsfed_names** out,
                                             awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(g);
        if (g->sign_in->waiting() && index == 0) {
            *out = new awsfed_names{};
            return {};
        }
        if (index >= g->sign_in->questions().size())
            return fail(Code::usage, "There is no question {}.", index);
        *out = new awsfed_names{g->sign_in->questions()[index].choices};
        return {};
    });
}

awsfed_status awsfed_signin_answer(awsfed_signin* g, size_t index, const void* value, size_t value_n,
                                   awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(g);
        AWSFED_TRY(std::string_view bytes, bytes_in(value, value_n));
        return g->sign_in->answer(index, bytes);
    });
}

awsfed_status awsfed_signin_result(const awsfed_signin* g, awsfed_assertion** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(g);
        AWSFED_TRY(std::shared_ptr<const Assertion> assertion, g->sign_in->result());
        *out = new awsfed_assertion{std::move(assertion)};
        return {};
    });
}

void awsfed_signin_free(awsfed_signin* g) { delete g; }
