#include "settings/kernel_keys.h"

#include "base/limits.h"
#include "base/random.h"
#include "base/text.h"
#include "settings/key_calls.h"

#include <cerrno>
#include <system_error>

namespace awsfed {

namespace {

using keyrings::Serial;

constexpr std::size_t new_key_bytes = 32;
constexpr int nobody_else = -1; // the user of this process

// A keyring of this thread's own while it lives. What hangs there, we possess: only then are we shown what keys hold.
// The host's keyrings stay as they are.
class OwnKeyring {
public:
    OwnKeyring() : serial_(keyrings::add_key("keyring", "awsfed", nullptr, 0, KEY_SPEC_THREAD_KEYRING)) {}
    OwnKeyring(const OwnKeyring&) = delete;
    OwnKeyring& operator=(const OwnKeyring&) = delete;
    ~OwnKeyring() {
        const int before = errno;
        if (is_there())
            (void)keyrings::unlink(serial_, KEY_SPEC_THREAD_KEYRING);
        errno = before;
    }
    bool is_there() const { return serial_ >= 0; }
    Serial get() const { return serial_; }
    // -1: the kernel does not have it, or does not let us.
    Serial persistent() const { return is_there() ? keyrings::persistent(nobody_else, serial_) : -1; }

private:
    Serial serial_;
};

Serial found_in(Serial keyring, const std::string& name) {
    return keyring < 0 && keyring != KEY_SPEC_USER_KEYRING ? -1 : keyrings::search(keyring, "user", name.c_str());
}

Result<Secret> content_of(Serial key, const std::string& name) {
    const long size = key < 0 ? -1 : keyrings::read(key, nullptr, 0);
    if (size < 0 || static_cast<std::size_t>(size) > secret_bytes_max)
        return fail(Code::secret_unreadable, "The kernel's keyrings hold no readable key \"{}\".", printable(name));
    Secret secret;
    const auto room = static_cast<std::size_t>(size);
    const long got = keyrings::read(key, secret.grow(room), room);
    if (got != size)
        return fail(Code::secret_unreadable, "The kernel's key \"{}\" changed while it was read.", printable(name));
    return secret;
}

// Somebody else may be sooner: then it is his that is there.
bool make_key(const OwnKeyring& own, Serial persistent, const std::string& name) {
    Secret bytes;
    char* place = bytes.grow(new_key_bytes);
    SystemRandom().fill({reinterpret_cast<unsigned char*>(place), new_key_bytes});
    const Serial key = keyrings::add_key("user", name.c_str(), place, new_key_bytes, own.get());
    if (key < 0)
        return false;
    if (keyrings::move(key, own.get(), persistent, KEYCTL_MOVE_EXCL) == 0 || errno == EEXIST)
        return true;
    const bool cannot_move = errno == EOPNOTSUPP || errno == ENOSYS; // before Linux 5.3
    return cannot_move && keyrings::link(key, persistent) == 0;
}

} // namespace

Result<Secret> kernel_key(const std::string& name) {
    const Serial near = keyrings::request_key("user", name.c_str());
    if (near >= 0)
        return content_of(near, name);
    const OwnKeyring own;
    if (own.is_there() && keyrings::link(KEY_SPEC_USER_KEYRING, own.get()) == 0) {
        if (const Serial key = found_in(KEY_SPEC_USER_KEYRING, name); key >= 0)
            return content_of(key, name);
    }
    return content_of(found_in(own.persistent(), name), name);
}

Result<Secret> lasting_kernel_key(const std::string& name) {
    const OwnKeyring own;
    const Serial persistent = own.persistent();
    Serial key = found_in(persistent, name);
    if (persistent >= 0 && key < 0 && make_key(own, persistent, name))
        key = found_in(persistent, name);
    if (key < 0)
        return fail(Code::secret_unreadable, "The kernel keeps no key \"{}\" in a persistent keyring: {}.",
                    printable(name), std::generic_category().message(errno))
            .advice("Where the kernel or a container does not allow it, keep the key in a file (file:PATH).");
    return content_of(key, name);
}

} // namespace awsfed
