#include "http/ntlm_account.h"

#include "base/text.h"
#include "base/unicode.h"

#include <algorithm>

namespace awsfed {

Result<NtlmAccount> NtlmAccount::of(std::string_view user, const Secret& password) {
    constexpr char32_t latin_1_max = 0xff;
    constexpr const char* advice = "Set adfs_method to kerberos or forms, which take any.";
    if (std::ranges::any_of(user, [](char c) { return c <= ' ' || c > '~'; }))
        return fail(Code::setting_invalid, "With NTLM the user name must be of ASCII letters.")
            .setting("user")
            .advice(advice);
    if (!is_utf8(password.reveal()))
        return fail(Code::setting_invalid, "The password is not UTF-8.").setting("password");
    NtlmAccount account{.user = std::string(user), .password = {}};
    for (std::string_view rest = password.reveal(); !rest.empty();) {
        const char32_t point = take_character(rest);
        if (point == 0 || point > latin_1_max)
            return fail(Code::setting_invalid, "With NTLM the password must be of letters of ISO 8859-1.")
                .setting("password")
                .advice(advice);
        account.password.append(static_cast<char>(point));
    }
    return account;
}

} // namespace awsfed
