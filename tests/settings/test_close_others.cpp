#include "settings/close_others.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

using namespace awsfed;

namespace {

// The exit status of a shell that was started so: 0 where it has the descriptor.
template <class Close>
int shell_with(int descriptor, Close&& close) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    CHECK(close(actions) == 0);
    std::string test = "test -e /proc/self/fd/" + std::to_string(descriptor);
    std::array<char*, 4> words{const_cast<char*>("sh"), const_cast<char*>("-c"), test.data(), nullptr}; // NOLINT
    pid_t child = 0;
    REQUIRE(::posix_spawn(&child, "/bin/sh", &actions, nullptr, words.data(), environ) == 0);
    ::posix_spawn_file_actions_destroy(&actions);
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WEXITSTATUS(status);
}

} // namespace

TEST_CASE("a program is not given the host's descriptors, with an older glibc either") {
    const int open = ::open("/dev/null", O_RDONLY); // NOLINT: it is to be inherited
    REQUIRE(open > 2);
    CHECK(shell_with(open, [](auto&) { return 0; }) == 0);
    CHECK(shell_with(open, [](auto& actions) { return close_others(actions, 3); }) == 1);
    CHECK(shell_with(open, [](auto& actions) { return close_open_ones(actions, 3); }) == 1);
    CHECK(shell_with(open, [open](auto& actions) { return close_open_ones(actions, open + 1); }) == 0);
    ::close(open);
}
