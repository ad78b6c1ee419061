#include "http/curl_body.h"

#include <openssl/crypto.h>

#include <cstdio>
#include <cstring>

namespace awsfed {

namespace {

// libcurl shows what it has sent where that lies in its buffer.
int wipe_sent(CURL*, curl_infotype type, char* data, std::size_t size, void*) {
    if (type == CURLINFO_DATA_OUT)
        OPENSSL_cleanse(data, size);
    return 0;
}

} // namespace

CurlBody::CurlBody(CURL* easy, const Request& request) : easy_(easy), body_(request.body.reveal()) {
    if (request.method == "GET") {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, nullptr);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method == "POST" ? nullptr : request.method.c_str());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_.size()));
    if (body_.empty() || !request.body_is_secret) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body_.empty() ? "" : body_.data());
        return;
    }
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(easy, CURLOPT_READDATA, this);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, begin_again);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, this);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, wipe_sent);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
}

CurlBody::~CurlBody() {
    curl_easy_setopt(easy_, CURLOPT_VERBOSE, 0L);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, nullptr);
    curl_easy_setopt(easy_, CURLOPT_READFUNCTION, nullptr);
    curl_easy_setopt(easy_, CURLOPT_READDATA, nullptr);
    curl_easy_setopt(easy_, CURLOPT_SEEKFUNCTION, nullptr);
    curl_easy_setopt(easy_, CURLOPT_SEEKDATA, nullptr);
}

std::size_t CurlBody::give(char* into, std::size_t, std::size_t room, void* user) {
    auto& self = *static_cast<CurlBody*>(user);
    const std::string_view piece = self.body_.substr(self.at_, room);
    std::memcpy(into, piece.data(), piece.size());
    self.at_ += piece.size();
    return piece.size();
}

// For a request that is sent again where a kept connection breaks.
int CurlBody::begin_again(void* user, curl_off_t offset, int origin) {
    auto& self = *static_cast<CurlBody*>(user);
    if (origin != SEEK_SET || offset < 0 || static_cast<std::size_t>(offset) > self.body_.size())
        return CURL_SEEKFUNC_FAIL;
    self.at_ = static_cast<std::size_t>(offset);
    return CURL_SEEKFUNC_OK;
}

} // namespace awsfed
