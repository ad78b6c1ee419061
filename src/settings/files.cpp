#include "settings/files.h"

#include "base/descriptor.h"
#include "base/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace awsfed {

namespace {

bool only_ours(const struct stat& status) {
    const bool owned = status.st_uid == 0 || status.st_uid == ::geteuid();
    return S_ISREG(status.st_mode) && owned && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::string reason_of(int error) { return std::generic_category().message(error); }

Result<Secret> read_all(int fd, std::size_t bytes_max, Code code, std::string_view what) {
    Secret bytes;
    constexpr std::size_t piece = 16 * 1024;
    while (true) {
        const std::size_t before = bytes.size();
        const ssize_t got = ::read(fd, bytes.grow(piece), piece);
        const int error = errno;
        bytes.truncate(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got < 0 && error == EINTR)
            continue;
        if (got < 0)
            return fail(code, "{} cannot be read: {}.", what, reason_of(error));
        if (got == 0)
            return bytes;
        if (bytes.size() > bytes_max)
            return fail(code, "{} is longer than {} bytes.", what, bytes_max);
    }
}

} // namespace

Result<FileContent> read_file(const std::string& path, std::size_t bytes_max, Code code, std::string_view what) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    struct stat status{};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0)
        return fail(code, "The {} {} cannot be read: {}.", what, printable(path), reason_of(errno));
    if (S_ISDIR(status.st_mode))
        return fail(code, "The {} {} cannot be read: it is a directory.", what, printable(path));

    FileContent content;
    content.only_ours = only_ours(status);
    AWSFED_TRY(content.bytes, read_all(file.get(), bytes_max, code, fmt::format("The {} {}", what, printable(path))));
    return content;
}

Result<Secret> read_standard_input(std::size_t bytes_max) {
    return read_all(STDIN_FILENO, bytes_max, Code::secret_unreadable, "Standard input");
}

bool is_only_ours(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && only_ours(status);
}

} // namespace awsfed
