// A URL as libcurl's own URL parser understands it, so that what is checked is what is fetched.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace awsfed {

class Url {
public:
    // An absolute http or https URL without user name and password. The path is normalised.
    static Result<Url> parse(std::string_view text);

    // The same with its path as it is: for who signs a request, and does not send it.
    static Result<Url> parse_as_is(std::string_view text);

    // What a reference on this page leads to (RFC 3986, 5).
    Result<Url> resolve(std::string_view reference) const;

    const std::string& text() const { return text_; }
    const std::string& scheme() const { return scheme_; }
    const std::string& host() const { return host_; }     // lower case; IPv6 in brackets
    int port() const { return port_; }
    const std::string& path() const { return path_; }     // "/" at least, percent-encoded as given
    const std::string& query() const { return query_; }   // without '?'

    // scheme://host[:port], the port only where it is not the scheme's own (RFC 6454).
    std::string origin() const;
    // host[:port], as the Host header has it.
    std::string host_and_port() const;
    bool is_https() const { return scheme_ == "https"; }
    // 127.0.0.0/8, [::1] or "localhost".
    bool is_loopback() const;

private:
    static Result<Url> parse(std::string_view text, unsigned flags);

    std::string text_, scheme_, host_, path_, query_;
    int port_ = 0;
};

} // namespace awsfed
