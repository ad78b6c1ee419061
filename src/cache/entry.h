// Credentials as the bytes of an entry, and back.
#pragma once

#include "base/secret.h"
#include "credentials/credentials.h"

#include <optional>
#include <string_view>

namespace awsfed {

Secret entry_of(const Credentials& credentials);

// Empty for everything that entry_of of this version did not write.
std::optional<Credentials> read_entry(std::string_view bytes);

} // namespace awsfed
