#include "http/curl_easy.h"

#include "base/limits.h"
#include "http/curl_transport.h"

#include <openssl/ssl.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <new>
#include <string_view>

namespace awsfed {

namespace {

// A connection may be open at any time now, so a program that the host starts must not inherit it.
curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
    // The port stands at the same place for IPv4 and IPv6.
    sockaddr_in named{};
    std::memcpy(&named, &address->addr, sizeof named);
    if (user != nullptr)
        *static_cast<int*>(user) = ntohs(named.sin_port);
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// Answers carry keys; what OpenSSL has decrypted of them is wiped once libcurl has it.
CURLcode wipe_plaintext(CURL*, void* context, void*) {
    SSL_CTX_set_options(static_cast<SSL_CTX*>(context), SSL_OP_CLEANSE_PLAINTEXT);
    return CURLE_OK;
}

// Of another library for TLS the context would be something else.
bool has_openssl() {
    const char* library = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return library != nullptr && std::string_view(library).starts_with("OpenSSL/");
}

void tell_proxy(CURL* easy, const NetworkTerms& network) {
    // Set, so that libcurl does not look for http_proxy, no_proxy and ~/.netrc (security rule 3).
    curl_easy_setopt(easy, CURLOPT_PROXY, network.proxy.c_str());
    std::string direct; // without a proxy libcurl would still go through the list
    if (!network.proxy.empty()) {
        direct = "localhost,127.0.0.0/8,::1" + (network.no_proxy.empty() ? "" : "," + network.no_proxy);
        curl_easy_setopt(easy, CURLOPT_USERAGENT, "awsfed/" AWSFED_VERSION); // in CONNECT; else it is a header line
    }
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
    if (has_openssl())
        curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, wipe_plaintext);
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

const char* protocols_of(const NetworkTerms& network) {
    if (network.never_tls)
        return "http";
    return network.http_loopback ? "https,http" : "https";
}

} // namespace

CURL* new_easy(const NetworkTerms& network, const std::string& authorities) {
    CURL* easy = curl_easy_init();
    if (easy == nullptr)
        throw std::bad_alloc();
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // A name server that does not answer keeps nobody who was cancelled: libcurl's thread for the look-up ends by
    // itself.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, static_cast<long>(kept_connection_idle_max.count()));
    curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN, static_cast<long>(kept_connection_age_max.count()));
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols_of(network));
    tell_proxy(easy, network);
    tell_tls(easy, network, authorities);
    return easy;
}

Result<CURLcode> run_all(CURLM* multi, const Cancel& cancel) {
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

Result<CURLcode> run_transfer(CURLM* multi, CURL* easy, const Cancel& cancel) {
    struct Added {
        CURLM* multi;
        CURL* easy;
        ~Added() { curl_multi_remove_handle(multi, easy); }
    };
    if (curl_multi_add_handle(multi, easy) != CURLM_OK)
        return fail(Code::internal, "libcurl does not take the transfer.");
    const Added added{multi, easy};
    return run_all(multi, cancel);
}

} // namespace awsfed
