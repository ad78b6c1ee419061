// Codes of an authenticator app (TOTP, RFC 6238), from its secret.
#pragma once

#include "base/one_time_code.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

#include <chrono>
#include <cstdint>

namespace awsfed {

struct Totp {
    Secret key;
    int digits = 6;
    std::chrono::seconds period{30};
    CodeHash hash = CodeHash::sha1;

    // A secret in base32, blanks and case do not count; or an otpauth: address, as a QR code of the app has it
    // (https://github.com/google/google-authenticator/wiki/Key-Uri-Format). setting_invalid, setting totp_secret.
    static Result<Totp> read(const Secret& text);

    // Periods since 1970.
    std::int64_t step_at(Time now) const;
    Time begin_of(std::int64_t step) const;
    Secret code_of(std::int64_t step) const;
};

} // namespace awsfed
