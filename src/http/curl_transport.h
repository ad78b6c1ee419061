// The Transport that talks: libcurl, with verified TLS, and with nothing taken from the environment.
#pragma once

#include "http/transport.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace awsfed {

// The administrator's rules for every connection.
struct NetworkTerms {
    std::string ca_file{}; // PEM; empty: the system's authorities
    std::string proxy{};   // http, https, socks5 or socks5h://host:port; empty: none
    std::string proxy_user{};
    Secret proxy_password{};
    std::string no_proxy{}; // separated by commas; loopback is always among them
    std::string client_certificate{}, client_key{}; // PEM files; empty: none is shown
    std::chrono::milliseconds timeout{30'000};        // of one exchange
    std::chrono::milliseconds connect_timeout{5000}; // until the connection stands, TLS included
    bool http_loopback = false; // plain http to this machine is allowed (security rule 2)
    bool never_tls = false;     // nothing else is talked to, so nobody looks at the authorities
};

class CurlPool;

// Keeps cookies where they are asked for, for as long as it lives. Its connections come from the pool and go back
// there, if there is one and it still lives; one on which a request went `once` is closed. For one thread at a time.
// Starts no thread; libcurl's resolver has its own for the time of a look-up.
class CurlTransport : public Transport {
public:
    enum class Cookies { off, on };

    CurlTransport(std::shared_ptr<const NetworkTerms> terms, Cookies cookies, const Log& log,
                  const std::shared_ptr<CurlPool>& pool = nullptr);
    CurlTransport(NetworkTerms terms, Cookies cookies, const Log& log, const std::shared_ptr<CurlPool>& pool = nullptr)
        : CurlTransport(std::make_shared<const NetworkTerms>(std::move(terms)), cookies, log, pool) {}
    ~CurlTransport() override;
    CurlTransport(const CurlTransport&) = delete;
    CurlTransport& operator=(const CurlTransport&) = delete;

    Result<Response> send(const Request& request, const Cancel& cancel) override;

    // The cookies as they are now, one a line, in the form in which libcurl reads them; and the reverse, before the
    // first request. Only with Cookies::on.
    Secret cookies() const;
    void take_cookies(std::string_view lines);

private:
    struct Handles;
    struct Extra; // what only some exchanges have

    Result<Response> exchange(const Request& request, const Extra& extra, const Cancel& cancel);
    Result<Response> send_with_ticket(const Request& request, const KerberosTerms& terms, const Cancel& cancel);

    std::shared_ptr<const NetworkTerms> terms_;
    const Log& log_;
    std::unique_ptr<Handles> handles_;
};

} // namespace awsfed
