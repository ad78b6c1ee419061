#include "http/stream.h"

#include "http/curl_easy.h"
#include "http/curl_failure.h"
#include "http/curl_pool.h"

#include <curl/curl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace awsfed {

namespace {

// libcurl connects it as it would another, which sends nothing.
curl_socket_t open_datagram_socket(void*, curlsocktype, curl_sockaddr* address) {
    return ::socket(address->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

} // namespace

Stream::Stream(std::string peer, std::unique_ptr<CurlMulti> multi, void* easy)
    : peer_(std::move(peer)), multi_(std::move(multi)), easy_(easy) {}

Stream::~Stream() {
    if (!multi_->is_of_this_process())
        return;
    curl_multi_remove_handle(multi_->get(), easy_); // which closes the connection
    curl_easy_cleanup(easy_);
}

Result<std::unique_ptr<Stream>> Stream::open(const Url& url, const NetworkTerms& terms, Instant end,
                                             const Cancel& cancel) {
    if (!url.is_https() && !(terms.http_loopback && url.is_loopback()))
        return fail(Code::setting_insecure, "{} would be reached without TLS.", url.host_and_port());
    return connect(url, Kind::stream, terms, end, cancel);
}

Result<std::unique_ptr<Stream>> Stream::open_plain(const Url& url, Kind kind, Instant end, const Cancel& cancel) {
    NetworkTerms terms{.never_tls = true};
    terms.timeout = terms.connect_timeout = std::max(
        std::chrono::milliseconds(1), std::chrono::ceil<std::chrono::milliseconds>(end - Instant::clock::now()));
    return connect(url, kind, terms, end, cancel);
}

Result<std::unique_ptr<Stream>> Stream::connect(const Url& url, Kind kind, const NetworkTerms& terms, Instant end,
                                                const Cancel& cancel) {
    constexpr std::chrono::milliseconds least(1); // libcurl takes 0 for "for ever"
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Instant::clock::now());
    const CurlTerms handle_terms = curl_terms(terms);
    CURL* easy = new_easy(terms, handle_terms.authorities);
    // From here on it goes with the stream.
    std::unique_ptr<Stream> stream(new Stream(url.host_and_port(), std::make_unique<CurlMulti>(handle_terms), easy));
    std::array<char, CURL_ERROR_SIZE> words{};
    curl_easy_setopt(easy, CURLOPT_URL, url.text().c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L); // it is not HTTP that is spoken then
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(std::clamp(left, least, terms.timeout).count()));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(terms.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words.data());
    if (kind == Kind::datagram)
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_datagram_socket);
    if (curl_multi_add_handle(stream->multi_->get(), easy) != CURLM_OK)
        return fail(Code::internal, "libcurl does not take the transfer.");
    AWSFED_TRY(const CURLcode done, run_all(stream->multi_->get(), cancel));
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);
    if (done != CURLE_OK)
        return failure_of(done, words.data(), easy, url, terms, url.port());
    return stream;
}

Failure Stream::broken(const char* why) const {
    return fail(Code::network_failed, "The connection to {} broke: {}.", peer_, why);
}

// One who is fed byte by byte, for ever, gets here as well.
Result<void> Stream::check(Instant end, const Cancel& cancel) const {
    if (cancel.cancelled())
        return fail(Code::cancelled, "The call was cancelled.");
    if (std::chrono::steady_clock::now() >= end)
        return fail(Code::timeout, "{} did not answer in time.", peer_).setting("timeout");
    return {};
}

// TLS may want the other direction meanwhile: who waits looks again soon, whatever poll says.
Result<void> Stream::wait(short events, Instant end) const {
    curl_socket_t socket = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(easy_, CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK || socket == CURL_SOCKET_BAD)
        return broken("it is closed");
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd one{socket, events, 0};
    (void)::poll(&one, 1,
                 static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, look_around_ms)));
    return {};
}

Result<void> Stream::send(std::string_view bytes, Instant end, const Cancel& cancel) {
    while (!bytes.empty()) {
        AWSFED_CHECK(check(end, cancel));
        std::size_t sent = 0;
        const CURLcode code = curl_easy_send(easy_, bytes.data(), bytes.size(), &sent);
        if (code != CURLE_OK && code != CURLE_AGAIN)
            return broken(curl_easy_strerror(code));
        bytes.remove_prefix(sent);
        if (code == CURLE_AGAIN)
            AWSFED_CHECK(wait(POLLOUT, end));
    }
    return {};
}

Result<std::size_t> Stream::receive(std::span<char> room, Instant end, const Cancel& cancel) {
    while (true) {
        AWSFED_CHECK(check(end, cancel));
        std::size_t got = 0;
        const CURLcode code = curl_easy_recv(easy_, room.data(), room.size(), &got);
        if (code == CURLE_OK && got > 0)
            return got;
        if (code != CURLE_AGAIN)
            return broken(code == CURLE_OK ? "the server closed it" : curl_easy_strerror(code));
        AWSFED_CHECK(wait(POLLIN, end));
    }
}

} // namespace awsfed
