// AES-256-GCM (NIST SP 800-38D) by OpenSSL: bytes that nobody reads or changes without the key.
#pragma once

#include "base/random.h"
#include "base/secret.h"

#include <optional>
#include <string>
#include <string_view>

namespace awsfed {

inline constexpr std::size_t aead_key_bytes = 32;

// A nonce of 12 random bytes, the cipher text and a tag of 16. `context` is not in it, but needed to open it. One key
// must not seal more than 2^32 texts, since its nonces are random.
std::string seal(std::string_view key, std::string_view plain, std::string_view context, const Random& random);

// Empty for everything that was not sealed with this key and this context.
std::optional<Secret> unseal(std::string_view key, std::string_view sealed, std::string_view context);

} // namespace awsfed
