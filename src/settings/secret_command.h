// Runs a program that prints a secret.
#pragma once

#include "base/cancel.h"
#include "base/result.h"
#include "base/secret.h"

#include <string>

namespace awsfed {

// `command` is an absolute path and arguments, split at blanks. There is no shell; the child gets
// /dev/null as input and error output, and no descriptor of ours but the pipe. It is killed after
// command_timeout_ms, when it prints more than secret_bytes_max, and when `cancel` says so. The program must
// belong to root or to this user, and nobody else may be able to write it (security rule 4).
Result<Secret> run_secret_command(const std::string& command, const Cancel& cancel);

} // namespace awsfed
