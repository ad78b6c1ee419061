#include "base/process.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace awsfed;

namespace {

// Whether a child, and a child of its own, each know who they are.
bool children_know_themselves(int generations) {
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(process_id() == ::getpid() && (generations == 1 || children_know_themselves(generations - 1)) ? 0 : 1);
    int status = -1;
    return ::waitpid(child, &status, 0) == child && status == 0;
}

} // namespace

TEST_CASE("a process is known by its id, and so is a forked child, and its child") {
    CHECK(process_id() == ::getpid());
    CHECK(process_id() == ::getpid());
    CHECK(children_know_themselves(3));
    CHECK(process_id() == ::getpid());
}
