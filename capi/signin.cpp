// The sign-in conversation.
#include "guarded.h"

using namespace awsfed;
using namespace awsfed::capi;

awsfed_status awsfed_signin_new(const awsfed_context* c, const awsfed_settings* s, awsfed_signin** out,
                                awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(c);
        const Settings none;
        AWSFED_TRY(std::unique_ptr<SignIn> sign_in,
                   SignIn::start(*c->context, s == nullptr ? none : s->settings, cancel_or_never(nullptr)));
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
        *state = now == SignIn::State::done ? AWSFED_SIGNIN_DONE : AWSFED_SIGNIN_ASKS;
        return {};
    });
}

size_t awsfed_signin_question_count(const awsfed_signin* g) {
    return g == nullptr ? 0 : g->sign_in->questions().size();
}

const char* awsfed_signin_question_text(const awsfed_signin* g, size_t index, awsfed_question_field field, size_t* n) {
    if (index >= awsfed_signin_question_count(g))
        return absent(n);
    const Question& question = g->sign_in->questions()[index];
    switch (field) {
    case AWSFED_QUESTION_NAME: return text_out(question.name, n);
    case AWSFED_QUESTION_TEXT: return text_out(question.text, n);
    default: return absent(n);
    }
}

int awsfed_signin_question_is_secret(const awsfed_signin* g, size_t index) {
    return index < awsfed_signin_question_count(g) && g->sign_in->questions()[index].secret ? 1 : 0;
}

awsfed_status awsfed_signin_question_choices(const awsfed_signin* g, size_t index, awsfed_names** out,
                                             awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(g);
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
