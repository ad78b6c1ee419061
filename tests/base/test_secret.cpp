#include "base/secret.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

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

namespace {

// "dd": do not dump, in the flags of the mapping that holds it.
bool is_left_out_of_dumps(const char* place) {
    std::ifstream maps("/proc/self/smaps");
    const auto address = reinterpret_cast<std::uintptr_t>(place);
    bool inside = false;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t from = 0;
        std::uintptr_t to = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx ", &from, &to) == 2)
            inside = address >= from && address < to;
        if (inside && line.starts_with("VmFlags:"))
            return line.find(" dd") != std::string::npos;
    }
    return false;
}

bool is_empty_in_a_child(const Secret& secret) {
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(secret.reveal().find_first_not_of('\0') == std::string_view::npos ? 0 : 1);
    int status = -1;
    return ::waitpid(child, &status, 0) == child && status == 0;
}

} // namespace

TEST_CASE("a secret's pages are left out of core dumps and wiped in a forked child, whatever its size") {
    for (const std::size_t size : {7, 1023, 1024, 4095, 4096, 16'383, 16'384, 65'535, 65'536, 300'000}) {
        CAPTURE(size);
        const Secret secret(std::string(size, 'x'));
        CHECK(is_left_out_of_dumps(secret.reveal().data()));
        CHECK(is_left_out_of_dumps(secret.reveal().data() + size));
        CHECK(is_empty_in_a_child(secret));
    }
}

TEST_CASE("memory for secrets is zero when it is had, though another secret was there before") {
    for (const std::size_t size : {7, 1024, 1025, 4096, 4097, 16'384, 16'385, 65'536, 65'537}) {
        CAPTURE(size);
        const char* before = nullptr;
        for (int i = 0; i < 2; ++i) {
            const LockedMemory memory = allocate_locked(size);
            CHECK(memory.size >= size);
            CHECK(std::string_view(memory.bytes, memory.size).find_first_not_of('\0') == std::string_view::npos);
            std::memset(memory.bytes, 'x', memory.size);
            if (i == 1 && size <= 65'536)
                CHECK(memory.bytes == before); // the place that was just given back
            before = memory.bytes;
            free_locked(memory, memory.size);
        }
    }
}

TEST_CASE("more secrets than there are slots, of all sizes at once, keep their bytes") {
    std::vector<Secret> many;
    for (int i = 0; i < 200; ++i) {
        for (const std::size_t size : {10, 1000, 3000, 10'000, 40'000})
            many.emplace_back(std::string(size, static_cast<char>('a' + i % 26)));
    }
    for (std::size_t i = 0; i < many.size(); ++i) {
        const char letter = static_cast<char>('a' + i / 5 % 26);
        REQUIRE(many[i].reveal().find_first_not_of(letter) == std::string_view::npos);
    }
}

TEST_CASE("threads that take and give back secrets of all sizes never share one") {
    std::atomic<int> spoiled = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, letter = static_cast<char>('a' + t)] {
            for (int i = 0; i < 200; ++i) {
                std::vector<Secret> own;
                for (const std::size_t size : {10, 3000, 10'000, 40'000})
                    own.emplace_back(std::string(size, letter));
                for (const Secret& one : own)
                    spoiled += one.reveal().find_first_not_of(letter) == std::string_view::npos ? 0 : 1;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(spoiled == 0);
}
