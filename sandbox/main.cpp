// awsfed-sandbox: a sign-in page and an STS for tests, on loopback.
#include "base/encode.h"
#include "base/limits.h"
#include "sandbox/server.h"
#include "sandbox/world.h"
#include "settings/files.h"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

namespace awsfed::sandbox {

namespace {

struct Options {
    std::string config;
    std::string ca_folder = ".";
    std::string log;
    int idp_port = 0;
    int sts_port = 0;
    int page_port = 0;
    bool page = false;
    bool json = false;
    bool stdin_lifetime = false;
    bool print_config = false;
};

void add_options(CLI::App& app, Options& options) {
    app.add_option("--config", options.config,
                   "Users, roles, keys and faults; without it the built-in ones are played");
    app.add_flag("--print-config", options.print_config,
                 "Print the built-in configuration, to begin one's own with, and end");
    app.add_option("--ca-folder", options.ca_folder, "Where awsfed-sandbox-ca.pem is written")->capture_default_str();
    app.add_option("--port", options.idp_port, "Port of the sign-in; 0: any")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    app.add_option("--sts-port", options.sts_port, "Port of the STS; 0: any")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    app.add_flag("--page", options.page, "Serve a page for a browser that shows what came in and what was answered");
    app.add_option("--page-port", options.page_port, "Port of that page; 0: any")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    app.add_option("--log", options.log, "The file that the log is appended to; without it standard error");
    app.add_flag("--json", options.json, "Print the line that says where it is as JSON");
    app.add_flag("--stdin-lifetime", options.stdin_lifetime,
                 "End when standard input ends: with the program that started it");
    app.set_version_flag("--version", AWSFED_VERSION);
}

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

Result<World> world_of(const Options& options) {
    if (options.config.empty())
        return read_world(default_world());
    AWSFED_TRY(const FileContent file,
               read_file(options.config, config_bytes_max, Code::config_unreadable, "config file"));
    return read_world(file.bytes.reveal());
}

void print_places(const Places& places, bool json) {
    const std::array<std::pair<std::string_view, std::string_view>, 5> rows{{{"idp_url", places.sign_in_url},
                                                                             {"sts_endpoint", places.sts_endpoint},
                                                                             {"metadata_url", places.metadata_url},
                                                                             {"ca_file", places.ca_file},
                                                                             {"page", places.page}}};
    std::string line;
    for (const auto& [name, value] : rows) {
        if (value.empty())
            continue;
        if (json)
            line += fmt::format("{}\"{}\": \"{}\"", line.empty() ? "" : ", ", name, json_escaped(value).reveal());
        else
            line += fmt::format(" {}={}", name, value);
    }
    fmt::print("{}\n", json ? fmt::format("{{{}}}", line) : fmt::format("ready:{}", line));
    std::fflush(stdout);
}

sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

// Until a signal says so, or standard input ends where it counts.
void wait_for_end(bool stdin_counts) {
    const sigset_t set = ending_signals();
    const int signals = signalfd(-1, &set, SFD_CLOEXEC);
    std::array<pollfd, 2> watched{{{.fd = signals, .events = POLLIN, .revents = 0},
                                   {.fd = stdin_counts ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0}}};
    while (true) {
        if (poll(watched.data(), watched.size(), -1) < 0)
            continue; // interrupted
        std::array<char, 256> ignored{};
        if (watched[0].revents != 0 ||
            (watched[1].revents != 0 && read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0))
            break;
    }
    close(signals);
}

Result<void> run(const Options& options) {
    AWSFED_TRY(const World world, world_of(options));
    std::unique_ptr<std::FILE, Close> file;
    if (!options.log.empty()) {
        file.reset(std::fopen(options.log.c_str(), "ae"));
        if (file == nullptr)
            return fail(Code::usage, "The log {} cannot be written: {}.", options.log,
                        std::strerror(errno)); // NOLINT(concurrency-mt-unsafe): no second thread yet
    }
    std::error_code error;
    std::filesystem::create_directories(options.ca_folder, error); // what went wrong shows when the file is written
    const std::filesystem::path folder = std::filesystem::absolute(options.ca_folder, error);

    // Blocked before there are threads, so that all of them have it so and the signals come to wait_for_end.
    const sigset_t set = ending_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    const SystemClock clock;
    AWSFED_TRY(const std::unique_ptr<Server> server,
               Server::make(world, clock,
                            {.idp_port = options.idp_port,
                             .sts_port = options.sts_port,
                             .page_port = options.page ? std::optional(options.page_port) : std::nullopt,
                             .ca_file = (folder / "awsfed-sandbox-ca.pem").lexically_normal().string(),
                             .log = file ? file.get() : stderr}));
    server->start();
    print_places(server->places(), options.json);
    wait_for_end(options.stdin_lifetime);
    return {};
}

} // namespace

} // namespace awsfed::sandbox

int main(int argc, char** argv) {
    using namespace awsfed;
    try {
        CLI::App app(
            "awsfed-sandbox: a sign-in page like AD FS's and an STS like AWS's, on this machine only, for tests");
        sandbox::Options options;
        sandbox::add_options(app, options);
        CLI11_PARSE(app, argc, argv);
        if (options.print_config) {
            fmt::print("{}", sandbox::default_world());
            return 0;
        }
        if (const auto done = sandbox::run(options); !done) {
            const Error& error = done.error();
            fmt::print(stderr, "awsfed-sandbox: {}\n", error.message);
            if (!error.advice.empty())
                fmt::print(stderr, "        {}\n", error.advice);
            return 1;
        }
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "awsfed-sandbox: {}\n", failure.what());
        return 1;
    }
}
