#include "http/url.h"

#include "base/text.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace awsfed {

namespace {

struct Free {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
    void operator()(char* text) const { curl_free(text); }
};
using Handle = std::unique_ptr<CURLU, Free>;

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    const bool found = curl_url_get(url, which, &text, flags) == CURLUE_OK;
    const std::unique_ptr<char, Free> owned(text);
    return found ? std::string(text) : std::string();
}

// What a person may see of a URL: no query, which may carry a state or a token.
std::string shown(std::string_view url) { return printable(url.substr(0, url.find_first_of("?#"))); }

Failure wrong(std::string_view url, std::string_view why) {
    return fail(Code::setting_invalid, "\"{}\" is not a URL that can be used: {}.", shown(url), why);
}

} // namespace

Result<Url> Url::parse(std::string_view text) { return parse(text, CURLU_URLENCODE); }
Result<Url> Url::parse_as_is(std::string_view text) { return parse(text, CURLU_PATH_AS_IS); }

Result<Url> Url::parse(std::string_view given, unsigned flags) {
    const std::string text(trimmed(given));
    const Handle handle(curl_url());
    if (!handle)
        throw std::bad_alloc();
    const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER | flags);
    if (code == CURLUE_USER_NOT_ALLOWED)
        return fail(Code::setting_invalid, "A URL must not hold a user name or password.");
    if (code != CURLUE_OK)
        return wrong(text, lower_ascii(curl_url_strerror(code)));
    curl_url_set(handle.get(), CURLUPART_FRAGMENT, nullptr, 0);

    Url url;
    url.scheme_ = part(handle.get(), CURLUPART_SCHEME);
    url.host_ = lower_ascii(part(handle.get(), CURLUPART_HOST));
    if (!url.host_.empty()) // so that the text too has one spelling
        curl_url_set(handle.get(), CURLUPART_HOST, url.host_.c_str(), 0);
    const std::string port = part(handle.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
    std::from_chars(port.data(), port.data() + port.size(), url.port_);
    url.path_ = part(handle.get(), CURLUPART_PATH);
    url.query_ = part(handle.get(), CURLUPART_QUERY);
    url.text_ = part(handle.get(), CURLUPART_URL, CURLU_NO_DEFAULT_PORT);
    if (url.scheme_ != "https" && url.scheme_ != "http")
        return wrong(text, "it must begin with https://");
    if (url.host_.empty() || url.host_.ends_with('.') || url.port_ <= 0)
        return wrong(text, "it names no host");
    return url;
}

Result<Url> Url::resolve(std::string_view reference) const {
    const Handle handle(curl_url());
    if (!handle || curl_url_set(handle.get(), CURLUPART_URL, text_.c_str(), 0) != CURLUE_OK)
        return wrong(text_, "it cannot be read again");
    const std::string target(trimmed(reference));
    // An empty reference is the page itself (RFC 3986, 5.2.2), which libcurl does not take.
    if (!target.empty()) {
        const CURLUcode code =
            curl_url_set(handle.get(), CURLUPART_URL, target.c_str(), CURLU_DISALLOW_USER | CURLU_URLENCODE);
        if (code != CURLUE_OK)
            return wrong(target, lower_ascii(curl_url_strerror(code)));
    }
    return parse(part(handle.get(), CURLUPART_URL));
}

std::string Url::host_and_port() const {
    const int usual = is_https() ? 443 : 80;
    return port_ == usual ? host_ : host_ + ":" + std::to_string(port_);
}

std::string Url::origin() const { return scheme_ + "://" + host_and_port(); }

bool Url::is_loopback() const {
    // libcurl itself resolves "localhost" to loopback (7.77+), and normalises IPv4 forms such as 0x7f.1.
    if (host_ == "localhost" || host_ == "[::1]")
        return true;
    const bool numeric = host_.find_first_not_of("0123456789.") == std::string::npos;
    return numeric && host_.starts_with("127.") && std::ranges::count(host_, '.') == 3;
}

} // namespace awsfed
