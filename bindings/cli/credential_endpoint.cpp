#include "credential_endpoint.h"

#include "show.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <httplib.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <sys/random.h>

#include <array>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace cli {

namespace {

constexpr const char* host = "127.0.0.1";
constexpr const char* path = "/credentials";
constexpr int threads_count = 4;
constexpr time_t silence_seconds = 1; // of a client that has connected: the end of the program waits for it

std::string random_token() {
    std::array<unsigned char, 32> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw std::runtime_error("The system gives no random bytes.");
    return fmt::format("{:02x}", fmt::join(bytes, ""));
}

// Takes as long wherever they differ.
bool is_same(std::string_view given, std::string_view secret) {
    if (given.size() != secret.size())
        return false;
    volatile unsigned char difference = 0;
    for (std::size_t i = 0; i < secret.size(); ++i)
        difference = difference | static_cast<unsigned char>(given[i] ^ secret[i]);
    return difference == 0;
}

using Members = std::initializer_list<std::pair<std::string_view, std::string_view>>;

void answer(httplib::Response& response, int status, const Members& members) {
    rapidjson::StringBuffer out;
    rapidjson::Writer<rapidjson::StringBuffer> json(out);
    json.StartObject();
    for (const auto& [name, value] : members) {
        json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
        json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    }
    json.EndObject();
    response.status = status;
    response.set_header("Cache-Control", "no-store");
    response.set_content(out.GetString(), out.GetSize(), "application/json");
}

void refuse(httplib::Response& response, int status, std::string_view code, std::string_view message) {
    answer(response, status, {{"code", code}, {"message", message}});
}

// Without the descriptor a child would keep the port open. Nor is it shared with another program of the user
// (SO_REUSEPORT), as httplib has it.
void keep_to_ourselves(socket_t socket) {
    const int yes = 1;
    (void)::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    (void)::fcntl(socket, F_SETFD, FD_CLOEXEC);
}

} // namespace

struct CredentialEndpoint::Parts {
    explicit Parts(Source the_source) : source(std::move(the_source)) {
        server.new_task_queue = [] { return new httplib::ThreadPool(threads_count); };
        server.set_socket_options(keep_to_ourselves);
        server.set_keep_alive_max_count(1);
        server.set_read_timeout(silence_seconds);
        server.set_write_timeout(silence_seconds);
        server.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
            serve(request, response);
            return httplib::Server::HandlerResponse::Handled;
        });
        const int port = server.bind_to_any_port(host);
        if (port <= 0)
            throw std::runtime_error("No port of 127.0.0.1 can be had for the child's credentials.");
        hosts = {fmt::format("{}:{}", host, port), fmt::format("localhost:{}", port)};
        url = fmt::format("http://{}{}", hosts[0], path);
    }

    // A page in a browser of this machine can send requests here, by a name of its own for 127.0.0.1 too.
    bool is_meant(const httplib::Request& request) const {
        const std::string asked = request.get_header_value("Host");
        return request.get_header_value_count("Host") == 1 && (asked == hosts[0] || asked == hosts[1]) &&
               !request.has_header("Origin");
    }

    void serve(const httplib::Request& request, httplib::Response& response) {
        if (!is_meant(request))
            return refuse(response, 421, "misdirected", "This is not for browsers, nor by another name.");
        if (!is_same(request.get_header_value("Authorization"), token))
            return refuse(response, 401, "unauthorized", "The token is missing, or is not that of this endpoint.");
        if (request.method != "GET")
            return refuse(response, 405, "method-not-allowed", "Only GET is answered.");
        if (request.path != path)
            return refuse(response, 404, "not-found", "There are no credentials by this path.");
        give(response);
    }

    void give(httplib::Response& response) {
        try {
            const std::lock_guard lock(mutex);
            const std::shared_ptr<const awsfed::Credentials> keys = source();
            answer(response, 200,
                   {{"AccessKeyId", keys->access_key_id()},
                    {"SecretAccessKey", keys->secret_access_key()},
                    {"Token", keys->session_token()},
                    {"Expiration", utc(*keys->expires())}});
        } catch (const awsfed::Error& error) {
            refuse(response, 500, error.code(), fmt::format("{} {}", error.message(), error.advice()));
        } catch (const std::exception& error) {
            refuse(response, 500, "internal", error.what());
        }
    }

    Source source;
    std::mutex mutex; // around source
    httplib::Server server;
    std::array<std::string, 2> hosts;
    std::string url;
    std::string token = random_token();
    std::thread thread;
};

CredentialEndpoint::CredentialEndpoint(Source source) : parts_(std::make_unique<Parts>(std::move(source))) {}

CredentialEndpoint::~CredentialEndpoint() { stop(); }

void CredentialEndpoint::start() {
    parts_->thread = std::thread([this] { parts_->server.listen_after_bind(); });
}

void CredentialEndpoint::stop() {
    if (!parts_->thread.joinable())
        return;
    while (!parts_->server.is_running()) // a stop before it listens would be lost
        std::this_thread::yield();
    parts_->server.stop();
    parts_->thread.join();
}

const std::string& CredentialEndpoint::url() const { return parts_->url; }
const std::string& CredentialEndpoint::token() const { return parts_->token; }

} // namespace cli
