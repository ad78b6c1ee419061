#include "http/curl_transport.h"

#include "base/channel_binding.h"
#include "base/limits.h"
#include "base/text.h"
#include "http/curl_body.h"
#include "http/curl_easy.h"
#include "http/curl_failure.h"
#include "http/curl_pool.h"

#include <curl/curl.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <new>
#include <vector>

namespace awsfed {

namespace {

// The header lines of a request as libcurl wants them. They stay in locked memory: Authorization is among them.
class HeaderList {
public:
    // `authorization`: empty where there is none but those of the request.
    HeaderList(const Request& request, const Secret& authorization) {
        const std::string_view agent = request.user_agent.empty() ? own_name : std::string_view(request.user_agent);
        const std::size_t count = own_lines + request.headers.size() + request.secret_headers.size();
        std::size_t bytes = line_end * count + no_expect.size() + agent_name.size() + agent.size() +
                            authorization_name.size() + authorization.size();
        for (const auto& [name, value] : request.headers)
            bytes += name.size() + value.size();
        for (const auto& [name, value] : request.secret_headers)
            bytes += name.size() + value.size();
        items_.reserve(count); // both, so that nothing moves while libcurl's list is made of it
        lines_.reserve(bytes);
        add({no_expect});
        add(agent_name, agent);
        if (!authorization.empty())
            add(authorization_name, authorization.reveal());
        for (const auto& [name, value] : request.headers)
            add(name, value);
        for (const auto& [name, value] : request.secret_headers)
            add(name, value.reveal());
    }
    HeaderList(const HeaderList&) = delete;
    HeaderList& operator=(const HeaderList&) = delete;

    curl_slist* get() { return items_.data(); }

private:
    static constexpr std::size_t own_lines = 3;
    static constexpr std::string_view no_expect = "Expect:"; // no pause before the body
    static constexpr std::string_view agent_name = "User-Agent"; // libcurl would put it together twice by its option
    static constexpr std::string_view own_name = "awsfed/" AWSFED_VERSION;
    static constexpr std::string_view authorization_name = "Authorization";
    static constexpr std::size_t line_end = 3; // what stands between name and value, and NUL

    // "Name;" is libcurl's way to send an empty value.
    void add(std::string_view name, std::string_view value) { add({name, value.empty() ? ";" : ": ", value}); }
    void add(std::initializer_list<std::string_view> parts) {
        char* line = lines_.grow(0);
        for (const std::string_view part : parts)
            lines_.append(part);
        lines_.append('\0');
        if (!items_.empty())
            items_.back().next = items_.data() + items_.size();
        items_.push_back({line, nullptr});
    }

    Secret lines_;
    std::vector<curl_slist> items_;
};

struct Exchange {
    Response response;
    std::size_t body_max = 0;
    std::size_t header_bytes = 0;
    bool too_large = false;
    bool headers_too_large = false;
    bool headers_are_over = false; // those of the last answer that began
    int refusals = 0;              // answers with 401
    bool ends_at_refusal = false;  // of what the first one asked for; libcurl would go on as often as it is asked
    bool is_refused = false;
    int knocked_at = 0; // the last port that a connection was opened to
};

// What was taken is wiped where it lay: libcurl has done with it, and frees its buffer as it is.
std::size_t take_body(char* data, std::size_t, std::size_t size, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    if (exchange.response.body.size() + size > exchange.body_max) {
        exchange.too_large = true;
        return 0;
    }
    exchange.response.body.append({data, size});
    OPENSSL_cleanse(data, size);
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
        exchange.refusals += line.substr(std::min(line.find(' '), line.size())).starts_with(" 401") ? 1 : 0;
    }
    exchange.headers_are_over = line == "\r\n" || line == "\n";
    exchange.is_refused = exchange.ends_at_refusal && exchange.refusals > 1 && exchange.headers_are_over;
    if (exchange.is_refused)
        return 0;
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && !line.starts_with("HTTP/"))
        exchange.response.headers.emplace_back(lower_ascii(trimmed(line.substr(0, colon))),
                                               trimmed(line.substr(colon + 1)));
    return size;
}

// All that holds for every exchange.
CURL* new_exchanging_easy(const NetworkTerms& network, const std::string& authorities) {
    CURL* easy = new_easy(network, authorities);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    return easy;
}

} // namespace

// An easy handle with cookies is the transport's own; all else is handed on.
struct CurlTransport::Handles {
    std::weak_ptr<CurlPool> pool;
    std::unique_ptr<CurlMulti> multi;
    CURL* easy;
    Cookies cookies;
    bool knows_password = false; // libcurl has a copy, which goes with the handle

    Handles(const NetworkTerms& network, Cookies wanted, const std::shared_ptr<CurlPool>& from)
        : Handles(network, curl_terms(network), wanted, from) {}
    Handles(const NetworkTerms& network, const CurlTerms& terms, Cookies wanted, const std::shared_ptr<CurlPool>& from)
        : pool(from), multi(from ? from->take(terms) : std::make_unique<CurlMulti>(terms)),
          easy(wanted == Cookies::off ? multi->take_easy() : nullptr), cookies(wanted) {
        if (easy == nullptr)
            easy = new_exchanging_easy(network, terms.authorities);
        if (cookies == Cookies::on)
            curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
    }
    Handles(const Handles&) = delete;
    Handles& operator=(const Handles&) = delete;
    ~Handles() {
        const bool is_ours = multi->is_of_this_process(); // else nor is the pool: the fork may have found its lock held
        if (is_ours && cookies == Cookies::off && !knows_password)
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

Secret CurlTransport::cookies() const {
    curl_slist* list = nullptr;
    curl_easy_getinfo(handles_->easy, CURLINFO_COOKIELIST, &list);
    Secret lines;
    for (const curl_slist* one = list; one != nullptr; one = one->next) {
        lines.append(one->data);
        lines.append('\n');
        explicit_bzero(one->data, std::strlen(one->data));
    }
    curl_slist_free_all(list);
    return lines;
}

void CurlTransport::take_cookies(std::string_view lines) {
    for (std::size_t end = lines.find('\n'); end != lines.npos; end = lines.find('\n')) {
        const Secret line(lines.substr(0, end)); // with its NUL
        if (line.reveal().find('\t') != std::string_view::npos) // other words are orders to libcurl
            curl_easy_setopt(handles_->easy, CURLOPT_COOKIELIST, line.reveal().data());
        lines.remove_prefix(end + 1);
    }
}

// ---- who the user is ---------------------------------------------------------------------------

struct CurlTransport::Extra {
    const Secret& authorization;
    std::string* certificate = nullptr; // where the one goes that the server shows, in PEM
};

namespace {

const Secret nothing;

// Until it dies libcurl is to sign in by NTLM: in one word and its answer, on one connection. A refusal is the end.
class NtlmSignIn {
public:
    NtlmSignIn(CURL* easy, const Request& request) : easy_(easy), account_(std::get_if<NtlmAccount>(&request.proof)) {
        if (account_ == nullptr)
            return;
        // As text: libcurl 7.88 takes the address of an earlier transfer for that of the second leg otherwise, and
        // drops the user where it has another port.
        curl_easy_setopt(easy_, CURLOPT_CURLU, nullptr);
        curl_easy_setopt(easy_, CURLOPT_URL, request.url.text().c_str());
        curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_NTLM));
        curl_easy_setopt(easy_, CURLOPT_USERNAME, account_->user.c_str());
        curl_easy_setopt(easy_, CURLOPT_PASSWORD, account_->password.reveal().data());
    }
    ~NtlmSignIn() {
        if (account_ == nullptr)
            return;
        curl_easy_setopt(easy_, CURLOPT_URL, nullptr);
        curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        curl_easy_setopt(easy_, CURLOPT_USERNAME, nullptr);
        curl_easy_setopt(easy_, CURLOPT_PASSWORD, nullptr);
    }
    NtlmSignIn(const NtlmSignIn&) = delete;
    NtlmSignIn& operator=(const NtlmSignIn&) = delete;

    bool is_on() const { return account_ != nullptr; }

private:
    CURL* easy_;
    const NtlmAccount* account_;
};

// Of a connection that was made for this exchange.
std::string certificate_shown(CURL* easy) {
    constexpr std::string_view name = "Cert:";
    curl_certinfo* shown = nullptr;
    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &shown) != CURLE_OK || shown == nullptr || shown->num_of_certs < 1)
        return {};
    for (const curl_slist* one = shown->certinfo[0]; one != nullptr; one = one->next) {
        if (const std::string_view line(one->data); line.starts_with(name))
            return std::string(line.substr(name.size()));
    }
    return {};
}

bool asks_for(const Response& response, std::string_view scheme) {
    constexpr int unauthorized = 401;
    return response.status == unauthorized &&
           std::ranges::any_of(response.headers, [&](const std::pair<std::string, std::string>& header) {
               return header.first == "www-authenticate" &&
                      lower_ascii(header.second.substr(0, header.second.find(' '))) == scheme;
           });
}

} // namespace

Result<Response> CurlTransport::send(const Request& request, const Cancel& cancel) {
    if (const auto* ticket = std::get_if<KerberosTerms>(&request.proof))
        return send_with_ticket(request, *ticket, cancel);
    return exchange(request, {nothing}, cancel);
}

// The server is asked without a ticket first, since it is its certificate that the token is bound to. libcurl's own way
// sends no binding before 8.10.
Result<Response> CurlTransport::send_with_ticket(const Request& request, const KerberosTerms& terms,
                                                 const Cancel& cancel) {
    AWSFED_TRY(const KerberosTicket ticket, KerberosTicket::take(terms, request.url.host(), terms_->timeout, cancel));
    std::string certificate;
    AWSFED_TRY(Response asked, exchange(request, {nothing, &certificate}, cancel));
    if (!asks_for(asked, "negotiate"))
        return asked;
    const std::string binding = tls_server_end_point(certificate);
    AWSFED_TRY(const Secret token, ticket.token(binding));
    Secret authorization("Negotiate ");
    authorization.append(token.reveal());
    AWSFED_TRY(Response answer, exchange(request, {authorization}, cancel));
    if (asks_for(answer, "negotiate") && binding.empty() && request.url.is_https())
        return fail(Code::channel_binding, "{} refused a ticket that could not be bound to its certificate.",
                    request.url.host_and_port())
            .http(answer.status);
    return answer;
}

Result<Response> CurlTransport::exchange(const Request& request, const Extra& extra, const Cancel& cancel) {
    const Url& url = request.url;
    if (!url.is_https() && !(terms_->http_loopback && url.is_loopback()))
        return fail(Code::setting_insecure, "{} would be reached without TLS.", url.origin());

    HeaderList headers(request, extra.authorization);
    Exchange exchange;
    exchange.body_max = request.answer_bytes_max;
    char words[CURL_ERROR_SIZE] = "";
    CURL* easy = handles_->easy;
    curl_easy_setopt(easy, CURLOPT_CURLU, url.handle());
    // libcurl repeats a request by itself on a connection that it had kept, never on a fresh one. That one is not kept:
    // a process that signs in again and again would gather them.
    // Whose connection has been proved must not carry another one's requests.
    const bool is_proved = !std::holds_alternative<std::monostate>(request.proof);
    const NtlmSignIn ntlm(easy, request);
    handles_->knows_password = handles_->knows_password || ntlm.is_on();
    exchange.ends_at_refusal = ntlm.is_on();
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request.once || is_proved ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, request.once || is_proved ? 1L : 0L);
    // HTTP/2 has many users' requests on one connection, no NTLM, and buffers of its own for a password.
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     static_cast<long>(request.once || is_proved ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_NONE));
    curl_easy_setopt(easy, CURLOPT_CERTINFO, extra.certificate != nullptr ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(terms_->timeout.count()));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(terms_->connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &exchange.knocked_at);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
    const auto done = [&] {
        const CurlBody body(easy, request);
        return run_transfer(handles_->multi->get(), easy, cancel);
    }();
    curl_easy_setopt(easy, CURLOPT_CURLU, nullptr);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, nullptr);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, nullptr);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);
    if (extra.certificate != nullptr)
        *extra.certificate = certificate_shown(easy);

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
    if (*done != CURLE_OK && !exchange.is_refused) {
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
