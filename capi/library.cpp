// The library as a whole, and errors.
#include "guarded.h"

#include <algorithm>
#include <array>

using namespace awsfed;
using namespace awsfed::capi;

// The statuses of the header are those of the core.
static_assert(AWSFED_E_UNSUPPORTED == static_cast<int>(Status::unsupported) &&
              AWSFED_E_SETTING == static_cast<int>(Status::setting) &&
              AWSFED_E_REFUSED == static_cast<int>(Status::refused) &&
              AWSFED_E_STORE == static_cast<int>(Status::store));

uint32_t awsfed_abi(void) { return AWSFED_ABI; }

const char* awsfed_version(void) { return AWSFED_VERSION; }

int awsfed_has(const char* feature, size_t n) {
    constexpr std::array<std::string_view, 11> features{"idp:form",          "idp:adfs",
                                                        "idp:assertion",     "sts:assume-role-with-saml",
                                                        "sts:assume-role",   "sts:get-federation-token",
                                                        "format:sh",         "format:fish",
                                                        "format:powershell", "format:process",
                                                        "format:bamboo"};
    const auto name = text_in(feature, n);
    return name && std::ranges::find(features, *name) != features.end() ? 1 : 0;
}

awsfed_status awsfed_error_status(const awsfed_error* error) {
    return error == nullptr ? AWSFED_OK : static_cast<awsfed_status>(error->error.status());
}

const char* awsfed_error_text(const awsfed_error* error, awsfed_error_field field, size_t* n) {
    if (error == nullptr)
        return absent(n);
    const Error& e = error->error;
    switch (field) {
    case AWSFED_ERROR_MESSAGE: return text_out(e.message, n);
    case AWSFED_ERROR_ADVICE: return text_or_absent(e.advice, n);
    case AWSFED_ERROR_CODE: return text_out(row_of(e.code).text.data(), row_of(e.code).text.size(), n);
    case AWSFED_ERROR_STAGE: return text_or_absent(e.stage, n);
    case AWSFED_ERROR_SETTING: return text_or_absent(e.setting, n);
    case AWSFED_ERROR_PEER: return text_or_absent(e.peer, n);
    case AWSFED_ERROR_TRACE: return text_or_absent(e.trace, n);
    default: return absent(n);
    }
}

int32_t awsfed_error_http(const awsfed_error* error) { return error == nullptr ? 0 : error->error.http; }

int64_t awsfed_error_retry_after_ms(const awsfed_error* error) {
    return error == nullptr ? -1 : error->error.retry_after_ms;
}

void awsfed_error_free(awsfed_error* error) { delete error; }

const char* awsfed_status_name(awsfed_status status) { return status_name(static_cast<Status>(status)).data(); }
