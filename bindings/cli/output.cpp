#include "output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <vector>

namespace cli {

namespace {

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t done = ::write(fd, text.data(), text.size());
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
}

bool replace_file(const std::string& path, std::string_view text) {
    std::string temporary = path + ".XXXXXX";
    const int fd = ::mkostemp(temporary.data(), O_CLOEXEC); // mode 0600
    if (fd < 0)
        return false;
    bool done = write_all(fd, text) && ::fsync(fd) == 0;
    done = ::close(fd) == 0 && done;
    if (done && ::rename(temporary.c_str(), path.c_str()) == 0)
        return true;
    const int error = errno;
    ::unlink(temporary.c_str());
    errno = error;
    return false;
}

// Whoever made a pipe or a device reads what is written to it.
bool is_ours(const struct stat& there) {
    return !S_ISREG(there.st_mode) && (there.st_uid == ::geteuid() || there.st_uid == 0);
}

// A device or a pipe is written to: to put a file in the place of /dev/null would harm everybody on the machine.
bool write_special(const std::string& path, std::string_view text) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
    if (fd < 0)
        return false;
    struct stat opened{}; // by now it may be another one
    bool done = ::fstat(fd, &opened) == 0;
    if (done && !is_ours(opened)) {
        errno = EPERM;
        done = false;
    }
    done = done && write_all(fd, text);
    const int error = errno;
    ::close(fd); // it is written already
    errno = error;
    return done;
}

} // namespace

bool write_output(const std::string& path, std::string_view text, std::string& why) {
    struct stat there{};
    const bool exists = !path.empty() && ::lstat(path.c_str(), &there) == 0;
    if (exists && S_ISLNK(there.st_mode)) { // as /dev/stdout is
        why = "it is a symbolic link";
        return false;
    }
    const bool is_special = exists && !S_ISREG(there.st_mode);
    if (is_special && !is_ours(there)) { // before it is opened: that may wait for who reads it
        why = "it belongs to another user";
        return false;
    }
    if (path.empty() ? write_all(STDOUT_FILENO, text)
        : is_special ? write_special(path, text)
                     : replace_file(path, text))
        return true;
    why = std::generic_category().message(errno);
    return false;
}

} // namespace cli
