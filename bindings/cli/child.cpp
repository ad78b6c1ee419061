#include "child.h"

#include "show.h"

#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace cli {

namespace {

constexpr int not_found = 127;
constexpr int not_runnable = 126;

std::vector<std::string> variables(const Environment& changes) {
    std::vector<std::string> all;
    for (char** one = ::environ; *one != nullptr; ++one) {
        const std::string_view variable(*one);
        const std::string name(variable.substr(0, variable.find('=')));
        if (!changes.unset.contains(name) && !changes.set.contains(name))
            all.emplace_back(variable);
    }
    for (const auto& [name, value] : changes.set)
        all.push_back(fmt::format("{}={}", name, value));
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts)
        all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

sigset_t set_of(std::initializer_list<int> signals) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : signals)
        sigaddset(&set, signal);
    return set;
}

// With the signals as we found them: SIGPIPE is ignored here, and others are blocked by now.
int spawn(pid_t& child, const sigset_t& mask, std::vector<std::string> command, std::vector<std::string> environment) {
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &mask);
    const sigset_t usual = set_of({SIGPIPE});
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    const int error = ::posix_spawnp(&child, command.front().c_str(), nullptr, &attributes, pointers(command).data(),
                                     pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    return error;
}

int await_end(pid_t child, const sigset_t& watched) {
    while (true) {
        siginfo_t signal{};
        if (::sigwaitinfo(&watched, &signal) < 0)
            continue; // interrupted
        if (signal.si_signo != SIGCHLD) {
            if (signal.si_code != SI_KERNEL) // the terminal sends to the whole group, the child too
                (void)::kill(child, signal.si_signo);
            continue;
        }
        int status = 0;
        if (::waitpid(child, &status, WNOHANG) != child)
            continue; // stopped only
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
}

} // namespace

int run_child(const std::vector<std::string>& command, const Environment& environment,
              const std::function<void()>& meanwhile) {
    const sigset_t watched = set_of({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD});
    sigset_t before;
    ::signal(SIGCHLD, SIG_DFL); // who ignores it never hears how a child ended, and that is inherited
    ::pthread_sigmask(SIG_BLOCK, &watched, &before);
    pid_t child = 0;
    if (const int error = spawn(child, before, command, variables(environment)); error != 0) {
        say_line(fmt::format("{} cannot be run: {}.", plain(command.front()), std::generic_category().message(error)));
        return error == ENOENT || error == ENOTDIR ? not_found : not_runnable;
    }
    try {
        meanwhile();
    } catch (...) {
        (void)::kill(child, SIGTERM);
        throw;
    }
    return await_end(child, watched);
}

} // namespace cli
