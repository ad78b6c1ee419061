// Why an exchange failed, of libcurl's many reasons: at the proxy or at the server, by whose setting, and what to try.
#pragma once

#include "base/result.h"
#include "http/transport.h"

#include <curl/curl.h>

#include <string_view>

namespace awsfed {

struct NetworkTerms;

// `words`: libcurl's own. They name hosts, ports and certificates, never what was sent. `knocked_at`: the last port
// that a connection was opened to.
Failure failure_of(CURLcode code, std::string_view words, CURL* easy, const Url& url, const NetworkTerms& terms,
                   int knocked_at);

// A server that takes the connection, and then wants a certificate all the same: so does nginx.
bool wants_client_certificate(const Response& response);
Failure client_certificate_wanted(std::string_view by, std::string_view why);

} // namespace awsfed
