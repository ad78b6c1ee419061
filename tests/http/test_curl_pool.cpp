#include "http/curl_pool.h"

#include "base/limits.h"
#include "flow/signin.h"
#include "http/curl_transport.h"
#include "http/tls_server.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <filesystem>

using namespace awsfed;
using Cookies = CurlTransport::Cookies;

namespace {

const Cancel never;
const Log silent;

// A server that greets, and knows cookies; and what its clients share.
struct Scene {
    TemporaryFolder folder;
    TlsServer host;
    std::string ca_file = folder.write("ca.pem", host.identity.pem(), 0644);
    std::shared_ptr<CurlPool> pool = std::make_shared<CurlPool>();

    Scene() {
        host.server.Get("/set", [](const httplib::Request&, httplib::Response& response) {
            response.set_header("Set-Cookie", "a=b; Path=/");
        });
        host.server.Get("/cookies", [](const httplib::Request& request, httplib::Response& response) {
            response.set_content(request.get_header_value("Cookie"), "text/plain");
        });
        host.server.Get("/", [](const httplib::Request&, httplib::Response& response) {
            response.set_content("hello", "text/plain");
        });
        host.server.Post("/", [](const httplib::Request&, httplib::Response& response) {
            response.set_content("hello", "text/plain");
        });
        host.start();
    }

    NetworkTerms network() const { return {.ca_file = ca_file}; }
    CurlTransport transport(Cookies cookies = Cookies::off) const { return {network(), cookies, silent, pool}; }
    Request get(const std::string& path = "/") const {
        return {.url = *Url::parse(host.url(path)), .answer_bytes_max = 1000};
    }
    Request post_once() const {
        Request request = get();
        request.method = "POST";
        request.body = Secret("p=1");
        request.once = true;
        return request;
    }
    // By a transport of its own.
    Result<Response> ask() const { return transport().send(get(), never); }
};

} // namespace

TEST_CASE("transports of one pool, one after the other, use one connection") {
    const Scene scene;
    for (int i = 0; i < 3; ++i)
        REQUIRE(scene.ask());
    CHECK(scene.host.connections() == 1);
    CHECK(scene.pool->idle_count() == 1);
}

TEST_CASE("transports of two pools, or of none, share no connection") {
    const Scene scene;
    REQUIRE(scene.ask());
    REQUIRE(
        CurlTransport(scene.network(), Cookies::off, silent, std::make_shared<CurlPool>()).send(scene.get(), never));
    REQUIRE(CurlTransport(scene.network(), Cookies::off, silent).send(scene.get(), never));
    CHECK(scene.host.connections() == 3);
}

TEST_CASE("a cookie stays with its transport, whoever has the connection next") {
    const Scene scene;
    {
        CurlTransport first = scene.transport(Cookies::on);
        REQUIRE(first.send(scene.get("/set"), never));
        const auto seen = first.send(scene.get("/cookies"), never);
        REQUIRE(seen);
        CHECK(seen->body.reveal() == "a=b");
    }
    for (const Cookies cookies : {Cookies::on, Cookies::off}) {
        const auto seen = scene.transport(cookies).send(scene.get("/cookies"), never);
        REQUIRE(seen);
        CHECK(seen->body.empty());
    }
    CHECK(scene.host.connections() == 1);
}

TEST_CASE("a file of authorities that was replaced is noticed by the next transport, though a connection is open") {
    const Scene scene;
    const std::string good = scene.host.identity.pem();
    const std::string bad = TestIdentity().pem();
    const std::string padding(good.size() > bad.size() ? good.size() - bad.size() : 0, '\n');
    REQUIRE(scene.ask());
    SUBCASE("by another file") { std::filesystem::rename(scene.folder.write("new.pem", bad, 0644), scene.ca_file); }
    SUBCASE("by other content of the same length, with the old time") {
        const auto time = std::filesystem::last_write_time(scene.ca_file);
        scene.folder.write("ca.pem", bad + padding, 0644);
        std::filesystem::last_write_time(scene.ca_file, time);
    }
    CHECK(scene.ask().error().code == Code::certificate_untrusted);
    scene.folder.write("ca.pem", good, 0644);
    CHECK(scene.ask());
}

TEST_CASE("a file of authorities is read once for many connections") {
    const Scene scene;
    CurlTransport transport = scene.transport();
    REQUIRE(transport.send(scene.post_once(), never));
    std::filesystem::remove(scene.ca_file);
    CHECK(transport.send(scene.post_once(), never));
    CHECK(scene.host.connections() == 2);
}

TEST_CASE("every rule of the terms that a handle was told is part of what it is kept under") {
    const NetworkTerms plain{.ca_file = "/a.pem"};
    const auto differs = [&](const NetworkTerms& other) { return curl_terms(other) != curl_terms(plain); };
    CHECK_FALSE(differs({.ca_file = "/a.pem"}));
    CHECK(differs({.ca_file = "/a.pem", .proxy = "http://proxy:1"}));
    CHECK(differs({.ca_file = "/a.pem", .proxy_user = "build", .proxy_password = Secret("one")}));
    CHECK(differs({.ca_file = "/a.pem", .no_proxy = "idp.example"}));
    CHECK(differs({.ca_file = "/a.pem", .client_certificate = "/client.pem"}));
    CHECK(differs({.ca_file = "/a.pem", .http_loopback = true}));
    CHECK(differs({.ca_file = "/a.pem", .never_tls = true}));
    CHECK(curl_terms({.proxy_user = "build", .proxy_password = Secret("one")}) !=
          curl_terms({.proxy_user = "build", .proxy_password = Secret("two")}));
    // These are told anew for every exchange.
    CHECK_FALSE(differs({.ca_file = "/a.pem", .timeout = std::chrono::milliseconds(1)}));
}

TEST_CASE("a handle that has posted gets as if it were new") {
    Scene scene;
    Request post = scene.get();
    post.method = "POST";
    post.headers = {{"X-Old", "1"}};
    post.body = Secret("p=1");
    REQUIRE(scene.transport().send(post, never));
    scene.host.server.Get("/seen", [](const httplib::Request& request, httplib::Response& response) {
        response.set_content(request.method + "," + request.body + "," + request.get_header_value("X-Old"),
                             "text/plain");
    });
    const auto seen = scene.transport().send(scene.get("/seen"), never);
    REQUIRE(seen);
    CHECK(seen->body.reveal() == "GET,,");
    CHECK(scene.host.connections() == 1);
}

TEST_CASE("without a setting, the system's authorities are one file, whose cache libcurl can use") {
    const CurlTerms terms = curl_terms({});
    if (std::filesystem::exists("/etc/ssl/certs/ca-certificates.crt"))
        CHECK_FALSE(terms.authorities.empty());
    CHECK(curl_terms({.ca_file = "/nowhere.pem"}).authorities == "/nowhere.pem");
}

TEST_CASE("where there is never TLS, nobody looks at the authorities, and https is not to be had") {
    const Scene scene;
    NetworkTerms network = scene.network();
    network.never_tls = true;
    CHECK(curl_terms(network).authorities.empty());
    CHECK_FALSE(CurlTransport(std::move(network), Cookies::off, silent, scene.pool).send(scene.get(), never));
    CHECK(scene.host.connections() == 0);
    CHECK(scene.ask());
}

TEST_CASE("what differs in its authorities or its proxy is never exchanged") {
    CurlPool pool;
    const CurlTerms terms{.authorities = "/a.pem", .proxy = "http://proxy:1"};
    std::unique_ptr<CurlMulti> multi = pool.take(terms);
    const CurlMulti* const first = multi.get();
    pool.give_back(std::move(multi));
    CurlTerms other = terms;
    SUBCASE("another proxy") { other.proxy = "http://proxy:2"; }
    SUBCASE("no proxy") { other.proxy.clear(); }
    SUBCASE("past the proxy") { other.no_proxy = "idp.example"; }
    SUBCASE("plain http") { other.http_loopback = true; }
    SUBCASE("another file") { other.authorities = "/b.pem"; }
    SUBCASE("another file of the same name") { other.identity.number = 2; }
    SUBCASE("the same file, later") { other.identity.written.tv_nsec = 1; }
    SUBCASE("the same file, changed") { other.identity.changed.tv_sec = 1; }
    CHECK(pool.take(other).get() != first);
    CHECK(pool.take(terms).get() == first);
}

TEST_CASE("a request that may go once goes on a connection of its own, which nobody has after it") {
    const Scene scene;
    CurlTransport transport = scene.transport();
    REQUIRE(transport.send(scene.get(), never));
    REQUIRE(transport.send(scene.post_once(), never));
    CHECK(scene.host.connections() == 2);
    REQUIRE(transport.send(scene.get(), never));
    REQUIRE(scene.ask());
    CHECK(scene.host.connections() == 3); // a pool's other handle
    CHECK(scene.host.ends(false).size() == 2);
}

namespace {

std::atomic<pid_t> pipe_signals = 0;

// A host may not ignore SIGPIPE, and its default ends the process. The signal goes to the thread that wrote.
class CountedPipeSignals {
public:
    CountedPipeSignals() : before_(std::signal(SIGPIPE, count)) {
        pipe_signals = 0;
        thread = ::gettid();
    }
    CountedPipeSignals(const CountedPipeSignals&) = delete;
    CountedPipeSignals& operator=(const CountedPipeSignals&) = delete;
    ~CountedPipeSignals() { std::signal(SIGPIPE, before_); }

private:
    static inline std::atomic<pid_t> thread = 0;
    static void count(int) { pipe_signals += ::gettid() == thread ? 1 : 0; }
    void (*before_)(int);
};

} // namespace

TEST_CASE("a kept connection that the server has ended costs the caller nothing, and the process no signal") {
    Scene scene;
    const CountedPipeSignals counted;
    bool reset = false;
    SUBCASE("politely") {}
    SUBCASE("by a reset") { reset = true; }
    REQUIRE(scene.ask());
    scene.host.hang_up(reset);
    CHECK(scene.ask());
    CHECK(scene.host.connections() == 2);
    scene.host.hang_up(reset);
    scene.pool.reset();
    CHECK(pipe_signals == 0);
}

TEST_CASE("many threads at once have each its own, and as many as the limit says are kept") {
    const Scene scene;
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 5; ++k)
                good += scene.ask() ? 1 : 0;
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(good == 40);
    CHECK(scene.host.connections() <= 8);

    std::vector<std::unique_ptr<CurlTransport>> many;
    for (std::size_t i = 0; i < 2 * idle_handles_max; ++i) {
        many.push_back(std::make_unique<CurlTransport>(scene.network(), Cookies::off, silent, scene.pool));
        REQUIRE(many.back()->send(scene.get(), never));
    }
    CHECK(scene.pool->idle_count() == 0);
    many.clear();
    CHECK(scene.pool->idle_count() == idle_handles_max);
    CHECK(scene.host.ends(false).size() == idle_handles_max);
}

TEST_CASE("what has been idle for too long is closed when somebody comes by") {
    CurlPool pool;
    const CurlTerms terms;
    const CurlPool::Instant start{};
    std::unique_ptr<CurlMulti> one = pool.take(terms, start);
    std::unique_ptr<CurlMulti> two = pool.take(terms, start);
    const CurlMulti* const second = two.get();
    pool.give_back(std::move(one), start);
    pool.give_back(std::move(two), start + idle_handle_age_max / 2);
    CHECK(pool.idle_count() == 2);
    std::unique_ptr<CurlMulti> taken = pool.take(terms, start + idle_handle_age_max);
    CHECK(taken.get() == second);
    CHECK(pool.idle_count() == 0);
    pool.give_back(std::move(taken), start + idle_handle_age_max);
    pool.give_back(pool.take({.proxy = "http://proxy:1"}), start + 3 * idle_handle_age_max);
    CHECK(pool.idle_count() == 1);
}

TEST_CASE("a transport goes on when the pool has been closed, and what it had is closed with it") {
    Scene scene;
    CurlTransport other = scene.transport();
    REQUIRE(other.send(scene.get(), never));
    {
        CurlTransport transport = scene.transport();
        REQUIRE(scene.ask());
        REQUIRE(scene.ask()); // idle in the pool
        REQUIRE(transport.send(scene.get(), never));
        CHECK(scene.host.ends(false).size() == 3);
        scene.pool.reset();
        CHECK(scene.host.ends(false).size() == 2);
        CHECK(transport.send(scene.get(), never));
    }
    CHECK(scene.host.ends(false).size() == 1);
    CHECK(other.send(scene.get(), never));
}

TEST_CASE("a sign-in goes on when its context is gone") {
    const Scene scene;
    Settings settings;
    REQUIRE(settings.set("idp", "form"));
    REQUIRE(settings.set("idp_url", scene.host.url("/")));
    REQUIRE(settings.set("ca_file", scene.ca_file));
    auto context = std::make_unique<Context>(std::move(settings));
    auto sign_in = SignIn::start(*context, *context->settings_for(nullptr), never);
    REQUIRE(sign_in);
    context.reset();
    CHECK((*sign_in)->step(never).error().code == Code::page_unknown); // it was fetched
    CHECK(scene.host.connections() == 1);
}

TEST_CASE("a forked child that frees what it inherited does not spoil the parent's connections") {
    Scene scene;
    auto transport = std::make_unique<CurlTransport>(scene.network(), Cookies::off, silent, scene.pool);
    REQUIRE(transport->send(scene.get(), never));
    REQUIRE(scene.ask());
    const pid_t child = ::fork();
    if (child == 0) {
        transport.reset();
        scene.pool.reset();
        ::_exit(0);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(transport->send(scene.get(), never));
    CHECK(scene.ask());
    CHECK(scene.host.connections() == 2);
}

TEST_CASE("a program that the host starts inherits no connection") {
    const Scene scene;
    REQUIRE(scene.ask());
    const std::vector<int> ends = scene.host.ends(false);
    REQUIRE(ends.size() == 1);
    CHECK((::fcntl(ends.front(), F_GETFD) & FD_CLOEXEC) != 0);
}
