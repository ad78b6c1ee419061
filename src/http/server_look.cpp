#include "http/server_look.h"

#include "http/curl_easy.h"
#include "http/curl_failure.h"
#include "http/curl_pool.h"

#include <curl/curl.h>

#include <memory>
#include <string_view>

namespace awsfed {

namespace {

struct CloseEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

std::vector<ShownCertificate> certificates_of(CURL* easy) {
    constexpr std::string_view issuer = "Issuer:";
    constexpr std::string_view pem = "Cert:";
    std::vector<ShownCertificate> all;
    curl_certinfo* shown = nullptr;
    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &shown) != CURLE_OK || shown == nullptr)
        return all;
    for (int i = 0; i < shown->num_of_certs; ++i) {
        ShownCertificate one;
        for (const curl_slist* item = shown->certinfo[i]; item != nullptr; item = item->next) {
            const std::string_view line = item->data;
            if (line.starts_with(issuer))
                one.issuer = line.substr(issuer.size());
            else if (line.starts_with(pem))
                one.pem = line.substr(pem.size());
        }
        all.push_back(std::move(one));
    }
    return all;
}

// libcurl 7.88 does not tell whether a proxy was used; where there is one, only loopback and no_proxy go without.
bool was_by_proxy(CURL* easy, const NetworkTerms& terms, int port) {
    if (terms.proxy.empty())
        return false;
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
    return status != 0 || terms.proxy.ends_with(":" + std::to_string(port));
}

ServerLook seen(CURL* easy, const NetworkTerms& terms) {
    const char* address = nullptr;
    long port = 0;
    curl_off_t took_us = 0;
    curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
    curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port);
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &took_us);
    const std::string_view host = address == nullptr ? "" : address;
    const bool is_ipv6 = host.find(':') != host.npos;
    return {.address = fmt::format(fmt::runtime(is_ipv6 ? "[{}]:{}" : "{}:{}"), host, port),
            .by_proxy = was_by_proxy(easy, terms, static_cast<int>(port)),
            .took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::microseconds(took_us)),
            .certificates = certificates_of(easy)};
}

Result<ServerLook> look(const Url& url, const NetworkTerms& terms, bool verified, const Cancel& cancel) {
    if (!url.is_https() && !(terms.http_loopback && url.is_loopback()))
        return fail(Code::setting_insecure, "{} would be reached without TLS.", url.origin());
    const CurlTerms curl = curl_terms(terms);
    CurlMulti multi(curl);
    const std::unique_ptr<CURL, CloseEasy> easy(new_easy(terms, curl.authorities));
    int knocked_at = 0;
    char words[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(easy.get(), CURLOPT_CURLU, url.handle());
    curl_easy_setopt(easy.get(), CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(terms.timeout.count()));
    curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(terms.connect_timeout.count()));
    curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(easy.get(), CURLOPT_OPENSOCKETDATA, &knocked_at);
    if (!verified) { // the proxy is verified as ever
        curl_easy_setopt(easy.get(), CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy.get(), CURLOPT_SSL_VERIFYHOST, 0L);
        curl_easy_setopt(easy.get(), CURLOPT_SSLCERT, nullptr);
        curl_easy_setopt(easy.get(), CURLOPT_SSLKEY, nullptr);
    }
    AWSFED_TRY(const CURLcode code, run_transfer(multi.get(), easy.get(), cancel));
    if (code != CURLE_OK)
        return failure_of(code, words, easy.get(), url, terms, knocked_at);
    return seen(easy.get(), terms);
}

} // namespace

Result<ServerLook> look_at_server(const Url& url, const NetworkTerms& terms, const Cancel& cancel) {
    return look(url, terms, true, cancel);
}

Result<ServerLook> look_at_untrusted_server(const Url& url, const NetworkTerms& terms, const Cancel& cancel) {
    return look(url, terms, false, cancel);
}

} // namespace awsfed
