// A program that is started is given no descriptor of the host's but those that are meant for it.
#pragma once

#include <spawn.h>

namespace awsfed {

// From that one on. Returns 0, or an errno. Where glibc is older than 2.34, it is those that are open now.
int close_others(posix_spawn_file_actions_t& actions, int from);

// The second of the two, for tests.
int close_open_ones(posix_spawn_file_actions_t& actions, int from);

} // namespace awsfed
