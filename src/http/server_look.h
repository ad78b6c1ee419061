// A look at a server before anything is asked of it: its name, the connection, the certificates that it shows.
#pragma once

#include "http/curl_transport.h"

#include <chrono>
#include <string>
#include <vector>

namespace awsfed {

struct ShownCertificate {
    std::string issuer; // as libcurl writes it
    std::string pem;
};

struct ServerLook {
    std::string address{}; // that was connected to: the server's, or the proxy's
    bool by_proxy = false;
    std::chrono::milliseconds took{0};      // until the connection stood, TLS included
    std::vector<ShownCertificate> certificates{}; // the server's own first; empty of plain http
};

// Connects, agrees on TLS and hangs up: no request is sent. A certificate that is not trusted is a failure, as for
// every other exchange.
Result<ServerLook> look_at_server(const Url& url, const NetworkTerms& terms, const Cancel& cancel);

// The certificates that an untrusted server shows, to say who vouches for them. Nothing of ours is shown to it.
Result<ServerLook> look_at_untrusted_server(const Url& url, const NetworkTerms& terms, const Cancel& cancel);

} // namespace awsfed
