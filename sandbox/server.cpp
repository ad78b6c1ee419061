#include "sandbox/server.h"

#include "sandbox/adfs.h"
#include "sandbox/keys.h"
#include "sandbox/sts.h"

#include <httplib.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

namespace awsfed::sandbox {

namespace {

constexpr std::size_t body_bytes_max = 256 * 1024; // an assertion of the longest kind, escaped, and a policy
constexpr int threads_count = 16;                  // connections that are kept alive take one each
constexpr time_t keep_alive_seconds = 2;           // the end of the program waits for it
constexpr const char* host = "127.0.0.1";

Received received(const httplib::Request& request, std::string body) {
    Received made{
        .method = request.method, .path = request.target, .query = {}, .headers = {}, .body = std::move(body)};
    if (const std::size_t mark = made.path.find('?'); mark != std::string::npos) {
        made.query = made.path.substr(mark + 1);
        made.path.resize(mark);
    }
    for (const auto& [name, value] : request.headers)
        made.headers.emplace_back(name, value);
    return made;
}

void send(const Answer& answer, httplib::Response& response) {
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers)
        response.set_header(name, value);
    response.set_content(answer.body, answer.type);
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(file, text.data(), text.size());
        if (written <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// Under another name first, so that nobody reads half of it, and never through a link that lies in wait.
Result<void> write_public_file(const std::string& path, std::string_view text) {
    const std::string fresh = fmt::format("{}.{}", path, random_hex(8));
    const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    const bool written = file >= 0 && fchmod(file, 0644) == 0 && write_all(file, text);
    if (file >= 0)
        close(file);
    if (written && rename(fresh.c_str(), path.c_str()) == 0)
        return {};
    if (file >= 0)
        unlink(fresh.c_str());
    return fail(Code::usage, "The CA file {} cannot be written.", path)
        .advice("Name a folder with --ca-folder that you may write to.");
}

bool use_identity(SSL_CTX& context, const Identity& identity) {
    return SSL_CTX_use_certificate(&context, identity.certificate.get()) == 1 &&
           SSL_CTX_use_PrivateKey(&context, identity.key.get()) == 1 &&
           SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION) == 1;
}

void prepare(httplib::Server& server) {
    server.new_task_queue = [] { return new httplib::ThreadPool(threads_count); };
    server.set_payload_max_length(body_bytes_max);
    server.set_keep_alive_timeout(keep_alive_seconds);
    server.set_keep_alive_max_count(10'000);
    server.set_tcp_nodelay(true);
    server.set_exception_handler([](const httplib::Request&, httplib::Response& response, const std::exception_ptr&) {
        response.status = 500;
        response.set_content("The sandbox itself failed.", "text/plain");
    });
}

Result<int> bind(httplib::Server& server, int port) {
    const int bound = port == 0 ? server.bind_to_any_port(host) : server.bind_to_port(host, port) ? port : -1;
    if (bound <= 0)
        return fail(Code::usage, "The port {} on {} cannot be had.", port, host)
            .advice("Choose another, or 0 for any that is free.");
    return bound;
}

std::string origin(int port) { return fmt::format("https://{}:{}", host, port); }

} // namespace

struct Server::Parts {
    Parts(const World& the_world, const Clock& the_clock, std::FILE* log)
        : world(the_world), clock(the_clock), tls(make_tls_identity(the_clock.now())), tokens(the_clock.now()),
          faults(the_world.faults), journal(the_world, log),
          idp([this](SSL_CTX& context) { return use_identity(context, tls.server); }),
          sts([this](SSL_CTX& context) { return use_identity(context, tls.server); }) {}

    // One request after the other: the sandbox has state, and is in no hurry. Only a late answer waits outside.
    template <class Service>
    void serve(std::string_view name, Service& service, const Received& request, httplib::Response& response) {
        std::chrono::milliseconds wait{0};
        {
            const std::lock_guard lock(mutex);
            if (const Fault* late = faults.strike(FaultKind::slow_ms))
                wait = std::chrono::milliseconds(late->value);
            const Answer answer = service.answer(request);
            journal.add(name, clock.now(), request, answer);
            send(answer, response);
        }
        std::this_thread::sleep_for(wait);
    }

    // POSTs are read piece by piece: httplib itself refuses forms of more than eight kilobytes.
    template <class Service>
    void route(httplib::Server& server, std::string_view name, Service& service) {
        server.Get(".*", [this, name, &service](const httplib::Request& request, httplib::Response& response) {
            serve(name, service, received(request, {}), response);
        });
        server.Post(".*", [this, name, &service](const httplib::Request& request, httplib::Response& response,
                                                 const httplib::ContentReader& reader) {
            std::string body;
            const bool whole = reader([&](const char* bytes, std::size_t size) {
                body.append(bytes, size);
                return body.size() <= body_bytes_max;
            });
            if (whole)
                serve(name, service, received(request, std::move(body)), response);
            else
                response.status = 413;
        });
    }

    // A page of another origin must not read this one by a name that it points at this machine.
    void route_page() {
        page.Get("/", [this](const httplib::Request& request, httplib::Response& response) {
            const std::string asked = request.get_header_value("Host");
            if (asked != fmt::format("{}:{}", host, page_port) && asked != fmt::format("localhost:{}", page_port)) {
                response.status = 421;
                return;
            }
            const std::lock_guard lock(mutex);
            response.set_header("Content-Security-Policy", status_page_policy);
            response.set_header("Cache-Control", "no-store");
            response.set_header("X-Content-Type-Options", "nosniff");
            response.set_content(status_page(world, journal, places), "text/html; charset=utf-8");
        });
    }

    const World& world;
    const Clock& clock;
    TlsIdentity tls;
    TokenService tokens;
    FaultBook faults;
    Journal journal;
    std::mutex mutex; // around all that changes: faults, journal and the two services
    httplib::SSLServer idp;
    httplib::SSLServer sts;
    httplib::Server page;
    int page_port = 0;
    std::optional<Adfs> adfs_service;
    std::optional<Sts> sts_service;
    Places places;
    std::vector<std::thread> threads;
};

Result<std::unique_ptr<Server>> Server::make(const World& world, const Clock& clock, const ServerOptions& options) {
    auto parts = std::make_unique<Parts>(world, clock, options.log);
    for (httplib::Server* server :
         {static_cast<httplib::Server*>(&parts->idp), static_cast<httplib::Server*>(&parts->sts), &parts->page})
        prepare(*server);
    AWSFED_TRY(const int idp_port, bind(parts->idp, options.idp_port));
    AWSFED_TRY(const int sts_port, bind(parts->sts, options.sts_port));
    if (options.page_port) {
        AWSFED_TRY(parts->page_port, bind(parts->page, *options.page_port));
        parts->places.page = fmt::format("http://{}:{}/", host, parts->page_port);
    }
    AWSFED_CHECK(write_public_file(options.ca_file, parts->tls.authority_pem));

    parts->adfs_service.emplace(world, parts->tokens, parts->faults, clock, origin(idp_port));
    parts->sts_service.emplace(world, parts->tokens, parts->faults, clock);
    parts->places.sign_in_url = parts->adfs_service->sign_in_url();
    parts->places.sts_endpoint = origin(sts_port);
    parts->places.metadata_url = origin(idp_port) + "/FederationMetadata/2007-06/FederationMetadata.xml";
    parts->places.ca_file = options.ca_file;
    parts->route(parts->idp, "idp", *parts->adfs_service);
    parts->route(parts->sts, "sts", *parts->sts_service);
    parts->route_page();
    return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() {
    for (httplib::Server* server :
         {static_cast<httplib::Server*>(&parts_->idp), static_cast<httplib::Server*>(&parts_->sts), &parts_->page})
        server->stop();
    for (std::thread& thread : parts_->threads)
        thread.join();
}

void Server::start() {
    for (httplib::Server* server :
         {static_cast<httplib::Server*>(&parts_->idp), static_cast<httplib::Server*>(&parts_->sts), &parts_->page}) {
        if (server == &parts_->page && parts_->page_port == 0)
            continue;
        parts_->threads.emplace_back([server] { server->listen_after_bind(); });
        while (!server->is_running())
            std::this_thread::yield();
    }
}

const Places& Server::places() const { return parts_->places; }

} // namespace awsfed::sandbox
