// From settings, an assertion or keys to credentials.
#include "flow/obtain.h"
#include "guarded.h"

using namespace awsfed;
using namespace awsfed::capi;

namespace {

// Runs a call that makes credentials, and hands them over.
template <class Call>
awsfed_status credentials_of(awsfed_credentials** out, awsfed_error** err, Call&& call) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_TRY(Credentials keys, call());
        *out = new awsfed_credentials{std::move(keys), {}};
        return {};
    });
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
        return assume_role(*c->context, settings_or_none(s), keys, cancel_or_never(cancel));
    });
}

awsfed_status awsfed_federation_token(const awsfed_context* c, const awsfed_settings* s,
                                      const awsfed_credentials* source, awsfed_cancel* cancel, awsfed_credentials** out,
                                      awsfed_error** err) {
    return credentials_of(out, err, [&]() -> Result<Credentials> {
        AWSFED_NEEDS(c);
        const Credentials* keys = source == nullptr ? nullptr : &source->credentials;
        return federation_token(*c->context, settings_or_none(s), keys, cancel_or_never(cancel));
    });
}
