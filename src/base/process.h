// Which process this is: what was made before a fork refuses to work behind it.
#pragma once

#include <sys/types.h>

namespace awsfed {

// As getpid(), without a system call after the first.
pid_t process_id();

} // namespace awsfed
