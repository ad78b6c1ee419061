#include "interface.h"

#include "wire/calls.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

namespace cli {
namespace {

using awsfed::wire::Bytes;

enum class Kind : std::int32_t {
    call = 0,     // and its answer
    question = 1, // and its answer
};

struct Header {
    std::int32_t length;
    Kind kind;
    std::int64_t channel;
};
static_assert(sizeof(Header) == 16);

constexpr std::size_t least_received = 8192;
constexpr std::int32_t most_received = 64 << 20;

// The two ends that the other side has. Standard input and output are nothing from here on: no setting may read a
// secret from calls, and no library print into answers.
class Pipe {
public:
    static std::optional<Pipe> take() {
        const int in = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        const int out = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        const bool ready = in >= 0 && out >= 0 && nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 &&
                           ::dup2(nothing, STDOUT_FILENO) >= 0;
        return ready ? std::optional(Pipe(in, out)) : std::nullopt;
    }

    bool read(void* into, std::size_t size) const {
        auto* at = static_cast<char*>(into);
        while (size > 0) {
            const ssize_t got = ::read(in_, at, size);
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                return false;
            at += got;
            size -= static_cast<std::size_t>(got);
        }
        return true;
    }

    bool write(const void* from, std::size_t size) const {
        const auto* at = static_cast<const char*>(from);
        while (size > 0) {
            const ssize_t put = ::write(out_, at, size);
            if (put < 0 && errno == EINTR)
                continue;
            if (put < 0)
                return false;
            at += put;
            size -= static_cast<std::size_t>(put);
        }
        return true;
    }

private:
    Pipe(int in, int out) : in_(in), out_(out) {}
    int in_;
    int out_;
};

// What goes out, of many threads.
class Sender {
public:
    explicit Sender(const Pipe& pipe) : pipe_(pipe) {}

    bool send(Kind kind, std::int64_t channel, std::string_view message) {
        const Header header{static_cast<std::int32_t>(message.size()), kind, channel};
        const std::scoped_lock lock(mutex_);
        return pipe_.write(&header, sizeof header) && pipe_.write(message.data(), message.size());
    }

private:
    const Pipe& pipe_;
    std::mutex mutex_;
};

// A thread of the other side, by its channel: what it calls runs on one thread here, too.
class Channel final : public awsfed::wire::Caller {
public:
    Channel(std::int64_t number, Sender& sender) : number_(number), sender_(sender), thread_([this] { work(); }) {
        thread_.detach(); // the process ends with its pipe, whatever a call waits for
    }

    void take(Kind kind, Bytes message) {
        const std::scoped_lock lock(mutex_);
        (kind == Kind::call ? call_ : answer_) = std::move(message);
        arrived_.notify_one();
    }

    bool ask(std::string_view question, Bytes& answer) override {
        if (!sender_.send(Kind::question, number_, question))
            return false;
        answer = wait_for(answer_);
        return true;
    }

private:
    void work() {
        while (true) {
            const Bytes call = wait_for(call_);
            awsfed::wire::Writer answer;
            awsfed::wire::answer_call({call.data(), call.size()}, answer, *this);
            if (!sender_.send(Kind::call, number_, answer.message()))
                return;
        }
    }

    Bytes wait_for(std::optional<Bytes>& place) {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [&] { return place.has_value(); });
        Bytes taken = std::move(*place);
        place.reset();
        return taken;
    }

    const std::int64_t number_;
    Sender& sender_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::optional<Bytes> call_;
    std::optional<Bytes> answer_;
    std::thread thread_; // the last: it uses the others
};

// False at the end of the pipe, and for what is no frame.
bool read_frame(const Pipe& pipe, Header& header, Bytes& message) {
    if (!pipe.read(&header, sizeof header) || header.length < 0 || header.length > most_received)
        return false;
    if (header.kind != Kind::call && header.kind != Kind::question)
        return false;
    const auto length = static_cast<std::size_t>(header.length);
    const std::size_t filled = std::max(length, least_received - sizeof header);
    message.resize(filled);
    if (!pipe.read(message.data(), filled))
        return false;
    message.resize(length);
    return true;
}

} // namespace

int serve_interface(const std::string& version) {
    const std::optional<Pipe> pipe = Pipe::take();
    if (!pipe)
        return EXIT_FAILURE;
    Sender sender(*pipe);
    if (!sender.send(Kind::call, 0, awsfed::wire::calls_version()) || version != awsfed::wire::calls_version())
        return EXIT_FAILURE;
    std::map<std::int64_t, std::unique_ptr<Channel>> channels;
    Header header{};
    Bytes message;
    while (read_frame(*pipe, header, message)) {
        std::unique_ptr<Channel>& channel = channels[header.channel];
        if (channel == nullptr)
            channel = std::make_unique<Channel>(header.channel, sender);
        channel->take(header.kind, std::move(message));
        message = {};
    }
    std::_Exit(EXIT_SUCCESS); // calls may still wait for a server, and nobody for them
}

} // namespace cli
