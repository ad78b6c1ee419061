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

const Url::Parts& Url::no_parts() {
    static const Parts none;
    return none;
}

Result<Url> Url::parse(std::string_view text) { return parse(text, CURLU_URLENCODE); }
Result<Url> Url::parse_as_is(std::string_view text) { return parse(text, CURLU_PATH_AS_IS); }

Result<Url> Url::parse(std::string_view given, unsigned flags) {
    const std::string text(trimmed(given));
    Handle handle(curl_url());
    if (!handle)
        throw std::bad_alloc();
    const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER | flags);
    if (code == CURLUE_USER_NOT_ALLOWED)
        return fail(Code::setting_invalid, "A URL must not hold a user name or password.");
    if (code != CURLUE_OK)
        return wrong(text, lower_ascii(curl_url_strerror(code)));
    curl_url_set(handle.get(), CURLUPART_FRAGMENT, nullptr, 0);

    Parts parts;
    parts.scheme = part(handle.get(), CURLUPART_SCHEME);
    parts.host = lower_ascii(part(handle.get(), CURLUPART_HOST));
    if (!parts.host.empty()) // so that the text too has one spelling
        curl_url_set(handle.get(), CURLUPART_HOST, parts.host.c_str(), 0);
    const std::string port = part(handle.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
    std::from_chars(port.data(), port.data() + port.size(), parts.port);
    parts.path = part(handle.get(), CURLUPART_PATH);
    parts.query = part(handle.get(), CURLUPART_QUERY);
    parts.text = part(handle.get(), CURLUPART_URL, CURLU_NO_DEFAULT_PORT);
    if (parts.scheme != "https" && parts.scheme != "http")
        return wrong(text, "it must begin with https://");
    if (parts.host.empty() || parts.host.ends_with('.') || parts.port <= 0)
        return wrong(text, "it names no host");
    const int usual = parts.scheme == "https" ? 443 : 80;
    parts.host_and_port = parts.port == usual ? parts.host : parts.host + ":" + port;
    parts.origin = parts.scheme + "://" + parts.host_and_port;
    parts.handle = std::move(handle);
    Url url;
    url.parts_ = std::make_shared<const Parts>(std::move(parts));
    return url;
}

Result<Url> Url::resolve(std::string_view reference) const {
    const Handle handle(curl_url());
    if (!handle || curl_url_set(handle.get(), CURLUPART_URL, text().c_str(), 0) != CURLUE_OK)
        return wrong(text(), "it cannot be read again");
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

bool Url::is_loopback() const {
    // libcurl itself resolves "localhost" to loopback (7.77+), and normalises IPv4 forms such as 0x7f.1.
    if (host() == "localhost" || host() == "[::1]")
        return true;
    const bool numeric = host().find_first_not_of("0123456789.") == std::string::npos;
    return numeric && host().starts_with("127.") && std::ranges::count(host(), '.') == 3;
}

} // namespace awsfed
