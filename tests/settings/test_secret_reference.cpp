#include "settings/secret_reference.h"
#include "settings/settings.h"

#include "base/random.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <keyutils.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

using namespace awsfed;

namespace {

const Cancel never;

Result<Secret> fetch(const std::string& reference, bool commands = true, const Cancel& cancel = never) {
    AWSFED_TRY(SecretReference parsed, SecretReference::parse(reference));
    return fetch_secret(parsed, commands, cancel);
}

// A name in the persistent keyring of this user that nobody else has, and that is gone afterwards.
struct OwnKey {
    std::string name = "awsfed-test-" + SystemRandom().hex(8);

    OwnKey() = default;
    OwnKey(const OwnKey&) = delete;
    OwnKey& operator=(const OwnKey&) = delete;
    ~OwnKey() {
        const auto persistent = static_cast<key_serial_t>(::keyctl_get_persistent(-1, KEY_SPEC_THREAD_KEYRING));
        for (const std::string& one : {name, name + "-other"}) {
            const auto key = static_cast<key_serial_t>(::keyctl_search(persistent, "user", one.c_str(), 0));
            (void)::keyctl_unlink(key, persistent);
        }
        (void)::keyctl_unlink(persistent, KEY_SPEC_THREAD_KEYRING);
    }
};

} // namespace

TEST_CASE("security rule 4: an environment variable and a file can hold a secret") {
    ::setenv("AWSFED_TEST_SECRET", "hunter2\n", 1);
    CHECK(fetch("env:AWSFED_TEST_SECRET")->reveal() == "hunter2\n"); // a variable is taken as it is
    ::unsetenv("AWSFED_TEST_SECRET");
    CHECK(fetch("env:AWSFED_TEST_SECRET").error().code == Code::secret_unreadable);

    const TemporaryFolder folder;
    CHECK(fetch("file:" + folder.write("p", "hunter2\r\n", 0600))->reveal() == "hunter2");
    CHECK(fetch("file:" + folder.write("p", "two\n\n", 0600))->reveal() == "two\n"); // one line end only
    CHECK(fetch("file:" + folder.path("nowhere")).error().code == Code::secret_unreadable);
    CHECK(fetch("file:/").error().code == Code::secret_unreadable);
}

TEST_CASE("security rule 4: standard input can hold a secret, once") {
    const TemporaryFolder folder;
    const int kept = ::dup(0);
    const int file = ::open(folder.write("in", "hunter2\n", 0600).c_str(), O_RDONLY | O_CLOEXEC);
    ::dup2(file, 0);
    const auto first = fetch("stdin");
    const auto second = fetch("stdin");
    ::dup2(kept, 0);
    ::close(file);
    ::close(kept);
    CHECK(first->reveal() == "hunter2");
    CHECK(second.error().code == Code::secret_unreadable);
}

TEST_CASE("security rule 4: the kernel's keyring can hold a secret") {
    const key_serial_t key = ::add_key("user", "awsfed-test", "hunter2", 7, KEY_SPEC_PROCESS_KEYRING);
    if (key < 0) {
        MESSAGE("not shown: this kernel or container has no keyrings");
        return;
    }
    CHECK(fetch("keyring:awsfed-test")->reveal() == "hunter2");
    CHECK(fetch("keyring:awsfed-test-other").error().code == Code::secret_unreadable);
}

TEST_CASE("security rule 4: a key that the kernel keeps for the user is made once, and found by all his processes") {
    const OwnKey key;
    const auto first = fetch("persistent:" + key.name);
    if (!first) {
        CHECK(first.error().code == Code::secret_unreadable);
        CHECK(first.error().advice.find("file:PATH") != std::string::npos);
        MESSAGE("not shown: this kernel or container has no persistent keyrings");
        return;
    }
    CHECK(first->size() == 32);
    CHECK(fetch("persistent:" + key.name)->reveal() == first->reveal());
    CHECK(fetch("keyring:" + key.name)->reveal() == first->reveal());
    std::string elsewhere; // in a thread, which has a keyring of its own
    std::thread([&] { elsewhere = fetch("persistent:" + key.name)->reveal(); }).join();
    CHECK(elsewhere == first->reveal());
    CHECK(fetch("persistent:" + key.name + "-other")->reveal() != first->reveal());
}

TEST_CASE("of many who make the kernel's key at once, all are given the same") {
    const OwnKey key;
    if (!fetch("persistent:" + key.name + "-other")) {
        MESSAGE("not shown: this kernel or container has no persistent keyrings");
        return;
    }
    std::array<std::string, 16> got;
    std::atomic<std::size_t> there = 0;
    std::vector<std::thread> threads;
    for (std::string& one : got)
        threads.emplace_back([&] {
            ++there;
            while (there < got.size())
                std::this_thread::yield();
            one = fetch("persistent:" + key.name)->reveal();
        });
    for (std::thread& thread : threads)
        thread.join();
    for (const std::string& one : got)
        CHECK(one == got[0]);
}

TEST_CASE("a key that the kernel makes is for what is kept, and for no password") {
    Settings settings;
    CHECK(settings.set("cache_key", "persistent:awsfed"));
    const auto outcome = settings.set("password", "persistent:awsfed");
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Code::secret_reference);
    CHECK(outcome.error().setting == "password");
}

TEST_CASE("security rule 4: malformed references are refused") {
    for (const std::string_view wrong : {"", "hunter2", "env:", "file:", "command:pass show x", "ENV:X", "stdin:x"})
        CHECK(SecretReference::parse(wrong).error().code == Code::secret_reference);
}

TEST_CASE("security rule 4: a command gives a secret, without a shell and without our descriptors") {
    CHECK(fetch("command:/bin/echo $HOME  `id`")->reveal() == "$HOME `id`");
    const int leaked = ::open("/dev/null", O_RDONLY); // without O_CLOEXEC, as careless hosts do
    const auto listed = fetch("command:/bin/ls /proc/self/fd");
    ::close(leaked);
    CHECK(listed->reveal() == "0\n1\n2\n3"); // 3 is ls's own
    CHECK(fetch("command:/bin/cat")->reveal().empty()); // its input is empty
}

TEST_CASE("security rule 4: commands are off until the host allows them") {
    CHECK(fetch("command:/bin/echo x", false).error().code == Code::command_forbidden);
    Settings settings;
    REQUIRE(settings.set("password", "command:/bin/echo hunter2"));
    CHECK(settings.secret("password", never).error().code == Code::command_forbidden);
    REQUIRE(settings.set("allow_commands", "true"));
    CHECK((*settings.secret("password", never))->reveal() == "hunter2");
    Settings jobs;
    CHECK(jobs.override_by_job("password", "command:/bin/echo x").error().code == Code::command_forbidden);
}

TEST_CASE("security rule 4: a command counts only from a config file that nobody else can write") {
    const TemporaryFolder folder;
    for (const auto& [mode, allowed] :
         {std::pair<mode_t, bool>{0600, true}, {0644, true}, {0660, false}, {0666, false}}) {
        CAPTURE(mode);
        folder.write("config", "[connector c]\npassword = command:/bin/echo hunter2\n", mode);
        Settings settings;
        REQUIRE(settings.set("allow_commands", "true"));
        REQUIRE(settings.load_connector(folder.path("config"), "c"));
        const auto secret = settings.secret("password", never);
        CHECK(secret.has_value() == allowed);
        if (!allowed)
            CHECK(secret.error().code == Code::command_forbidden);
    }
    folder.write("config", "[connector c]\nallow_commands = true\n", 0600);
    Settings settings;
    CHECK(settings.load_connector(folder.path("config"), "c").error().code == Code::setting_locked);
}

TEST_CASE("security rule 4: a program that others can write is not run") {
    const TemporaryFolder folder;
    const std::string program = folder.write("program", "#!/bin/sh\necho hunter2\n", 0755);
    CHECK(fetch("command:" + program)->reveal() == "hunter2");
    folder.write("program", "#!/bin/sh\necho hunter2\n", 0777);
    CHECK(fetch("command:" + program).error().code == Code::command_forbidden);
}

TEST_CASE("security rule 4: a command that fails, floods or hangs is ended") {
    CHECK(fetch("command:/bin/false").error().code == Code::secret_unreadable);
    CHECK(fetch("command:/nowhere/at/all").error().code == Code::command_forbidden);
    CHECK(fetch("command:/usr/bin/yes").error().code == Code::secret_unreadable);

    const TemporaryFolder folder;
    const std::string silent = folder.write("silent", "#!/bin/sh\nexec 1>&-\nexec /bin/sleep 60\n", 0755);
    Cancel cancel;
    const auto begin = std::chrono::steady_clock::now();
    std::thread other([&] { cancel.now(); });
    CHECK(fetch("command:/bin/sleep 60", true, cancel).error().code == Code::cancelled);
    CHECK(fetch("command:" + silent, true, cancel).error().code ==
          Code::cancelled); // its output is at its end, it is not
    other.join();
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}
