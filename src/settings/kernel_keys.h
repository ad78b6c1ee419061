// Keys of type "user" that the kernel keeps: keyrings(7), persistent-keyring(7).
#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <string>

namespace awsfed {

// The one of that description, in the keyrings of the thread, the process and the session, of the user, or in the
// user's persistent one.
Result<Secret> kernel_key(const std::string& name);

// The one of that description in the user's persistent keyring, where all his processes find it. Where there is none,
// one of 32 random bytes is made; of several processes that do so at once, all are given the same. It is gone when the
// machine restarts, or when nobody has asked for it for some days (/proc/sys/kernel/keys/persistent_keyring_expiry).
Result<Secret> lasting_kernel_key(const std::string& name);

} // namespace awsfed
