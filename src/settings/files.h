// Files that awsfed reads: with a cap, and with an answer to who else could have written them.
#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <string>

namespace awsfed {

struct FileContent {
    Secret bytes;
    bool only_ours = false; // a regular file of root or this user that nobody else can write
};

// `code` is what a failure is called, `what` is the noun for its sentence ("config file").
Result<FileContent> read_file(const std::string& path, std::size_t bytes_max, Code code, std::string_view what);

// Everything on standard input.
Result<Secret> read_standard_input(std::size_t bytes_max);

// Whether the file at `path` is a regular one of root or this user that nobody else can write.
bool is_only_ours(const std::string& path);

} // namespace awsfed
