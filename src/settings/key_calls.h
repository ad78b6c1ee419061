// The kernel's calls for its keyrings, keyrings(7), as functions. Inside of settings/ only.
#pragma once

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace awsfed::keyrings {

using Serial = std::int32_t; // of a key or a keyring; negative: none, and errno says why

inline Serial add_key(const char* type, const char* name, const void* bytes, std::size_t size, Serial keyring) {
    return static_cast<Serial>(::syscall(SYS_add_key, type, name, bytes, size, keyring));
}

// Of the keyrings of this process; nobody is asked to make one.
inline Serial request_key(const char* type, const char* name) {
    return static_cast<Serial>(::syscall(SYS_request_key, type, name, nullptr, Serial{0}));
}

inline Serial search(Serial keyring, const char* type, const char* name) {
    return static_cast<Serial>(::syscall(SYS_keyctl, KEYCTL_SEARCH, keyring, type, name, Serial{0}));
}

// How long the key is; of it, as much as fits is written.
inline long read(Serial key, char* bytes, std::size_t size) {
    return ::syscall(SYS_keyctl, KEYCTL_READ, key, bytes, size);
}

inline long link(Serial key, Serial keyring) { return ::syscall(SYS_keyctl, KEYCTL_LINK, key, keyring); }
inline long unlink(Serial key, Serial keyring) { return ::syscall(SYS_keyctl, KEYCTL_UNLINK, key, keyring); }

inline long move(Serial key, Serial from, Serial to, unsigned flags) {
    return ::syscall(SYS_keyctl, KEYCTL_MOVE, key, from, to, flags);
}

// The user's persistent keyring, linked into that one.
inline Serial persistent(int user, Serial keyring) {
    return static_cast<Serial>(::syscall(SYS_keyctl, KEYCTL_GET_PERSISTENT, user, keyring));
}

} // namespace awsfed::keyrings
