#include "http/curl_transport.h"

#include "fakes/loopback_server.h"
#include "http/tls_server.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

using namespace awsfed;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

const Cancel never;
const Log silent;

Request get(const std::string& url) { return Request{.url = *Url::parse(url), .answer_bytes_max = 1000}; }

NetworkTerms loopback_terms(std::chrono::milliseconds timeout = 10s) {
    return {.timeout = timeout, .http_loopback = true};
}

} // namespace

TEST_CASE("a form is posted byte for byte, with the headers that were given") {
    LoopbackServer host;
    std::string body;
    httplib::Headers headers;
    host.server.Post("/in", [&](const httplib::Request& request, httplib::Response& response) {
        body = request.body;
        headers = request.headers;
        response.set_header("X-Answer", "  yes ");
        response.set_content("hello", "text/plain");
    });
    host.start();

    CurlTransport transport(loopback_terms(), CurlTransport::Cookies::off, silent);
    Request request = get(host.url("/in"));
    request.method = "POST";
    request.headers.emplace_back("Content-Type", "application/x-test");
    request.secret_headers.emplace_back("Authorization", Secret("AWS4 x"));
    request.body = Secret(std::string_view("a=\0b", 4));
    const auto response = transport.send(request, never);
    REQUIRE(response);
    CHECK(response->status == 200);
    CHECK(response->body.reveal() == "hello");
    CHECK(response->header("x-answer") == "yes");
    CHECK(body == std::string_view("a=\0b", 4));
    CHECK(headers.find("Content-Type")->second == "application/x-test");
    CHECK(headers.find("Authorization")->second == "AWS4 x");
    CHECK(headers.find("Expect") == headers.end());
}

TEST_CASE("redirects are handed back, not followed") {
    LoopbackServer host;
    std::atomic<int> followed = 0;
    host.server.Get("/a",
                    [](const httplib::Request&, httplib::Response& response) { response.set_redirect("/b", 307); });
    host.server.Get("/b", [&](const httplib::Request&, httplib::Response&) { ++followed; });
    host.start();
    CurlTransport transport(loopback_terms(), CurlTransport::Cookies::off, silent);
    const auto response = transport.send(get(host.url("/a")), never);
    REQUIRE(response);
    CHECK(response->status == 307);
    CHECK(response->header("location") == "/b");
    CHECK(followed == 0);
}

TEST_CASE("cookies are kept where they are asked for, and only there") {
    LoopbackServer host;
    std::string seen;
    host.server.Get("/set", [](const httplib::Request&, httplib::Response& response) {
        response.set_header("Set-Cookie", "a=b; Path=/");
    });
    host.server.Get("/see", [&](const httplib::Request& request, httplib::Response&) {
        seen = request.get_header_value("Cookie");
    });
    host.start();
    for (const auto cookies : {CurlTransport::Cookies::on, CurlTransport::Cookies::off}) {
        CurlTransport transport(loopback_terms(), cookies, silent);
        REQUIRE(transport.send(get(host.url("/set")), never));
        REQUIRE(transport.send(get(host.url("/see")), never));
        CHECK(seen == (cookies == CurlTransport::Cookies::on ? "a=b" : ""));
    }
}

TEST_CASE("an answer that is too long is refused while it arrives") {
    LoopbackServer host;
    host.server.Get("/long", [](const httplib::Request&, httplib::Response& response) {
        response.set_content(std::string(1001, 'x'), "text/plain");
    });
    host.server.Get("/head", [](const httplib::Request&, httplib::Response& response) {
        for (int i = 0; i < 30; ++i)
            response.set_header("X-" + std::to_string(i), std::string(7000, 'x'));
    });
    host.start();
    CurlTransport transport(loopback_terms(), CurlTransport::Cookies::off, silent);
    const Error body = transport.send(get(host.url("/long")), never).error();
    CHECK(body.code == Code::answer_too_large);
    CHECK(body.message.find(" is longer than 1000 bytes.") != std::string::npos);
    const Error headers = transport.send(get(host.url("/head")), never).error();
    CHECK(headers.code == Code::answer_too_large);
    CHECK(headers.message.find(" has more than 131072 bytes of headers.") != std::string::npos);
    host.server.Get("/long-header", [](const httplib::Request&, httplib::Response& response) {
        response.set_header("X", std::string(200'000, 'x'));
    });
    const Error line = transport.send(get(host.url("/long-header")), never).error();
    CHECK(line.code == Code::answer_too_large);
    CHECK(line.message.find(" has a header that is too long.") != std::string::npos);
}

TEST_CASE("security rule 2: plain http goes to loopback only, and only where the setting says so") {
    CurlTransport strict(NetworkTerms{}, CurlTransport::Cookies::off, silent);
    CHECK(strict.send(get("http://127.0.0.1:1/"), never).error().code == Code::setting_insecure);
    CurlTransport loose(loopback_terms(), CurlTransport::Cookies::off, silent);
    CHECK(loose.send(get("http://idp.example/"), never).error().code == Code::setting_insecure);
    CHECK(loose.send(get("http://127.0.0.1.evil.example/"), never).error().code == Code::setting_insecure);
}

TEST_CASE("security rule 3: proxy variables of the environment are not read") {
    // With the proxy it would be the connection to the proxy that fails.
    for (const char* name : {"https_proxy", "all_proxy", "ALL_PROXY"})
        ::setenv(name, "http://127.0.0.1:1", 1);
    CurlTransport transport(loopback_terms(), CurlTransport::Cookies::off, silent);
    const auto alone = transport.send(get("https://nosuch.invalid/"), never);
    for (const char* name : {"https_proxy", "all_proxy", "ALL_PROXY"})
        ::unsetenv(name);
    CHECK(alone.error().code == Code::host_unknown);

    CurlTransport through({.proxy = "http://127.0.0.1:1"}, CurlTransport::Cookies::off, silent);
    const auto refused = through.send(get("https://nosuch.invalid/"), never);
    CHECK(refused.error().code == Code::proxy_failed);
    CHECK(refused.error().setting == "proxy");
}

TEST_CASE("a host of no_proxy that cannot be reached is not the proxy's fault") {
    CurlTransport transport({.proxy = "http://127.0.0.1:1", .no_proxy = "0.0.0.0"}, CurlTransport::Cookies::off,
                            silent);
    const auto direct = transport.send(get("https://0.0.0.0:2/"), never);
    REQUIRE_FALSE(direct);
    CHECK(direct.error().code == Code::connect_failed);
    CHECK(direct.error().retry_after_ms == 0);
    const auto through = transport.send(get("https://0.0.0.1:2/"), never);
    REQUIRE_FALSE(through);
    CHECK(through.error().code == Code::proxy_failed);
}

TEST_CASE("failures of the network are told apart") {
    CurlTransport transport(loopback_terms(), CurlTransport::Cookies::off, silent);
    CHECK(transport.send(get("https://nosuch.invalid/"), never).error().code == Code::host_unknown);
    CHECK(transport.send(get("http://127.0.0.1:1/"), never).error().code == Code::connect_failed);

    LoopbackServer plain;
    plain.start();
    const std::string tls_url = "https" + plain.url("/").substr(4);
    CHECK(transport.send(get(tls_url), never).error().code == Code::tls_failed);

    CurlTransport broken({.ca_file = "/nowhere.pem"}, CurlTransport::Cookies::off, silent);
    CHECK(broken.send(get(tls_url), never).error().setting == "ca_file");
}

TEST_CASE("a server that does not answer is left in time, or when the host cancels") {
    // A listening socket that nobody accepts from: the connection stands, and nothing comes.
    const int silent_server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(silent_server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(silent_server, 8) == 0);
    REQUIRE(::getsockname(silent_server, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";

    CurlTransport hasty(loopback_terms(100ms), CurlTransport::Cookies::off, silent);
    const auto late = hasty.send(get(url), never);
    CHECK(late.error().code == Code::timeout);
    CHECK(late.error().setting == "timeout");
    CHECK(late.error().message.find(" did not answer within 100 ms.") != std::string::npos);

    // Nobody shakes hands, either: then the connection does not stand.
    const std::string tls_url = "https" + url.substr(4);
    CurlTransport knocking({.timeout = 60s, .connect_timeout = 90ms}, CurlTransport::Cookies::off, silent);
    const auto outside = knocking.send(get(tls_url), never);
    CHECK(outside.error().code == Code::timeout);
    CHECK(outside.error().setting == "connect_timeout");
    CHECK(outside.error().message.find(" within 90 ms.") != std::string::npos);
    CHECK(outside.error().retry_after_ms == 0);
    CurlTransport knocking_through({.proxy = url, .timeout = 60s, .connect_timeout = 90ms}, CurlTransport::Cookies::off,
                                   silent);
    const auto at_proxy = knocking_through.send(get("https://nosuch.invalid/"), never);
    CHECK(at_proxy.error().code == Code::timeout);
    CHECK(at_proxy.error().setting == "connect_timeout");
    CHECK(at_proxy.error().message == "No connection to nosuch.invalid through the proxy stood within 90 ms.");
    CurlTransport hasty_outside({.timeout = 80ms, .connect_timeout = 5s}, CurlTransport::Cookies::off, silent);
    CHECK(hasty_outside.send(get(tls_url), never).error().setting == "timeout");

    CurlTransport patient(loopback_terms(60s), CurlTransport::Cookies::off, silent);
    Cancel cancel;
    std::thread other([&] { cancel.now(); });
    const auto begin = std::chrono::steady_clock::now();
    CHECK(patient.send(get(url), cancel).error().code == Code::cancelled);
    CHECK(std::chrono::steady_clock::now() - begin < 30s);
    other.join();
    ::close(silent_server);
}

TEST_CASE("what is logged of an exchange has no query and no body") {
    LoopbackServer host;
    host.server.Post("/x", [](const httplib::Request&, httplib::Response& response) {
        response.set_content("secret-answer", "text/plain");
    });
    host.start();
    std::string lines;
    const Log log(LogLevel::trace,
                  [&](LogLevel, std::string_view, std::string_view text) { lines += std::string(text) + "\n"; });
    CurlTransport transport(loopback_terms(), CurlTransport::Cookies::off, log);
    Request request = get(host.url("/x?state=secret-state"));
    request.method = "POST";
    request.body = Secret("secret-body");
    REQUIRE(transport.send(request, never));
    CHECK(lines.find("POST http://127.0.0.1:") != std::string::npos);
    CHECK(lines.find("secret-") == std::string::npos);
}

namespace {

// Answers the first request on its first connection. On any other request it hangs up.
class HangingUp {
public:
    HangingUp() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 8) != 0)
            throw std::runtime_error("no port");
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    HangingUp(const HangingUp&) = delete;
    HangingUp& operator=(const HangingUp&) = delete;
    ~HangingUp() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
    int posts() const { return posts_; }

private:
    static std::string read_some(int connection) {
        char bytes[4096];
        const ssize_t count = ::recv(connection, bytes, sizeof bytes, 0);
        return count > 0 ? std::string(bytes, static_cast<std::size_t>(count)) : std::string();
    }

    void hang_up(int connection) {
        posts_ += read_some(connection).starts_with("POST") ? 1 : 0;
        ::close(connection);
    }

    void serve() {
        const int kept = ::accept(listener_, nullptr, nullptr);
        read_some(kept);
        constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        ::send(kept, answer.data(), answer.size(), MSG_NOSIGNAL);
        pollfd sockets[] = {{kept, POLLIN, 0}, {listener_, POLLIN, 0}};
        while (::poll(sockets, 2, -1) > 0) {
            if (sockets[0].revents != 0) {
                hang_up(kept);
                sockets[0].fd = -1;
            }
            if (sockets[1].revents == 0)
                continue;
            const int connection = ::accept(listener_, nullptr, nullptr);
            if (connection < 0)
                break;
            hang_up(connection);
        }
        if (sockets[0].fd >= 0)
            ::close(kept);
    }

    int listener_;
    int port_ = 0;
    std::atomic<int> posts_ = 0;
    std::thread thread_;
};

int posts_that_arrive(bool once) {
    HangingUp server;
    CurlTransport transport({.http_loopback = true}, CurlTransport::Cookies::off, silent);
    const auto got = transport.send({.url = *Url::parse(server.url()), .answer_bytes_max = 100}, never);
    REQUIRE(got);
    const auto posted = transport.send({.method = "POST",
                                        .url = *Url::parse(server.url()),
                                        .body = Secret("p=1"),
                                        .answer_bytes_max = 100,
                                        .once = once},
                                       never);
    REQUIRE_FALSE(posted);
    CHECK(posted.error().code == Code::network_failed);
    return server.posts();
}

} // namespace

TEST_CASE("a request that may go once goes once, where a kept connection breaks") {
    CHECK(posts_that_arrive(true) == 1);
}

TEST_CASE("another request is sent again where a kept connection breaks") { CHECK(posts_that_arrive(false) == 2); }

TEST_CASE("what fails at the proxy is told of the proxy, and what fails behind it of the server") {
    const auto failing = [](const std::string& proxy, const std::string& url = "https://nosuch.invalid/") {
        CurlTransport transport({.proxy = proxy, .no_proxy = "::ffff:127.0.0.1"}, CurlTransport::Cookies::off, silent);
        return transport.send(get(url), never).error();
    };
    HangingUp proxy; // leads on the first time, and never again
    const std::string address = proxy.url();
    const Error behind = failing(address);
    CHECK(behind.code == Code::tls_failed);
    CHECK(behind.message.find("to nosuch.invalid") != std::string::npos);
    const Error at = failing(address);
    CHECK(at.code == Code::proxy_failed);
    CHECK(at.setting == "proxy");
    CHECK(at.retry_after_ms == 0);

    TlsServer unknown;
    unknown.start();
    const Error untrusted = failing(unknown.url("/"));
    CHECK(untrusted.code == Code::certificate_untrusted);
    CHECK(untrusted.setting == "ca_file");
    CHECK(untrusted.message.starts_with("The certificate of the proxy is not trusted: "));

    LoopbackServer plain;
    plain.start();
    const Error deaf = failing("https" + plain.url("/").substr(4));
    CHECK(deaf.code == Code::tls_failed);
    CHECK(deaf.message.starts_with("No secure connection to the proxy: "));
    const std::string direct =
        "https://[::ffff:127.0.0.1]:" + plain.url("/").substr(std::string("http://127.0.0.1:").size());
    CHECK(failing(address, direct).message.starts_with("No secure connection to [::ffff:127.0.0.1]:"));
    const Error nobody = failing(address, "https://[::ffff:127.0.0.1]:1/");
    CHECK(nobody.code == Code::connect_failed);
}

TEST_CASE("a proxy that asks who is there is told from one that refuses") {
    for (const int status : {407, 401, 403, 502}) { // 401 is tinyproxy's word for a wrong password
        LoopbackServer proxy;
        proxy.server.set_pre_routing_handler([&](const httplib::Request&, httplib::Response& response) {
            response.status = status;
            return httplib::Server::HandlerResponse::Handled;
        });
        proxy.start();
        CurlTransport transport({.proxy = proxy.url("")}, CurlTransport::Cookies::off, silent);
        const std::string port = proxy.url("/").substr(std::string("http://127.0.0.1").size());
        for (const std::string& url : {"https://nosuch.invalid/"s, "https://nosuch.invalid" + port}) {
            const Error error = transport.send(get(url), never).error();
            CHECK(error.code == Code::proxy_failed);
            CHECK(error.http == status);
            CHECK(error.setting == (status == 407 || status == 401 ? "proxy_user" : "proxy"));
        }
    }
}

TEST_CASE("a page that wants a client certificate is told as that, and another page of its status is an answer") {
    LoopbackServer host;
    const auto page = [](const char* words) {
        return [words](const httplib::Request&, httplib::Response& response) {
            response.status = 400;
            response.set_content(words, "text/html");
        };
    };
    host.server.Get("/none", page("<title>400 No required SSL certificate was sent</title>"));
    host.server.Get("/bad", page("<title>400 The SSL certificate error</title>"));
    host.server.Get("/other", page("<title>400 Bad Request</title>"));
    host.start();
    CurlTransport transport(loopback_terms(), CurlTransport::Cookies::off, silent);
    for (const char* path : {"/none", "/bad"}) {
        const auto wanted = transport.send(get(host.url(path)), never);
        REQUIRE_FALSE(wanted);
        CHECK(wanted.error().code == Code::tls_failed);
        CHECK(wanted.error().setting == "client_certificate");
    }
    CHECK(transport.send(get(host.url("/other")), never)->status == 400);
}
