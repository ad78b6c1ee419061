// AWS credentials: what the whole program is for. They are made once and then only read.
#pragma once

#include "base/secret.h"
#include "base/time.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed {

// The key id is kept as a Secret too: it is not one by itself, but build servers mask all three values.
struct Credentials {
    Secret access_key_id{};
    Secret secret_access_key{};
    Secret session_token{};           // empty: long-term keys
    std::optional<Time> expiration{}; // empty: they do not expire; whole seconds
    std::optional<Time> issued{};     // by the clock of who gave them out; empty where nobody told
    std::string role_arn{};           // the role that was asked for; empty where none was
    std::string account{};
    std::string region{};
    std::string session_arn{};    // the assumed role or federated user, as STS names it
    std::string source_identity{};
    // What STS answered beside the keys, by the paths of its members: "AssumedRoleUser/Arn", "SessionTokenSize".
    std::vector<std::pair<std::string, std::string>> answer{};

    bool are_temporary() const { return !session_token.empty(); }
    std::string_view answered(std::string_view path) const; // empty when STS did not
    Credentials clone() const;
};

} // namespace awsfed
