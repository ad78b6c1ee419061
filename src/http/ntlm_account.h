// A user and his password, as libcurl's NTLM takes them.
#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <string>
#include <string_view>

namespace awsfed {

struct NtlmAccount {
    std::string user; // DOMAIN\user or user@domain
    Secret password;  // in ISO 8859-1

    // libcurl makes UTF-16 of each by putting a zero behind every byte, and leaves the case of other letters than those
    // of ASCII as it is in the user's name. What would be sent wrong is refused: it would count as a wrong password.
    static Result<NtlmAccount> of(std::string_view user, const Secret& password);
};

} // namespace awsfed
