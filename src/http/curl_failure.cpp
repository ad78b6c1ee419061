#include "http/curl_failure.h"

#include "base/text.h"
#include "http/curl_transport.h"

#include <algorithm>

namespace awsfed {

namespace {

// How far an exchange came by way of a proxy.
struct ProxyWord {
    bool in_between = false;
    bool has_led_on = true; // what fails from here on fails at the server. Of SOCKS, libcurl's own code tells.
    int status = 0;         // of its answer to CONNECT; 0: there was none
    bool asks_who = false;  // it wants a user, or another one: tinyproxy refuses a wrong one by 401

    // knocked_at: the last port that a connection was opened to. It is the server's own where no_proxy names the host;
    // a proxy of the same port cannot be told from that, and is taken for being in between.
    static ProxyWord of(CURL* easy, const Url& url, const NetworkTerms& terms, int knocked_at) {
        long status = 0;
        long error = CURLPX_OK;
        long new_connections = 0; // on a kept one the proxy is not asked again
        curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
        curl_easy_getinfo(easy, CURLINFO_PROXY_ERROR, &error);
        curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &new_connections);
        const bool same_port = terms.proxy.ends_with(":" + std::to_string(url.port()));
        const bool in_between = !terms.proxy.empty() && !url.is_loopback() && (same_port || knocked_at != url.port());
        const bool takes_connect = in_between && !same_port && !terms.proxy.starts_with("socks");
        return {in_between, !takes_connect || status / 100 == 2 || new_connections == 0, static_cast<int>(status),
                status == 407 || status == 401 || error == CURLPX_USER_REJECTED || error == CURLPX_NO_AUTH};
    }
    std::string_view setting() const { return asks_who ? "proxy_user" : "proxy"; }
};

// Whether the connection stood, TLS included, when it was given up.
bool was_connected(CURL* easy) {
    curl_off_t until_request_us = 0;
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &until_request_us);
    return until_request_us > 0;
}

Failure late(const Url& url, const NetworkTerms& terms, bool connected, bool by_proxy) {
    if (connected || terms.connect_timeout >= terms.timeout)
        return fail(Code::timeout, "{} did not answer within {} ms.", url.host_and_port(), terms.timeout.count())
            .setting("timeout");
    return fail(Code::timeout, "No connection to {}{} stood within {} ms.", url.host_and_port(),
                by_proxy ? " through the proxy" : "", terms.connect_timeout.count())
        .setting("connect_timeout")
        .advice(by_proxy ? "Check the proxy, the host and the port, or raise connect_timeout."
                         : "Check the host, the port and firewalls, or raise connect_timeout.");
}

// In TLS 1.3 a server says so when the handshake is over for us, and then libcurl has no code for it. What it says of a
// certificate is said of ours.
bool wants_client_certificate(CURLcode code, std::string_view words) {
    constexpr std::string_view alerts[] = {"alert certificate required", "alert bad certificate",
                                           "alert certificate revoked",  "alert certificate expired",
                                           "alert certificate unknown",  "alert unknown ca"};
    return code == CURLE_SSL_CLIENTCERT ||
           std::ranges::any_of(alerts, [&](std::string_view alert) { return words.find(alert) != words.npos; });
}

} // namespace

bool wants_client_certificate(const Response& response) {
    constexpr int bad_request = 400;
    const std::string_view page = response.body.reveal();
    const auto says = [&](std::string_view words) { return page.find(words) != page.npos; };
    return response.status == bad_request &&
           (says("400 No required SSL certificate was sent") || says("400 The SSL certificate error"));
}

Failure client_certificate_wanted(std::string_view by, std::string_view why) {
    return fail(Code::tls_failed, "A client certificate is wanted by {}: {}.", by, why)
        .setting("client_certificate")
        .advice("Set client_certificate and client_key to what its administrators give out, or have them renewed.");
}

Failure failure_of(CURLcode code, std::string_view words, CURL* easy, const Url& url, const NetworkTerms& terms,
                   int knocked_at) {
    const ProxyWord proxy = ProxyWord::of(easy, url, terms, knocked_at);
    const std::string& host = url.host_and_port();
    const std::string peer = proxy.has_led_on ? host : "the proxy";
    while (words.ends_with('.'))
        words.remove_suffix(1);
    const std::string why = printable(words.empty() ? curl_easy_strerror(code) : words);
    const auto not_led_on = [&] {
        return fail(Code::proxy_failed, "The proxy did not connect to {}: {}.", host, why)
            .setting(proxy.setting())
            .http(proxy.status);
    };
    if (proxy.in_between && (code == CURLE_COULDNT_CONNECT || proxy.status >= 300))
        return not_led_on();
    if (wants_client_certificate(code, words))
        return client_certificate_wanted(peer, why);
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return fail(Code::host_unknown, "The host {} is not known here.", host);
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY: return not_led_on();
    case CURLE_COULDNT_CONNECT:
        return fail(Code::connect_failed, "No connection to {}: {}.", host, why).retry_after_ms(0);
    case CURLE_OPERATION_TIMEDOUT: return late(url, terms, was_connected(easy), proxy.in_between).retry_after_ms(0);
    case CURLE_PEER_FAILED_VERIFICATION:
        return fail(Code::certificate_untrusted, "The certificate of {} is not trusted: {}.", peer, why)
            .setting("ca_file");
    case CURLE_SSL_CERTPROBLEM:
        return fail(Code::setting_invalid, "The client certificate or its key cannot be used: {}.", why)
            .setting("client_certificate");
    case CURLE_SSL_CACERT_BADFILE:
        return fail(Code::setting_invalid, "The file of certificate authorities cannot be used: {}.", why)
            .setting("ca_file");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER: return fail(Code::tls_failed, "No secure connection to {}: {}.", peer, why);
    default: break;
    }
    if (!proxy.has_led_on)
        return not_led_on().retry_after_ms(0);
    return fail(Code::network_failed, "The exchange with {} broke: {}.", host, why).retry_after_ms(0);
}

} // namespace awsfed
