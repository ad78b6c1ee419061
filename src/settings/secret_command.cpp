#include "settings/secret_command.h"

#include "base/limits.h"
#include "base/text.h"
#include "settings/close_others.h"
#include "settings/files.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

namespace awsfed {

namespace {

std::vector<std::string> words_of(std::string_view command) {
    std::vector<std::string> words;
    while (!command.empty()) {
        const std::size_t end = std::min(command.find(' '), command.size());
        if (end != 0)
            words.emplace_back(command.substr(0, end));
        command.remove_prefix(std::min(end + 1, command.size()));
    }
    return words;
}

struct Pipe {
    int read_end = -1, write_end = -1;

    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            return;
        read_end = above_standard(ends[0]);
        write_end = above_standard(ends[1]);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        close_write_end();
        if (read_end >= 0)
            ::close(read_end);
    }
    // Where the host has closed its standard descriptors, a pipe would get their numbers, and the
    // child's /dev/null would then replace it.
    static int above_standard(int fd) {
        if (fd > 2)
            return fd;
        const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
        ::close(fd);
        return moved;
    }
    void close_write_end() {
        if (write_end >= 0)
            ::close(write_end);
        write_end = -1;
    }
};

// The child's input and error output are /dev/null, its output is the pipe, all else is closed. Its
// signals are what a fresh program expects, whatever the host blocks or ignores.
int spawn(pid_t& child, std::vector<std::string>& words, const Pipe& pipe) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, pipe.write_end, 1);
    ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    int error = close_others(actions, 3);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    if (error == 0)
        error = ::posix_spawn(&child, arguments[0], &actions, &attributes, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    return error;
}

// Kills the child where it still runs, and reaps it in any case.
class Child {
public:
    explicit Child(pid_t pid) : pid_(pid) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            (void)wait();
        }
    }
    // Whether it has ended by the deadline, and nobody cancelled.
    bool ends_by(std::chrono::steady_clock::time_point deadline, const Cancel& cancel) const {
        while (!cancel.cancelled() && std::chrono::steady_clock::now() < deadline) {
            siginfo_t info{};
            if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0)
                return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return false;
    }
    // The exit status; -1 when it did not exit by itself or the host reaps children for us.
    int wait() {
        int status = 0;
        pid_t got = 0;
        do
            got = ::waitpid(pid_, &status, 0);
        while (got < 0 && errno == EINTR);
        const bool exited = got == pid_ && WIFEXITED(status);
        pid_ = 0;
        return exited ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t pid_;
};

Result<Secret> read_output(int fd, std::chrono::steady_clock::time_point deadline, const Cancel& cancel,
                           const std::string& program) {
    using std::chrono::steady_clock;
    Secret out;
    constexpr std::size_t piece = 4096;
    while (true) {
        if (cancel.cancelled())
            return fail(Code::cancelled, "The call was cancelled while {} ran.", program);
        if (steady_clock::now() >= deadline)
            return fail(Code::secret_unreadable, "{} did not end within {} seconds.", program,
                        command_timeout_ms / 1000);
        pollfd wait{fd, POLLIN, 0};
        if (::poll(&wait, 1, 50) <= 0)
            continue;
        const std::size_t before = out.size();
        const ssize_t got = ::read(fd, out.grow(piece), piece);
        out.truncate(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got == 0 || (got < 0 && errno != EINTR))
            return out;
        if (out.size() > secret_bytes_max)
            return fail(Code::secret_unreadable, "{} printed more than {} bytes.", program, secret_bytes_max);
    }
}

} // namespace

Result<Secret> run_secret_command(const std::string& command, const Cancel& cancel) {
    std::vector<std::string> words = words_of(command);
    if (words.empty() || !words[0].starts_with('/'))
        return fail(Code::secret_reference, "A command must be given by its absolute path.");
    const std::string program = printable(words[0]);
    if (!is_only_ours(words[0]))
        return fail(Code::command_forbidden, "{} is not a program that only this user or root can write.", program);

    Pipe pipe;
    pid_t pid = 0;
    if (pipe.read_end < 0 || pipe.write_end < 0 || spawn(pid, words, pipe) != 0)
        return fail(Code::secret_unreadable, "{} cannot be run.", program);
    Child child(pid);
    pipe.close_write_end();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(command_timeout_ms);
    AWSFED_TRY(Secret printed, read_output(pipe.read_end, deadline, cancel, program));
    if (!child.ends_by(deadline, cancel))
        return fail(cancel.cancelled() ? Code::cancelled : Code::secret_unreadable,
                    "{} closed its output and did not end.", program);
    if (const int status = child.wait(); status != 0)
        return fail(Code::secret_unreadable, "{} failed with exit status {}.", program, status);
    return printed;
}

} // namespace awsfed
