// Where a secret is to be had, instead of the secret: what config files, flags and variables may say.
//
//   env:NAME            the environment variable
//   file:/PATH          the content of a file, without one final line end
//   stdin               everything on standard input, without one final line end
//   keyring:NAME        the kernel's key of type "user" with that description
//   persistent:NAME     the same in the user's persistent keyring; a random one is made where there is none. For
//   cache_key command:/PATH ARGS  what a program prints, without one final line end; no shell, words split at blanks
#pragma once

#include "base/cancel.h"
#include "base/result.h"
#include "base/secret.h"

#include <string>
#include <string_view>

namespace awsfed {

struct SecretReference {
    enum class Kind { environment, file, input, keyring, persistent, command };

    static Result<SecretReference> parse(std::string_view text);

    Kind kind = Kind::environment;
    std::string target; // name, path, or path and arguments
};

// Fetches it now. Commands are run only when `commands_allowed`: the caller has checked who asks.
Result<Secret> fetch_secret(const SecretReference& reference, bool commands_allowed, const Cancel& cancel);

} // namespace awsfed
