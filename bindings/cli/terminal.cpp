#include "terminal.h"

#include "show.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstring>

namespace cli {

namespace {

class Terminal {
public:
    Terminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {}
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal() {
        if (fd_ >= 0)
            ::close(fd_);
    }
    int fd() const { return fd_; }
    bool is_there() const { return fd_ >= 0; }
    void say(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t done = ::write(fd_, text.data(), text.size());
            if (done <= 0)
                return;
            text.remove_prefix(static_cast<std::size_t>(done));
        }
    }

private:
    int fd_;
};

// What a signal handler needs to make the terminal talk again.
int hidden_fd = -1;
termios before_hiding;

void show_again_and_die(int signal) {
    ::tcsetattr(hidden_fd, TCSANOW, &before_hiding);
    ::signal(signal, SIG_DFL);
    ::raise(signal);
}

// Typing is not shown while it lives; a Ctrl-C leaves the terminal as it was.
class Hidden {
public:
    Hidden(int fd, bool hide) : hide_(hide && ::tcgetattr(fd, &before_hiding) == 0) {
        if (!hide_)
            return;
        hidden_fd = fd;
        for (std::size_t i = 0; i < signals.size(); ++i)
            old_[i] = ::signal(signals[i], show_again_and_die);
        termios silent = before_hiding;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        silent.c_lflag |= ECHONL;
        ::tcsetattr(fd, TCSAFLUSH, &silent);
    }
    Hidden(const Hidden&) = delete;
    Hidden& operator=(const Hidden&) = delete;
    ~Hidden() {
        if (!hide_)
            return;
        ::tcsetattr(hidden_fd, TCSANOW, &before_hiding);
        for (std::size_t i = 0; i < signals.size(); ++i)
            ::signal(signals[i], old_[i]);
    }

private:
    static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    bool hide_;
    std::array<void (*)(int), 4> old_{};
};

// One line, without its end, in a buffer that is wiped. No longer password is accepted anywhere.
class Line {
public:
    Line() = default;
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    ~Line() { ::explicit_bzero(bytes_.data(), bytes_.size()); }

    bool read(const Terminal& terminal, bool hide) {
        const Hidden hidden(terminal.fd(), hide);
        size_ = 0;
        char c = 0;
        while (::read(terminal.fd(), &c, 1) == 1) {
            if (c == '\n')
                return true;
            if (size_ == bytes_.size())
                return false;
            bytes_[size_++] = c;
        }
        return false;
    }
    std::string_view view() const { return {bytes_.data(), size_}; }

private:
    std::array<char, 4096> bytes_{};
    std::size_t size_ = 0;
};

} // namespace

bool has_terminal() { return Terminal().is_there(); }

bool answer_questions(awsfed::SignIn& sign_in) {
    const Terminal terminal;
    if (!terminal.is_there())
        return false;
    const std::vector<awsfed::Question> questions = sign_in.questions();
    for (std::size_t i = 0; i < questions.size(); ++i) {
        if (!questions[i].choices.empty()) {
            const int chosen = choose(questions[i].text, questions[i].choices);
            if (chosen < 0)
                return false;
            sign_in.answer(i, questions[i].choices[static_cast<std::size_t>(chosen)]);
            continue;
        }
        if (!questions[i].show.empty())
            terminal.say(fmt::format("{}\n", plain(questions[i].show)));
        terminal.say(fmt::format("{}: ", plain(questions[i].text)));
        Line line;
        if (!line.read(terminal, questions[i].secret))
            return false;
        sign_in.answer(i, line.view());
    }
    return true;
}

void show_waiting(const awsfed::SignIn& sign_in) {
    const Terminal terminal;
    if (!terminal.is_there())
        return;
    for (const awsfed::Question& what : sign_in.questions())
        terminal.say(fmt::format("{}{}{}\n", plain(what.text), what.show.empty() ? "" : ": ", plain(what.show)));
}

int choose(const std::string& title, const std::vector<std::string>& items) {
    const Terminal terminal;
    if (!terminal.is_there())
        return -1;
    terminal.say(fmt::format("{}\n", plain(title)));
    for (std::size_t i = 0; i < items.size(); ++i)
        terminal.say(fmt::format("  {}  {}\n", i + 1, plain(items[i])));
    Line line;
    while (true) {
        terminal.say(fmt::format("Number (1-{}): ", items.size()));
        if (!line.read(terminal, false))
            return -1;
        std::size_t number = 0;
        std::from_chars(line.view().data(), line.view().data() + line.view().size(), number);
        if (number >= 1 && number <= items.size())
            return static_cast<int>(number - 1);
    }
}

} // namespace cli
