#include "http/curl_transport.h"

#include "base/base64.h"
#include "fakes/loopback_server.h"

#include <doctest/doctest.h>

#include <map>
#include <mutex>

using namespace awsfed;
using namespace std::chrono_literals;

namespace {

const Cancel never;
const Log silent;

// A server that takes NTLM and does not look at the password: what it saw, in order, with the connection's number.
class NtlmServer {
public:
    LoopbackServer host;
    bool lets_in = true;
    bool asks_again = false; // by a new challenge

    NtlmServer() {
        host.server.Get("/wia", [this](const httplib::Request& request, httplib::Response& response) {
            const std::lock_guard lock(mutex_);
            const std::string said = request.get_header_value("Authorization");
            seen_ += words_of(said);
            ports_.push_back(request.remote_port);
            agent_ = request.get_header_value("User-Agent");
            const bool is_first = said.starts_with("NTLM TlRMTVNTUAAB");
            response.status = said.empty() || is_first || !lets_in ? 401 : 200;
            if (response.status == 401)
                response.set_header("WWW-Authenticate",
                                    is_first || (asks_again && !said.empty()) ? challenge() : "NTLM");
        });
        host.start();
    }

    std::string seen() const { return seen_; }
    std::string agent() const { return agent_; }
    const std::vector<int>& ports() const { return ports_; }

private:
    static std::string words_of(const std::string& said) {
        if (said.empty())
            return "nothing;";
        return said.starts_with("NTLM TlRMTVNTUAAB")   ? "type 1;"
               : said.starts_with("NTLM TlRMTVNTUAAD") ? "type 3;"
                                                       : said;
    }
    // MS-NLMP, 2.2.1.2: no target, Unicode, NTLM2 session security.
    static std::string challenge() {
        std::string message("NTLMSSP\0\x02\0\0\0\0\0\0\0\x30\0\0\0\x01\x02\x08\0", 24);
        message += "12345678";
        message.append(16, '\0');
        return "NTLM " + std::string(base64_encode(message).reveal());
    }

    std::mutex mutex_;
    std::string seen_, agent_;
    std::vector<int> ports_;
};

Request proved(const NtlmServer& server, std::string_view user = "CORP\\alice") {
    return Request{.url = *Url::parse(server.host.url("/wia")),
                   .proof = *NtlmAccount::of(user, Secret("hunter2")),
                   .user_agent = "Mozilla/5.0 (Test)",
                   .answer_bytes_max = 1000,
                   .once = true};
}

Request plain(const NtlmServer& server) {
    return Request{.url = *Url::parse(server.host.url("/wia")), .answer_bytes_max = 1000};
}

CurlTransport transport_to(CurlTransport::Cookies cookies) {
    return CurlTransport(NetworkTerms{.timeout = 10s, .http_loopback = true}, cookies, silent);
}

} // namespace

TEST_CASE("NTLM is one word and its answer on one connection, which nobody uses after it") {
    NtlmServer server;
    for (const auto cookies : {CurlTransport::Cookies::off, CurlTransport::Cookies::on}) {
        CurlTransport transport = transport_to(cookies);
        const std::size_t before = server.ports().size();
        const auto answer = transport.send(proved(server), never);
        REQUIRE(answer);
        CHECK(answer->status == 200);
        CHECK(server.agent() == "Mozilla/5.0 (Test)");
        const auto after = transport.send(plain(server), never);
        REQUIRE(after);
        CHECK(after->status == 401);
        CHECK(server.agent().starts_with("awsfed/"));
        const std::vector<int>& ports = server.ports();
        REQUIRE(ports.size() == before + 3);
        CHECK(ports[before] == ports[before + 1]);
        CHECK(ports[before + 1] != ports[before + 2]);
    }
    CHECK(server.seen() == "type 1;type 3;nothing;type 1;type 3;nothing;");
}

TEST_CASE("a refused password is not sent again") {
    NtlmServer server;
    server.lets_in = false;
    CurlTransport transport = transport_to(CurlTransport::Cookies::on);
    const auto answer = transport.send(proved(server), never);
    REQUIRE(answer);
    CHECK(answer->status == 401);
    CHECK(answer->header("www-authenticate") == "NTLM");
    CHECK(server.seen() == "type 1;type 3;");
}

TEST_CASE("a server that asks again and again gets the password once") {
    NtlmServer server;
    server.lets_in = false;
    server.asks_again = true;
    CurlTransport transport = transport_to(CurlTransport::Cookies::on);
    const auto answer = transport.send(proved(server), never);
    REQUIRE(answer);
    CHECK(answer->status == 401);
    CHECK(server.seen() == "type 1;type 3;");
}

TEST_CASE("the second leg is that of its own address, whatever the handle did before") {
    NtlmServer before;
    NtlmServer server;
    CurlTransport transport = transport_to(CurlTransport::Cookies::on);
    REQUIRE(transport.send(plain(before), never));
    const auto answer = transport.send(proved(server), never);
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(before.seen() == "nothing;");
    CHECK(server.seen() == "type 1;type 3;");
    REQUIRE(transport.send(plain(before), never));
    CHECK(before.seen() == "nothing;nothing;");
}

TEST_CASE("a connection that was there is not used for a proof") {
    NtlmServer server;
    CurlTransport transport = transport_to(CurlTransport::Cookies::off);
    REQUIRE(transport.send(plain(server), never));
    REQUIRE(transport.send(proved(server), never));
    REQUIRE(server.ports().size() == 3);
    CHECK(server.ports()[0] != server.ports()[1]);
}

TEST_CASE("a password is given to libcurl in ISO 8859-1, and what that has not is refused") {
    CHECK(NtlmAccount::of("CORP\\alice", Secret("Pä ß"))->password.reveal() == "P\xe4 \xdf");
    const auto refused = [](std::string_view user, std::string_view password) {
        const auto account = NtlmAccount::of(user, Secret(password));
        REQUIRE_FALSE(account);
        CHECK(account.error().code == Code::setting_invalid);
        return account.error().setting;
    };
    CHECK(refused("CORP\\alice", "P€") == "password");
    CHECK(refused("CORP\\alice", "P\xff") == "password");
    CHECK(refused("CORP\\alice", std::string_view("a\0b", 3)) == "password");
    CHECK(refused("CORP\\müller", "P0") == "user");
}
