// The body of a request, as libcurl is given it.
#pragma once

#include "http/transport.h"

#include <curl/curl.h>

#include <string_view>

namespace awsfed {

// While it lives the handle sends the request's body, which stays in its Secret. libcurl copies a body that it is given
// whole, and frees the copy as it is: so one that is secret is asked for as it is sent, and wiped where it was sent
// from.
class CurlBody {
public:
    CurlBody(CURL* easy, const Request& request);
    ~CurlBody();
    CurlBody(const CurlBody&) = delete;
    CurlBody& operator=(const CurlBody&) = delete;

private:
    static std::size_t give(char* into, std::size_t, std::size_t room, void* user);
    static int begin_again(void* user, curl_off_t offset, int origin);

    CURL* easy_;
    std::string_view body_;
    std::size_t at_ = 0;
};

} // namespace awsfed
