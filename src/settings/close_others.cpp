#include "settings/close_others.h"

#include <dirent.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

// Built for an older glibc, the library finds this function where it runs, or does not.
#pragma weak posix_spawn_file_actions_addclosefrom_np

namespace awsfed {

namespace {

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

} // namespace

int close_others(posix_spawn_file_actions_t& actions, int from) {
    if (posix_spawn_file_actions_addclosefrom_np != nullptr)
        return ::posix_spawn_file_actions_addclosefrom_np(&actions, from);
    return close_open_ones(actions, from);
}

int close_open_ones(posix_spawn_file_actions_t& actions, int from) {
    const std::unique_ptr<DIR, CloseFolder> folder(::opendir("/proc/self/fd"));
    if (!folder)
        return errno;
    while (const dirent* entry = ::readdir(folder.get())) { // NOLINT(concurrency-mt-unsafe): a stream of our own
        int descriptor = -1;
        const char* name = entry->d_name;
        std::from_chars(name, name + std::strlen(name), descriptor); // not of "." and ".."
        if (descriptor < from)
            continue;
        // One that is closed by then is no error.
        if (const int error = ::posix_spawn_file_actions_addclose(&actions, descriptor); error != 0)
            return error;
    }
    return 0;
}

} // namespace awsfed
