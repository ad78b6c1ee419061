// An HTTPS server on loopback with an authority of its own, that knows which connections its requests came by.
#pragma once

#include <fcntl.h>
#include <httplib.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace awsfed {

// A certificate for 127.0.0.1 that is its own authority.
struct TestIdentity {
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    std::unique_ptr<X509, decltype(&X509_free)> certificate{X509_new(), X509_free};

    TestIdentity() {
        X509* made = certificate.get();
        X509_set_version(made, X509_VERSION_3);
        ASN1_INTEGER_set_uint64(X509_get_serialNumber(made), 1);
        X509_gmtime_adj(X509_getm_notBefore(made), -3600);
        X509_gmtime_adj(X509_getm_notAfter(made), 3600);
        const auto* name = reinterpret_cast<const unsigned char*>("test");
        X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC, name, -1, -1, 0);
        X509_set_issuer_name(made, X509_get_subject_name(made));
        X509_set_pubkey(made, key.get());
        X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
        X509_add_ext(made, names, -1);
        X509_EXTENSION_free(names);
        X509_sign(made, key.get(), EVP_sha256());
    }

    std::string pem() const {
        const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
        PEM_write_bio_X509(memory.get(), certificate.get());
        char* text = nullptr;
        const long size = BIO_get_mem_data(memory.get(), &text);
        return {text, static_cast<std::size_t>(size)};
    }
};

class TlsServer {
public:
    TestIdentity identity;
    httplib::SSLServer server{identity.certificate.get(), identity.key.get()};

    TlsServer() {
        port_ = server.bind_to_any_port("127.0.0.1");
        server.new_task_queue = [] { return new httplib::ThreadPool(40); }; // a connection that is kept takes one
        server.set_keep_alive_max_count(10'000);
        server.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response&) {
            const std::lock_guard lock(mutex_);
            ports_.insert(request.remote_port);
            return httplib::Server::HandlerResponse::Unhandled;
        });
    }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;
    ~TlsServer() {
        hang_up(false);
        server.stop();
        if (thread_.joinable())
            thread_.join();
    }

    // After the handlers are in place.
    void start() {
        thread_ = std::thread([this] { server.listen_after_bind(); });
        while (!server.is_running())
            std::this_thread::yield();
    }
    std::string url(const std::string& path) const { return "https://127.0.0.1:" + std::to_string(port_) + path; }

    // By how many connections requests have come.
    std::size_t connections() const {
        const std::lock_guard lock(mutex_);
        return ports_.size();
    }

    // Ends every connection, politely or by a reset.
    void hang_up(bool reset) {
        for (const int end : ends(true)) {
            const linger at_once{1, 0};
            if (reset)
                ::setsockopt(end, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
            ::shutdown(end, SHUT_RDWR);
        }
        while (!ends(true).empty())
            std::this_thread::yield();
    }

    // The descriptors of this process that are the clients' ends, or the server's own.
    std::vector<int> ends(bool own) const {
        std::vector<int> found;
        for (int one = 0; one < 1024; ++one) {
            sockaddr_in address{};
            socklen_t size = sizeof address;
            const auto get = own ? ::getsockname : ::getpeername;
            if (get(one, reinterpret_cast<sockaddr*>(&address), &size) != 0 || address.sin_family != AF_INET ||
                ntohs(address.sin_port) != port_)
                continue;
            int listens = 0;
            size = sizeof listens;
            if (::getsockopt(one, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens == 0)
                found.push_back(one);
        }
        return found;
    }

private:
    int port_ = 0;
    std::thread thread_;
    mutable std::mutex mutex_;
    std::set<int> ports_;
};

} // namespace awsfed
