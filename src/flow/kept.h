// What is kept, for whom and until when; and the end of it. Never a secret.
#pragma once

#include "cache/sealed_store.h"
#include "flow/context.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

struct KeptFacts {
    RecordKind kind{};
    RequestKey key{};
    bool in_memory = false; // of this context; otherwise in the store that the settings name
    std::string connector{}, user{}, principal{};
    std::string target{}; // of attempts: the identity provider's origin
    std::string role_arn{}, account{}, session_arn{}, source_identity{};
    std::optional<Time> since{}, until{};
    std::size_t attempts = 0;

    std::string id() const; // names it for erase_kept
};
std::string_view kind_name(RecordKind kind); // "credentials", "session", "attempts"

// All that lies in the store that the settings name, and in the context's memory. What cannot be read is left out.
Result<std::vector<KeptFacts>> list_kept(const Context& context, const Settings* call, const Cancel& cancel);

// Erases credentials and sessions: that of the id (its first eight characters do, where only one has them), or where
// none is given those of the user, or all. How many there were. Other processes may have them in memory still.
struct KeptChoice {
    std::string id{}, user{}; // both empty: all
};
Result<std::size_t> erase_kept(const Context& context, const Settings* call, const KeptChoice& choice,
                               const Cancel& cancel);

// Everything of the user that the settings name may be tried again: the attempts at their identity provider.
Result<void> forget(const Context& context, const Settings* call, const Cancel& cancel);

} // namespace awsfed
