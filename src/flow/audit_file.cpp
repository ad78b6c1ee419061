#include "flow/audit_file.h"

#include "base/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace awsfed {

namespace {

std::string reason_of(int error) { return std::generic_category().message(error); }

Failure failure(const std::string& path, std::string_view what) {
    return fail(Code::audit_failed, "The audit file {} {}.", printable(path), what).setting("audit_file");
}

// One that was cut short by a full disk. It stays as it is; the next line begins at a line's beginning.
bool ends_within_a_line(int fd) {
    struct stat facts{};
    char last = '\n';
    return ::fstat(fd, &facts) == 0 && facts.st_size > 0 && ::pread(fd, &last, 1, facts.st_size - 1) == 1 &&
           last != '\n';
}

} // namespace

Result<AuditFile> AuditFile::open(const std::string& path) {
    if (!path.starts_with('/')) // a job chooses the working folder
        return failure(path, "needs an absolute path");
    // O_NONBLOCK: a pipe in its place must not hold the call up.
    Descriptor file(
        ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600));
    struct stat facts{};
    if (!file.is_open() || ::fstat(file.get(), &facts) != 0)
        return failure(path, errno == ELOOP ? "is a link" : "cannot be opened: " + reason_of(errno));
    if (!S_ISREG(facts.st_mode))
        return failure(path, "is not a regular file");
    if (facts.st_uid != ::geteuid())
        return failure(path, "belongs to another user");
    if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return failure(path, "can be written by others");
    if (facts.st_nlink > 1)
        return failure(path, "has another name, too");
    return AuditFile(std::move(file), path);
}

Result<void> AuditFile::add(std::string_view line) const {
    std::string text = ends_within_a_line(file_.get()) ? "\n" : "";
    text.append(line).append("\n");
    ssize_t written = 0;
    do
        written = ::write(file_.get(), text.data(), text.size());
    while (written < 0 && errno == EINTR);
    if (written < 0)
        return failure(path_, "cannot be written: " + reason_of(errno));
    if (static_cast<std::size_t>(written) != text.size())
        return failure(path_, "has no room for a whole line");
    return {};
}

} // namespace awsfed
