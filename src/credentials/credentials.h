// AWS credentials: what the whole program is for. They are made once and then only read.
#pragma once

#include "base/secret.h"
#include "base/time.h"

#include <optional>
#include <string>

namespace awsfed {

// The key id is kept as a Secret too: it is not one by itself, but build servers mask all three values.
struct Credentials {
    Secret access_key_id{};
    Secret secret_access_key{};
    Secret session_token{};           // empty: long-term keys
    std::optional<Time> expiration{}; // empty: they do not expire; whole seconds
    std::string role_arn{};           // the role that was asked for; empty where none was
    std::string account{};
    std::string region{};
    std::string session_arn{};    // the assumed role or federated user, as STS names it
    std::string source_identity{};

    bool are_temporary() const { return !session_token.empty(); }
    Credentials clone() const;
};

} // namespace awsfed
