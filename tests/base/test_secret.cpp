#include "base/secret.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <string>
#include <type_traits>

using namespace awsfed;

TEST_CASE("a secret keeps its bytes, NULs too, while it grows over pages") {
    Secret secret;
    std::string plain;
    for (int i = 0; i < 3000; ++i) {
        const char piece[3] = {static_cast<char>(i), '\0', 'x'};
        secret.append(std::string_view(piece, sizeof piece));
        plain.append(piece, sizeof piece);
    }
    CHECK(secret.reveal() == plain);
    CHECK(secret.reveal().data()[secret.size()] == '\0');
    CHECK(secret.equals(plain));
    plain.back() = 'y';
    CHECK_FALSE(secret.equals(plain));
}

TEST_CASE("a secret cannot be copied by accident, and is never printed") {
    static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
    CHECK(fmt::format("{}", Secret("hunter2")) == "[secret]");
}

TEST_CASE("what is cut off a secret is wiped") {
    Secret secret("hunter2-and-more");
    const char* place = secret.reveal().data();
    secret.truncate(7);
    CHECK(secret.reveal() == "hunter2");
    CHECK(std::memcmp(place + 7, "\0\0\0\0\0\0\0\0\0", 9) == 0);
    secret.truncate(100);
    CHECK(secret.size() == 7);
}

TEST_CASE("a moved secret leaves nothing behind") {
    Secret first("hunter2");
    Secret second(std::move(first));
    CHECK(first.empty()); // NOLINT(bugprone-use-after-move): the point
    CHECK(second.reveal() == "hunter2");
    second = Secret("other");
    CHECK(second.reveal() == "other");
}

TEST_CASE("a secret's pages are left out of core dumps and wiped in a forked child") {
    const Secret secret("hunter2");
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(std::memcmp(secret.reveal().data(), "\0\0\0\0\0\0\0", 7) == 0 ? 0 : 1);
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 0);

    // "dd": do not dump, in the flags of the mapping that holds it.
    std::ifstream maps("/proc/self/smaps");
    const auto address = reinterpret_cast<std::uintptr_t>(secret.reveal().data());
    bool inside = false;
    bool undumped = false;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t from = 0;
        std::uintptr_t to = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx ", &from, &to) == 2)
            inside = address >= from && address < to;
        if (inside && line.starts_with("VmFlags:"))
            undumped = line.find(" dd") != std::string::npos;
    }
    CHECK(undumped);
}
