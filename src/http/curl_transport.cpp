#include "http/curl_transport.h"

#include "base/limits.h"
#include "base/text.h"
#include "http/curl_failure.h"
#include "http/curl_pool.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <new>

namespace awsfed {

namespace {

// A header list whose texts are wiped when it goes: Authorization is among them.
class HeaderList {
public:
    HeaderList() = default;
    HeaderList(const HeaderList&) = delete;
    HeaderList& operator=(const HeaderList&) = delete;
    ~HeaderList() {
        for (curl_slist* item = list_; item != nullptr; item = item->next)
            wipe(item->data, std::string_view(item->data).size());
        curl_slist_free_all(list_);
    }
    void add(std::string_view name, std::string_view value) {
        Secret line(name);
        line.append(value.empty() ? ";" : ": "); // "Name;" is libcurl's way to send an empty value
        line.append(value);
        append(line.reveal().data());
    }
    void leave_out(std::string_view name) { append(std::string(name).append(":").c_str()); }
    curl_slist* get() const { return list_; }

private:
    void append(const char* line) {
        curl_slist* longer = curl_slist_append(list_, line);
        if (longer == nullptr)
            throw std::bad_alloc();
        list_ = longer;
    }
    curl_slist* list_ = nullptr;
};

struct Exchange {
    Response response;
    std::size_t body_max = 0;
    std::size_t header_bytes = 0;
    bool too_large = false;
    bool headers_too_large = false;
    bool headers_are_over = false; // those of the last answer that began
    int knocked_at = 0; // the last port that a connection was opened to
};

std::size_t take_body(const char* data, std::size_t, std::size_t size, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    if (exchange.response.body.size() + size > exchange.body_max) {
        exchange.too_large = true;
        return 0;
    }
    exchange.response.body.append({data, size});
    return size;
}

constexpr std::size_t usual_headers = 8; // room for them is made at once

std::size_t take_header(const char* data, std::size_t, std::size_t size, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    exchange.header_bytes += size;
    if (exchange.header_bytes > header_bytes_max) {
        exchange.headers_too_large = true;
        return 0;
    }
    const std::string_view line(data, size);
    if (line.starts_with("HTTP/")) {
        exchange.response.headers.clear(); // an interim answer, or the proxy's, came before
        exchange.response.headers.reserve(usual_headers);
    }
    exchange.headers_are_over = line == "\r\n" || line == "\n";
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && !line.starts_with("HTTP/"))
        exchange.response.headers.emplace_back(lower_ascii(trimmed(line.substr(0, colon))),
                                               trimmed(line.substr(colon + 1)));
    return size;
}

// A connection may be open at any time now, so a program that the host starts must not inherit it.
curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
    // The port stands at the same place for IPv4 and IPv6.
    sockaddr_in named{};
    std::memcpy(&named, &address->addr, sizeof named);
    if (user != nullptr)
        static_cast<Exchange*>(user)->knocked_at = ntohs(named.sin_port);
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

} // namespace

namespace {

void tell_proxy(CURL* easy, const NetworkTerms& network) {
    // Set, so that libcurl does not look for http_proxy, no_proxy and ~/.netrc (security rule 3).
    curl_easy_setopt(easy, CURLOPT_PROXY, network.proxy.c_str());
    std::string direct; // without a proxy libcurl would still go through the list
    if (!network.proxy.empty())
        direct = "localhost,127.0.0.0/8,::1" + (network.no_proxy.empty() ? "" : "," + network.no_proxy);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, direct.c_str());
    if (!network.proxy_user.empty()) {
        curl_easy_setopt(easy, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC));
        curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, network.proxy_user.c_str());
        curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, network.proxy_password.reveal().data());
    }
    // A SOCKS proxy could ask for the Kerberos tickets of the process otherwise.
    curl_easy_setopt(easy, CURLOPT_SOCKS5_AUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
}

void tell_tls(CURL* easy, const NetworkTerms& network, const std::string& authorities) {
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!network.client_certificate.empty()) {
        const std::string& key = network.client_key.empty() ? network.client_certificate : network.client_key;
        curl_easy_setopt(easy, CURLOPT_SSLCERT, network.client_certificate.c_str());
        curl_easy_setopt(easy, CURLOPT_SSLKEY, key.c_str());
        curl_easy_setopt(easy, CURLOPT_KEYPASSWD, ""); // OpenSSL would ask on the terminal, or take standard input
    }
    // One file and no folder: instead of the system's where a file is set, and libcurl keeps nothing that it has read
    // of authorities as long as there is a folder too.
    if (!authorities.empty()) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, authorities.c_str());
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
        curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, authorities.c_str());
        curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, nullptr);
    }
}

// All that holds for every exchange. What is told here must be part of CurlTerms: the handle is kept with them.
CURL* new_easy(const NetworkTerms& network, const std::string& authorities) {
    CURL* easy = curl_easy_init();
    if (easy == nullptr)
        throw std::bad_alloc();
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, static_cast<long>(kept_connection_idle_max.count()));
    curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN, static_cast<long>(kept_connection_age_max.count()));
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, network.http_loopback ? "https,http" : "https");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "awsfed/" AWSFED_VERSION);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    tell_proxy(easy, network);
    tell_tls(easy, network, authorities);
    return easy;
}

} // namespace

// An easy handle with cookies is the transport's own; all else is handed on.
struct CurlTransport::Handles {
    std::weak_ptr<CurlPool> pool;
    std::unique_ptr<CurlMulti> multi;
    CURL* easy;
    Cookies cookies;

    Handles(const NetworkTerms& network, Cookies wanted, const std::shared_ptr<CurlPool>& from)
        : Handles(network, curl_terms(network), wanted, from) {}
    Handles(const NetworkTerms& network, const CurlTerms& terms, Cookies wanted, const std::shared_ptr<CurlPool>& from)
        : pool(from), multi(from ? from->take(terms) : std::make_unique<CurlMulti>(terms)),
          easy(wanted == Cookies::off ? multi->take_easy() : nullptr), cookies(wanted) {
        if (easy == nullptr)
            easy = new_easy(network, terms.authorities);
        if (cookies == Cookies::on)
            curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
    }
    Handles(const Handles&) = delete;
    Handles& operator=(const Handles&) = delete;
    ~Handles() {
        const bool is_ours = multi->is_of_this_process(); // else nor is the pool: the fork may have found its lock held
        if (is_ours && cookies == Cookies::off)
            multi->keep_easy(easy);
        else
            curl_easy_cleanup(easy);
        if (!is_ours)
            return;
        try {
            if (const std::shared_ptr<CurlPool> alive = pool.lock())
                alive->give_back(std::move(multi));
        } catch (const std::bad_alloc&) { // NOLINT(bugprone-empty-catch): then it is closed instead
        }
    }
};

CurlTransport::CurlTransport(std::shared_ptr<const NetworkTerms> terms, Cookies cookies, const Log& log,
                             const std::shared_ptr<CurlPool>& pool)
    : terms_(std::move(terms)), log_(log), handles_(std::make_unique<Handles>(*terms_, cookies, pool)) {}

CurlTransport::~CurlTransport() = default;

namespace {

// Runs the one transfer, with an eye on the host's wish to stop.
Result<CURLcode> run(CURLM* multi, CURL* easy, const Cancel& cancel) {
    struct Added {
        CURLM* multi;
        CURL* easy;
        ~Added() { curl_multi_remove_handle(multi, easy); }
    };
    if (curl_multi_add_handle(multi, easy) != CURLM_OK)
        return fail(Code::internal, "libcurl does not take the transfer.");
    const Added added{multi, easy};
    constexpr int look_around_ms = 50;
    int running = 1;
    while (running != 0) {
        if (cancel.cancelled())
            return fail(Code::cancelled, "The call was cancelled.");
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            return fail(Code::internal, "libcurl cannot go on with the transfer.");
        if (running != 0)
            curl_multi_poll(multi, nullptr, 0, look_around_ms, nullptr);
    }
    int left = 0;
    const CURLMsg* message = curl_multi_info_read(multi, &left);
    return message == nullptr ? CURLE_RECV_ERROR : message->data.result;
}

} // namespace

Result<Response> CurlTransport::send(const Request& request, const Cancel& cancel) {
    const Url& url = request.url;
    if (!url.is_https() && !(terms_->http_loopback && url.is_loopback()))
        return fail(Code::setting_insecure, "{} would be reached without TLS.", url.origin());

    HeaderList headers;
    headers.leave_out("Expect"); // no pause before the body
    for (const auto& [name, value] : request.headers)
        headers.add(name, value);
    for (const auto& [name, value] : request.secret_headers)
        headers.add(name, value.reveal());

    Exchange exchange;
    exchange.body_max = request.answer_bytes_max;
    char words[CURL_ERROR_SIZE] = "";
    CURL* easy = handles_->easy;
    curl_easy_setopt(easy, CURLOPT_URL, url.text().c_str());
    // libcurl repeats a request by itself on a connection that it had kept, never on a fresh one. That one is not kept:
    // a process that signs in again and again would gather them.
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request.once ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, request.once ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(terms_->timeout.count()));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(terms_->connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
    if (request.method == "GET") {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, nullptr);
    } else {
        // The body stays in its Secret: libcurl is given the place, not a copy.
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.reveal().data());
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    const auto done = run(handles_->multi->get(), easy, cancel);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, nullptr);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, nullptr);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, nullptr);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);

    const auto tell = [&](std::string_view outcome) {
        if (log_.listens(LogLevel::info))
            log_.write(LogLevel::info, "http", "{} {}{}: {}", request.method, url.origin(), url.path(), outcome);
    };
    if (!done) {
        tell(done.error().message);
        return pass(done.error());
    }
    // libcurl has no memory for a header of more than 100 KiB, and says so.
    const bool line_too_large = *done == CURLE_OUT_OF_MEMORY && exchange.header_bytes > 0 && !exchange.headers_are_over;
    if (line_too_large)
        return fail(Code::answer_too_large, "The answer of {} has a header that is too long.", url.host_and_port());
    if (exchange.headers_too_large)
        return fail(Code::answer_too_large, "The answer of {} has more than {} bytes of headers.", url.host_and_port(),
                    header_bytes_max);
    if (exchange.too_large)
        return fail(Code::answer_too_large, "The answer of {} is longer than {} bytes.", url.host_and_port(),
                    request.answer_bytes_max);
    if (*done != CURLE_OK) {
        tell(printable(words));
        return failure_of(*done, words, easy, url, *terms_, exchange.knocked_at);
    }
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    exchange.response.status = static_cast<int>(status);
    if (log_.listens(LogLevel::info))
        tell(fmt::format("{}, {} bytes", status, exchange.response.body.size()));
    if (wants_client_certificate(exchange.response))
        return client_certificate_wanted(url.host_and_port(), "HTTP status 400 says so");
    return std::move(exchange.response);
}

} // namespace awsfed
