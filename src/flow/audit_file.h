// A file of lines that only grows: this user's own.
#pragma once

#include "base/descriptor.h"
#include "base/result.h"

#include <string>
#include <string_view>

namespace awsfed {

class AuditFile {
public:
    // An absolute path; made where there is none, for this user alone. Refused are links, what is no regular file,
    // what belongs to somebody else, and what others can write. Failures are audit_failed.
    static Result<AuditFile> open(const std::string& path);

    // By one write at the end of the file, so that the lines of several processes do not mix (on a local file system).
    Result<void> add(std::string_view line) const;

private:
    AuditFile(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

    Descriptor file_;
    std::string path_;
};

} // namespace awsfed
