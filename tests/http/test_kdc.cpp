#include "http/kdc.h"

#include "temporary_folder.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <profile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

using namespace awsfed;
using namespace awsfed::kerberos;
using namespace std::chrono_literals;

namespace {

// A context with this krb5.conf and no other.
struct Configured {
    explicit Configured(const std::string& text) {
        _profile_t* profile = nullptr;
        REQUIRE(profile_init_path(folder.write("krb5.conf", text, 0644).c_str(), &profile) == 0);
        REQUIRE(krb5_init_context_profile(profile, 0, &context) == 0);
        profile_release(profile);
    }
    ~Configured() { krb5_free_context(context); }
    Configured(const Configured&) = delete;
    Configured& operator=(const Configured&) = delete;

    TemporaryFolder folder;
    krb5_context context = nullptr;
};

std::string places(const std::string& lines, const std::string& realm = "R.TEST") {
    const Configured krb5("[realms]\nR.TEST = {\n" + lines + "}\n");
    std::string all;
    for (const Url& kdc : kdcs_of(krb5.context, realm))
        all += (all.empty() ? "" : " ") + kdc.host_and_port();
    return all;
}

// Takes one connection at a free port, reads what comes first, and answers it so.
class Answering {
public:
    explicit Answering(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof place;
        REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&place), size) == 0);
        REQUIRE(::listen(socket_, 1) == 0);
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&place), &size);
        port = ntohs(place.sin_port);
        thread_ = std::thread([this] { run(); });
    }
    ~Answering() {
        ::shutdown(socket_, SHUT_RDWR);
        thread_.join();
        ::close(socket_);
    }
    Answering(const Answering&) = delete;
    Answering& operator=(const Answering&) = delete;

    Url url() const { return *Url::parse("http://127.0.0.1:" + std::to_string(port)); }

    int port = 0;
    std::string got;

private:
    void run() {
        const int peer = ::accept(socket_, nullptr, nullptr);
        if (peer < 0)
            return;
        char room[1000];
        got.assign(room, static_cast<std::size_t>(std::max<ssize_t>(0, ::read(peer, room, sizeof room))));
        for (const std::string& piece : pieces_)
            (void)::send(peer, piece.data(), piece.size(), MSG_NOSIGNAL);
        ::close(peer);
    }

    std::vector<std::string> pieces_;
    int socket_ = -1;
    std::thread thread_;
};

Result<KdcReply> ask(const std::vector<Url>& kdcs, const Cancel& cancel = {}) {
    const Configured krb5("[libdefaults]\n");
    return ask_kdcs(krb5.context, kdcs, "question", Stream::Instant::clock::now() + 10s, cancel);
}

std::string framed(const std::string& text) { return std::string{0, 0, 0, static_cast<char>(text.size())} + text; }

} // namespace

TEST_CASE("the KDCs of a realm are those that krb5.conf names, in its order") {
    CHECK(places("kdc = dc1.r.test\nkdc = dc2.r.test:1088\nkdc = [::1]:89\nkdc = [::1]\nadmin_server = dc3\n") ==
          "dc1.r.test:88 dc2.r.test:1088 [::1]:89 [::1]:88");
    CHECK(places("kdc = dc1\n", "OTHER.TEST").empty());
    CHECK(places("admin_server = dc1\n").empty());
}

TEST_CASE("a realm with a KDC that is reached in another way is left to libkrb5") {
    for (const char* other : {"https://proxy.r.test/KdcProxy", "/run/kdc.socket", "a b", "host:port"})
        CHECK(places(std::string("kdc = dc1\nkdc = ") + other + "\n").empty());
}

TEST_CASE("a message goes out with its length before it, and a reply is put together") {
    Answering kdc({std::string("\0\0", 2), std::string("\0\6re", 4), "ply!"});
    const auto reply = ask({kdc.url()});
    REQUIRE(reply);
    CHECK(reply->message == "reply!");
    CHECK(reply->kdc == 0);
    CHECK(kdc.got == framed("question"));
}

TEST_CASE("what hangs up, is cut off or is no KDC is passed over") {
    Answering gone({});
    Answering cut({framed("reply").substr(0, 6)});
    Answering huge({"HTTP/1.1 400 Bad Request\r\n\r\n"});
    Answering empty({std::string(4, '\0')});
    Answering good({framed("reply")});
    const auto reply = ask({gone.url(), cut.url(), huge.url(), empty.url(), good.url()});
    REQUIRE(reply);
    CHECK(reply->message == "reply");
    CHECK(reply->kdc == 4);
    const auto none = ask({*Url::parse("http://127.0.0.1:1")});
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Code::kdc_unreachable);
}

TEST_CASE("a KDC that says that it is out of service is passed over") {
    // KRB-ERROR, 5 and 30, of 2026-01-01T00:00:00Z, KDC_ERR_SVC_UNAVAILABLE, realm R, name k
    const std::string out("\x7e\x3e\x30\x3c\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x1e\xa4\x11\x18\x0f"
                          "20260101000000Z\xa5\x03\x02\x01\x00\xa6\x03\x02\x01\x1d\xa9\x03\x1b\x01R\xaa\x0e\x30\x0c"
                          "\xa0\x03\x02\x01\x01\xa1\x05\x30\x03\x1b\x01k",
                          64);
    Answering busy({framed(out)});
    Answering good({framed("reply")});
    const auto reply = ask({busy.url(), good.url()});
    REQUIRE(reply);
    CHECK(reply->kdc == 1);
}

TEST_CASE("who has cancelled asks nobody") {
    Answering kdc({framed("reply")});
    Cancel cancel;
    cancel.now();
    const auto reply = ask({kdc.url()}, cancel);
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Code::cancelled);
}
