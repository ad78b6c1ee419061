#include "http/stream.h"

#include "http/tls_server.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <array>
#include <string>

using namespace awsfed;
using namespace std::chrono_literals;

namespace {

const Cancel never;

Stream::Instant soon() { return Stream::Instant::clock::now() + 10s; }

struct Scene {
    TlsServer host;
    TemporaryFolder folder;
    std::string ca_file = folder.write("ca.pem", host.identity.pem(), 0644);

    Scene() {
        host.server.Get("/", [](const httplib::Request&, httplib::Response& response) {
            response.set_content("hello", "text/plain");
        });
        host.start();
    }
    auto open(const std::string& authorities) const {
        return Stream::open(*Url::parse(host.url("/")), {.ca_file = authorities}, soon(), never);
    }
    // What it says to the bytes of a request.
    static std::string answer(Stream& stream) {
        const auto end = Stream::Instant::clock::now() + 10s;
        REQUIRE(stream.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n", end, never));
        std::string all;
        std::array<char, 1000> room{};
        while (!all.ends_with("hello")) {
            const auto got = stream.receive(room, end, never);
            REQUIRE(got);
            all.append(room.data(), *got);
        }
        return all;
    }
};

} // namespace

TEST_CASE("a stream carries bytes both ways under TLS, again and again") {
    const Scene scene;
    const auto stream = scene.open(scene.ca_file);
    REQUIRE(stream);
    for (int i = 0; i < 3; ++i)
        CHECK(Scene::answer(**stream).starts_with("HTTP/1.1 200"));
}

TEST_CASE("security rule 2: a stream is not opened to a server that is not trusted, nor without TLS") {
    const Scene scene;
    const TestIdentity other;
    const auto stream = scene.open(scene.folder.write("other.pem", other.pem(), 0644));
    REQUIRE_FALSE(stream);
    CHECK(stream.error().code == Code::certificate_untrusted);
    CHECK(stream.error().setting == "ca_file");
    CHECK(Stream::open(*Url::parse("http://127.0.0.1:1"), {}, soon(), never).error().code == Code::setting_insecure);
    CHECK(Stream::open(*Url::parse("http://192.0.2.1:1"), {.http_loopback = true}, soon(), never).error().code ==
          Code::setting_insecure);
}

TEST_CASE("a stream ends in time where nothing comes, and is left alone by a forked child") {
    const Scene scene;
    const auto stream = scene.open(scene.ca_file);
    REQUIRE(stream);
    std::array<char, 10> room{};
    CHECK((*stream)->receive(room, Stream::Instant::clock::now() + 50ms, never).error().code == Code::timeout);
    Cancel enough;
    enough.now();
    CHECK((*stream)->receive(room, Stream::Instant::clock::now() + 10s, enough).error().code == Code::cancelled);
    const pid_t child = ::fork();
    if (child == 0) {
        const_cast<std::unique_ptr<Stream>&>(*stream).reset(); // NOLINT(cppcoreguidelines-pro-type-const-cast)
        ::_exit(0);
    }
    CHECK(::waitpid(child, nullptr, 0) == child);
    CHECK(Scene::answer(**stream).starts_with("HTTP/1.1 200"));
}
