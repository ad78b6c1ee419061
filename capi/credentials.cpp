// Credentials and their forms.
#include "credentials/format.h"
#include "guarded.h"

#include <algorithm>

using namespace awsfed;
using namespace awsfed::capi;

namespace {

const char* secret_out(const Secret& secret, size_t* n) {
    return secret.empty() ? absent(n) : text_out(secret.reveal().data(), secret.size(), n);
}

} // namespace

awsfed_status awsfed_credentials_new(const void* key_id, size_t key_id_n, const void* secret, size_t secret_n,
                                     const void* token, size_t token_n, int64_t expires_ms, awsfed_credentials** out,
                                     awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_TRY(std::string_view id, bytes_in(key_id, key_id_n));
        AWSFED_TRY(std::string_view key, bytes_in(secret, secret_n));
        AWSFED_TRY(std::string_view session, bytes_in(token, token == nullptr ? 0 : token_n));
        if (id.empty() || key.empty())
            return fail(Code::usage, "Credentials need a key id and a secret key.");
        Credentials keys;
        keys.access_key_id = Secret(id);
        keys.secret_access_key = Secret(key);
        keys.session_token = Secret(session);
        if (expires_ms >= 0)
            keys.expiration = Time(std::chrono::milliseconds(expires_ms));
        *out = new awsfed_credentials{std::move(keys), {}};
        return {};
    });
}

const char* awsfed_credentials_text(const awsfed_credentials* c, awsfed_credentials_field field, size_t* n) {
    if (c == nullptr)
        return absent(n);
    const Credentials& keys = c->credentials;
    switch (field) {
    case AWSFED_CREDENTIALS_ACCESS_KEY_ID: return secret_out(keys.access_key_id, n);
    case AWSFED_CREDENTIALS_SECRET_ACCESS_KEY: return secret_out(keys.secret_access_key, n);
    case AWSFED_CREDENTIALS_SESSION_TOKEN: return secret_out(keys.session_token, n);
    case AWSFED_CREDENTIALS_ROLE_ARN: return text_or_absent(keys.role_arn, n);
    case AWSFED_CREDENTIALS_ACCOUNT: return text_or_absent(keys.account, n);
    case AWSFED_CREDENTIALS_SOURCE_IDENTITY: return text_or_absent(keys.source_identity, n);
    case AWSFED_CREDENTIALS_SESSION_ARN: return text_or_absent(keys.session_arn, n);
    case AWSFED_CREDENTIALS_REGION: return text_or_absent(keys.region, n);
    default: return absent(n);
    }
}

int64_t awsfed_credentials_expires_ms(const awsfed_credentials* c) {
    return c != nullptr && c->credentials.expiration ? c->credentials.expiration->time_since_epoch().count() : -1;
}

const char* awsfed_credentials_answer(const awsfed_credentials* c, const char* path, size_t n, size_t* text_n) {
    const auto name = text_in(path, n);
    if (c == nullptr || !name)
        return absent(text_n);
    const auto& answer = c->credentials.answer;
    const auto found = std::ranges::find(answer, *name, &std::pair<std::string, std::string>::first);
    return found == answer.end() ? absent(text_n) : text_out(found->second, text_n);
}

awsfed_status awsfed_credentials_format(awsfed_credentials* c, const char* format, size_t n, const char** text,
                                        size_t* text_n, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(text);
        *text = nullptr;
        AWSFED_NEEDS(c);
        AWSFED_TRY(std::string_view name, text_in(format, n));
        auto found = c->formatted.find(name);
        if (found == c->formatted.end()) {
            AWSFED_TRY(Secret made, format_credentials(c->credentials, name));
            found = c->formatted.emplace(name, std::move(made)).first;
        }
        *text = text_out(found->second.reveal().data(), found->second.size(), text_n);
        return {};
    });
}

void awsfed_credentials_free(awsfed_credentials* c) { delete c; }
