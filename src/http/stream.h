// A connection that carries bytes as they are, for who speaks another protocol than HTTP. libcurl makes it: names,
// TLS and its checks, and how long that may take, are those of every exchange here.
#pragma once

#include "base/cancel.h"
#include "base/result.h"
#include "http/curl_transport.h"
#include "http/url.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace awsfed {

class CurlMulti;

// For one thread at a time. Close-on-exec; no signal comes of a peer that has gone. Not for a forked child, where it
// may only be destroyed: that leaves the parent's connection alone.
class Stream {
public:
    using Instant = std::chrono::steady_clock::time_point;

    // https://host:port, or http:// to this machine where the terms allow it (security rule 2). By `end`, and within
    // the terms' time-outs.
    static Result<std::unique_ptr<Stream>> open(const Url& url, const NetworkTerms& terms, Instant end,
                                                const Cancel& cancel);
    // Without TLS, for a protocol that protects its messages itself, as Kerberos does. Of datagrams (UDP) each send is
    // one, and each receive too, so that the room must be large enough.
    enum class Kind { stream, datagram };
    static Result<std::unique_ptr<Stream>> open_plain(const Url& url, Kind kind, Instant end, const Cancel& cancel);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // Both fail with timeout at `end`, with cancelled, and with network_failed where the connection broke.
    Result<void> send(std::string_view bytes, Instant end, const Cancel& cancel);
    // One byte at least.
    Result<std::size_t> receive(std::span<char> room, Instant end, const Cancel& cancel);

private:
    Stream(std::string peer, std::unique_ptr<CurlMulti> multi, void* easy);
    static Result<std::unique_ptr<Stream>> connect(const Url& url, Kind kind, const NetworkTerms& terms, Instant end,
                                                   const Cancel& cancel);
    Result<void> check(Instant end, const Cancel& cancel) const;
    Result<void> wait(short events, Instant end) const;
    Failure broken(const char* why) const;

    std::string peer_; // for messages
    std::unique_ptr<CurlMulti> multi_;
    void* easy_; // CURL; the connection lives as long as it is in multi_
};

} // namespace awsfed
