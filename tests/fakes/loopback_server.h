// An HTTP server on loopback for tests of what talks: real sockets, real bytes.
#pragma once

#include <httplib.h>

#include <string>
#include <thread>

namespace awsfed {

class LoopbackServer {
public:
    LoopbackServer() { port_ = server.bind_to_any_port("127.0.0.1"); }
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;
    ~LoopbackServer() {
        server.stop();
        if (thread_.joinable())
            thread_.join();
    }

    // After the handlers are in place.
    void start() {
        thread_ = std::thread([this] { server.listen_after_bind(); });
        while (!server.is_running())
            std::this_thread::yield();
    }
    std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }

    httplib::Server server;

private:
    int port_ = 0;
    std::thread thread_;
};

} // namespace awsfed
