// A server on loopback that answers as it is told to, byte for byte: for replies that no Redis gives.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace awsfed {

class RedisDouble {
public:
    struct Answer {
        std::string bytes{};
        bool closes = false;
        bool goes_on = false; // says the same again and again
    };
    using Way = std::function<Answer(const std::string& asked)>;

    explicit RedisDouble(Way way) : way_(std::move(way)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        (void)::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size);
        ::listen(listener_, 16);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    RedisDouble(const RedisDouble&) = delete;
    RedisDouble& operator=(const RedisDouble&) = delete;
    ~RedisDouble() {
        stops_ = true;
        thread_.join();
        for (const Guest& guest : guests_)
            ::close(guest.socket);
        ::close(listener_);
    }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    int connections() const { return connections_; }
    std::string asked() const { // all of it
        const std::lock_guard lock(mutex_);
        return asked_;
    }

private:
    struct Guest {
        int socket;
        std::string goes_on{};
    };

    void serve() {
        while (!stops_) {
            std::vector<pollfd> all{{listener_, POLLIN, 0}};
            for (const Guest& guest : guests_)
                all.push_back({guest.socket, POLLIN, 0});
            ::poll(all.data(), all.size(), 5);
            for (std::size_t i = all.size() - 1; i > 0; --i) {
                if (!serve(guests_[i - 1], all[i].revents != 0)) {
                    ::close(guests_[i - 1].socket);
                    guests_.erase(guests_.begin() + static_cast<std::ptrdiff_t>(i) - 1);
                }
            }
            if (all[0].revents != 0) {
                guests_.push_back({::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)});
                ++connections_;
            }
        }
    }
    bool serve(Guest& guest, bool has_asked) {
        if (has_asked) {
            std::string room(64 * 1024, '\0');
            const ssize_t got = ::recv(guest.socket, room.data(), room.size(), 0);
            if (got <= 0)
                return false;
            room.resize(static_cast<std::size_t>(got));
            {
                const std::lock_guard lock(mutex_);
                asked_ += room;
            }
            const Answer answer = way_(room);
            (void)::send(guest.socket, answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL);
            if (answer.goes_on)
                guest.goes_on = answer.bytes;
            return !answer.closes;
        }
        (void)::send(guest.socket, guest.goes_on.data(), guest.goes_on.size(), MSG_NOSIGNAL);
        return true;
    }

    Way way_;
    int listener_;
    int port_ = 0;
    std::atomic<bool> stops_ = false;
    std::atomic<int> connections_ = 0;
    mutable std::mutex mutex_;
    std::string asked_;
    std::vector<Guest> guests_;
    std::thread thread_;
};

} // namespace awsfed
