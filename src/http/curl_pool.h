// What the transports of one Context leave to each other: connections that are open, and the certificate authorities
// that libcurl has read (145 of them take 20 ms of CPU). Cookies are not among it: they live and die with a transport.
#pragma once

#include <curl/curl.h>
#include <sys/types.h>

#include <chrono>
#include <compare>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace awsfed {

struct NetworkTerms;

// What a file is at this moment. A file that was replaced, or written to, is another one.
struct FileIdentity {
    dev_t device = 0;
    ino_t number = 0;
    off_t size = 0;
    timespec written{};
    timespec changed{}; // cannot be set back, as the other can

    bool operator==(const FileIdentity& other) const;
};

// Handles with different terms are never exchanged for each other: what was verified by other authorities, or went
// through another proxy, is no use to a transport.
struct CurlTerms {
    std::string authorities{}; // the file; empty where only libcurl knows its place
    FileIdentity identity{};   // of that file
    std::string proxy{}, no_proxy{};
    bool http_loopback = false, never_tls = false;
    std::string accounts{}; // a digest of who was shown to be there: at the proxy, and by a client certificate

    bool operator==(const CurlTerms&) const = default;
};

// Looks at the file of authorities: that of the setting ca_file, else the system's. Not where there is never TLS.
CurlTerms curl_terms(const NetworkTerms& network);

// One multi handle of libcurl and, from the first transfer without cookies on, the easy handle of such transfers: to
// make one and tell it all its rules costs more than to sign a request. For one thread at a time.
class CurlMulti {
public:
    explicit CurlMulti(CurlTerms terms);
    // In a forked child nothing is closed: the farewell of TLS would go out on connections that are the parent's.
    ~CurlMulti();
    CurlMulti(const CurlMulti&) = delete;
    CurlMulti& operator=(const CurlMulti&) = delete;

    CURLM* get() const { return multi_; }
    // The easy handle that was kept last, if there is one. It belongs to the caller then.
    CURL* take_easy();
    void keep_easy(CURL* easy);
    const CurlTerms& terms() const { return terms_; }
    bool is_of_this_process() const;

private:
    CurlTerms terms_;
    CURLM* multi_;
    CURL* easy_ = nullptr;
    pid_t process_;
};

// May be used by many threads. Starts none, so what has been idle for too long is closed when somebody comes by; what
// is left then is closed with the pool.
class CurlPool {
public:
    using Instant = std::chrono::steady_clock::time_point;

    // The one that was given back last, or a new one.
    std::unique_ptr<CurlMulti> take(const CurlTerms& terms, Instant now = std::chrono::steady_clock::now());
    // Without a transfer in it.
    void give_back(std::unique_ptr<CurlMulti> multi, Instant now = std::chrono::steady_clock::now());

    std::size_t idle_count() const;

private:
    struct Idle {
        std::unique_ptr<CurlMulti> multi;
        Instant since;
    };

    // Closing takes time: the caller does it when the lock is released.
    std::vector<Idle> remove_outdated(Instant now);

    mutable std::mutex mutex_;
    std::vector<Idle> idle_; // the longest idle first
};

} // namespace awsfed
