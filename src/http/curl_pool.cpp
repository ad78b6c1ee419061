#include "http/curl_pool.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/process.h"
#include "http/curl_transport.h"

#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <new>
#include <optional>
#include <utility>

namespace awsfed {

namespace {

// libcurl counts its initialisations and this one is thread-safe (7.84+); there is no clean-up,
// since the host may use libcurl too.
void initialise_curl() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

std::optional<FileIdentity> identity_of(const char* path) {
    struct stat facts{};
    if (::stat(path, &facts) != 0)
        return std::nullopt;
    return FileIdentity{facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtim, facts.st_ctim};
}

bool same(const timespec& a, const timespec& b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

// The system's authorities in one file: where libcurl was told that they are, else where one of these has them. A
// library that brings its own libcurl along does not know in advance where it will be.
const char* const system_authorities[] = {
    "/etc/ssl/certs/ca-certificates.crt",               // Debian, Ubuntu, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",                 // Red Hat until 9, Amazon Linux
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Red Hat
    "/var/lib/ca-certificates/ca-bundle.pem",           // SUSE
};

} // namespace

bool FileIdentity::operator==(const FileIdentity& other) const {
    return device == other.device && number == other.number && size == other.size && same(written, other.written) &&
           same(changed, other.changed);
}

namespace {

std::string accounts_of(const NetworkTerms& network) {
    if (network.proxy_user.empty() && network.client_certificate.empty())
        return {};
    Secret all(fmt::format("{}\n{}\n{}\n", network.proxy_user, network.client_certificate, network.client_key));
    all.append(network.proxy_password.reveal());
    return hex(sha256(all.reveal()));
}

CurlTerms authorities_of(const NetworkTerms& network) {
    if (!network.ca_file.empty()) // one that is not there is for libcurl to complain of
        return {network.ca_file, identity_of(network.ca_file.c_str()).value_or(FileIdentity{})};
    static const char* const built_in = curl_version_info(CURLVERSION_NOW)->cainfo;
    if (const auto identity = built_in == nullptr ? std::nullopt : identity_of(built_in))
        return {built_in, *identity};
    for (const char* path : system_authorities) {
        if (const auto identity = identity_of(path))
            return {path, *identity};
    }
    return {};
}

} // namespace

CurlTerms curl_terms(const NetworkTerms& network) {
    CurlTerms terms = network.never_tls ? CurlTerms{} : authorities_of(network);
    terms.proxy = network.proxy;
    terms.no_proxy = network.no_proxy;
    terms.http_loopback = network.http_loopback;
    terms.never_tls = network.never_tls;
    terms.accounts = accounts_of(network);
    return terms;
}

CurlMulti::CurlMulti(CurlTerms terms) : terms_(std::move(terms)), multi_(nullptr), process_(process_id()) {
    initialise_curl();
    multi_ = curl_multi_init();
    if (multi_ == nullptr)
        throw std::bad_alloc();
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kept_connections_max);
}

CurlMulti::~CurlMulti() {
    if (!is_of_this_process())
        return;
    curl_easy_cleanup(easy_);
    curl_multi_cleanup(multi_);
}

CURL* CurlMulti::take_easy() { return std::exchange(easy_, nullptr); }

void CurlMulti::keep_easy(CURL* easy) { curl_easy_cleanup(std::exchange(easy_, easy)); }

bool CurlMulti::is_of_this_process() const { return process_id() == process_; }

std::vector<CurlPool::Idle> CurlPool::remove_outdated(Instant now) {
    const auto fresh =
        std::ranges::find_if(idle_, [&](const Idle& one) { return now - one.since < idle_handle_age_max; });
    std::vector<Idle> outdated(std::make_move_iterator(idle_.begin()), std::make_move_iterator(fresh));
    idle_.erase(idle_.begin(), fresh);
    return outdated;
}

std::unique_ptr<CurlMulti> CurlPool::take(const CurlTerms& terms, Instant now) {
    std::vector<Idle> outdated;
    {
        const std::lock_guard lock(mutex_);
        outdated = remove_outdated(now);
        const auto last =
            std::find_if(idle_.rbegin(), idle_.rend(), [&](const Idle& one) { return one.multi->terms() == terms; });
        if (last != idle_.rend()) {
            std::unique_ptr<CurlMulti> multi = std::move(last->multi);
            idle_.erase(std::next(last).base());
            return multi;
        }
    }
    return std::make_unique<CurlMulti>(terms);
}

void CurlPool::give_back(std::unique_ptr<CurlMulti> multi, Instant now) {
    std::vector<Idle> outdated; // goes when the lock is released
    const std::lock_guard lock(mutex_);
    outdated = remove_outdated(now);
    idle_.push_back({std::move(multi), now});
    if (idle_.size() > idle_handles_max) {
        outdated.push_back(std::move(idle_.front()));
        idle_.erase(idle_.begin());
    }
}

std::size_t CurlPool::idle_count() const {
    const std::lock_guard lock(mutex_);
    return idle_.size();
}

} // namespace awsfed
