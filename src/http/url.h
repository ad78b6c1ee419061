// A URL as libcurl's own URL parser understands it, so that what is checked is what is fetched.
#pragma once

#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>

struct Curl_URL;

namespace awsfed {

// A value that never changes: copies share what was read.
class Url {
public:
    // An absolute http or https URL without user name and password. The path is normalised.
    static Result<Url> parse(std::string_view text);

    // The same with its path as it is: for who signs a request, and does not send it.
    static Result<Url> parse_as_is(std::string_view text);

    // What a reference on this page leads to (RFC 3986, 5).
    Result<Url> resolve(std::string_view reference) const;

    const std::string& text() const { return parts().text; }
    const std::string& scheme() const { return parts().scheme; }
    const std::string& host() const { return parts().host; } // lower case; IPv6 in brackets
    int port() const { return parts().port; }
    const std::string& path() const { return parts().path; }   // "/" at least, percent-encoded as given
    const std::string& query() const { return parts().query; } // without '?'

    // scheme://host[:port], the port only where it is not the scheme's own (RFC 6454).
    const std::string& origin() const { return parts().origin; }
    // host[:port], as the Host header has it.
    const std::string& host_and_port() const { return parts().host_and_port; }
    // For libcurl, which need not read the text once more. Null of an empty URL.
    Curl_URL* handle() const { return parts().handle.get(); }
    bool is_https() const { return scheme() == "https"; }
    // 127.0.0.0/8, [::1] or "localhost".
    bool is_loopback() const;

private:
    struct Parts {
        std::string text{}, scheme{}, host{}, path{}, query{}, origin{}, host_and_port{};
        int port = 0;
        std::shared_ptr<Curl_URL> handle{};
    };

    static Result<Url> parse(std::string_view text, unsigned flags);
    const Parts& parts() const { return parts_ ? *parts_ : no_parts(); }

    static const Parts& no_parts();
    std::shared_ptr<const Parts> parts_;
};

} // namespace awsfed
