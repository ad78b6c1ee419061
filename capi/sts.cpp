// From settings, an assertion or keys to credentials.
#include "base/text.h"
#include "flow/obtain.h"
#include "guarded.h"

#include <algorithm>

using namespace awsfed;
using namespace awsfed::capi;

namespace {

// Runs a call that makes credentials, and hands them over.
template <class Call>
awsfed_status credentials_of(awsfed_credentials** out, awsfed_error** err, Call&& call) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_TRY(auto&& keys, call());
        *out = new awsfed_credentials{std::move(keys), {}};
        return {};
    });
}

Result<const StsActionRow*> action_in(const char* action, size_t n) {
    AWSFED_TRY(const std::string_view name, text_in(action, n));
    const StsActionRow* row = find_sts_action(name);
    if (row != nullptr)
        return row;
    std::string words;
    for (const StsActionRow& one : sts_actions())
        words += fmt::format("\n{}", one.word);
    return fail(Code::usage, "STS has no action \"{}\".", printable(name, 64)).advice("Use one of these:" + words);
}

} // namespace

awsfed_status awsfed_obtain(const awsfed_context* c, const awsfed_settings* s, awsfed_cancel* cancel,
                            awsfed_credentials** out, awsfed_error** err) {
    return credentials_of(out, err, [&]() -> Result<Credentials> {
        AWSFED_NEEDS(c);
        return obtain(*c->context, settings_or_none(s), cancel_or_never(cancel));
    });
}

awsfed_status awsfed_assume_role_with_saml(const awsfed_context* c, const awsfed_settings* s,
                                           const awsfed_assertion* assertion, awsfed_cancel* cancel,
                                           awsfed_credentials** out, awsfed_error** err) {
    return credentials_of(out, err, [&]() -> Result<Credentials> {
        AWSFED_NEEDS(c);
        AWSFED_NEEDS(assertion);
        return assume_role_with_saml(*c->context, settings_or_none(s), assertion->assertion, cancel_or_never(cancel));
    });
}

awsfed_status awsfed_assume_role_with_verified(const awsfed_context* c, const awsfed_settings* s,
                                               const awsfed_verified* assertion, awsfed_cancel* cancel,
                                               awsfed_credentials** out, awsfed_error** err) {
    return credentials_of(out, err, [&]() -> Result<Credentials> {
        AWSFED_NEEDS(c);
        AWSFED_NEEDS(assertion);
        return assume_role_with_saml(*c->context, settings_or_none(s), assertion->assertion, cancel_or_never(cancel));
    });
}

awsfed_status awsfed_assume_role(const awsfed_context* c, const awsfed_settings* s, const awsfed_credentials* source,
                                 awsfed_cancel* cancel, awsfed_credentials** out, awsfed_error** err) {
    return credentials_of(out, err, [&]() -> Result<Credentials> {
        AWSFED_NEEDS(c);
        const Credentials* keys = source == nullptr ? nullptr : &source->credentials;
        return session_by(StsAction::assume_role, *c->context, settings_or_none(s), keys, cancel_or_never(cancel));
    });
}

awsfed_status awsfed_federation_token(const awsfed_context* c, const awsfed_settings* s,
                                      const awsfed_credentials* source, awsfed_cancel* cancel, awsfed_credentials** out,
                                      awsfed_error** err) {
    return credentials_of(out, err, [&]() -> Result<Credentials> {
        AWSFED_NEEDS(c);
        const Credentials* keys = source == nullptr ? nullptr : &source->credentials;
        return session_by(StsAction::get_federation_token, *c->context, settings_or_none(s), keys,
                          cancel_or_never(cancel));
    });
}

awsfed_status awsfed_session(const awsfed_context* c, const awsfed_settings* s, const char* action, size_t n,
                             const awsfed_credentials* source, awsfed_cancel* cancel, awsfed_credentials** out,
                             awsfed_error** err) {
    return credentials_of(out, err, [&]() -> Result<Credentials> {
        AWSFED_NEEDS(c);
        AWSFED_TRY(const StsActionRow* row, action_in(action, n));
        if (!row->gives_credentials || row->action == StsAction::assume_role_with_saml)
            return fail(Code::usage, "awsfed_session does not do {}.", row->name);
        const Credentials* keys = source == nullptr ? nullptr : &source->credentials;
        return session_by(row->action, *c->context, settings_or_none(s), keys, cancel_or_never(cancel));
    });
}

awsfed_status awsfed_narrow(const awsfed_context* c, const awsfed_settings* s, const awsfed_credentials* session,
                            awsfed_cancel* cancel, awsfed_credentials** out, awsfed_error** err) {
    return credentials_of(out, err, [&]() -> Result<Credentials> {
        AWSFED_NEEDS(c);
        AWSFED_NEEDS(session);
        return narrow(*c->context, settings_or_none(s), session->credentials, cancel_or_never(cancel));
    });
}

// ---- any action ------------------------------------------------------------------------------

awsfed_status awsfed_sts_call(const awsfed_context* c, const awsfed_settings* s, const char* action, size_t n,
                              const awsfed_credentials* source, awsfed_cancel* cancel, awsfed_answer** out,
                              awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(c);
        AWSFED_TRY(const StsActionRow* row, action_in(action, n));
        const Credentials* keys = source == nullptr ? nullptr : &source->credentials;
        AWSFED_TRY(StsResult result,
                   ask_sts(row->action, *c->context, settings_or_none(s), keys, cancel_or_never(cancel)));
        *out = new awsfed_answer{row->action, std::move(result)};
        return {};
    });
}

awsfed_status awsfed_answer_members(const awsfed_answer* a, awsfed_names** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(a);
        std::vector<std::string> names;
        for (const auto& [path, value] : a->result.members)
            names.push_back(path);
        for (const auto& [path, value] : a->result.secrets)
            names.push_back(path);
        *out = new awsfed_names{std::move(names)};
        return {};
    });
}

const char* awsfed_answer_text(const awsfed_answer* a, const char* path, size_t n, size_t* text_n) {
    const auto name = text_in(path, n);
    if (a == nullptr || !name)
        return absent(text_n);
    if (const Secret* secret = a->result.secret(*name))
        return text_out(secret->reveal().data(), secret->size(), text_n);
    const auto found = std::ranges::find(a->result.members, *name, &std::pair<std::string, std::string>::first);
    return found == a->result.members.end() ? absent(text_n) : text_out(found->second, text_n);
}

int awsfed_answer_is_secret(const awsfed_answer* a, const char* path, size_t n) {
    const auto name = text_in(path, n);
    return a != nullptr && name && a->result.secret(*name) != nullptr ? 1 : 0;
}

const char* awsfed_answer_request_id(const awsfed_answer* a, size_t* n) {
    return a == nullptr ? absent(n) : text_or_absent(a->result.request_id, n);
}

awsfed_status awsfed_answer_credentials(const awsfed_answer* a, awsfed_credentials** out, awsfed_error** err) {
    return credentials_of(out, err, [&]() -> Result<Credentials> {
        AWSFED_NEEDS(a);
        AWSFED_TRY(Session session, session_of(row_of(a->action), a->result.clone()));
        return std::move(session.credentials);
    });
}

void awsfed_answer_free(awsfed_answer* a) { delete a; }
