#include "exec.h"

#include "child.h"
#include "commands.h"
#include "credential_endpoint.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <span>
#include <stdexcept>

namespace cli {

namespace {

using std::chrono::system_clock;
constexpr std::chrono::minutes renew_before_max(15); // of a long session; a short one's last quarter
constexpr std::chrono::minutes renew_pause(1);       // after a renewal that failed
constexpr std::chrono::seconds remaining_min(1);     // what ends sooner is as good as over

// Credentials that are renewed in time, and never given out when they are over.
class Fresh {
public:
    Fresh(const awsfed::Context& context, const awsfed::Settings& settings, awsfed::Credentials first)
        : context_(context), settings_(settings) {
        take(std::move(first));
    }

    std::shared_ptr<const awsfed::Credentials> get() {
        const auto now = system_clock::now();
        if (now >= renew_at_ || !is_good()) {
            try {
                take(context_.obtain(settings_, &cancel_));
            } catch (const awsfed::Error&) {
                if (!is_good())
                    throw;
                renew_at_ = now + renew_pause;
            }
        }
        if (!is_good())
            throw std::runtime_error("The credentials are over, and there are no others yet.");
        return keys_;
    }

    const awsfed::Credentials& first() const { return *keys_; }
    void give_up() { cancel_.now(); }

private:
    void take(awsfed::Credentials keys) {
        if (!keys.expires())
            throw std::runtime_error("The credentials have no end, so no program would ask for others: use --static.");
        keys_ = std::make_shared<const awsfed::Credentials>(std::move(keys));
        const auto now = system_clock::now();
        renew_at_ =
            *keys_->expires() - std::min<system_clock::duration>(renew_before_max, (*keys_->expires() - now) / 4);
    }
    bool is_good() const { return *keys_->expires() > system_clock::now() + remaining_min; }

    const awsfed::Context& context_;
    const awsfed::Settings& settings_;
    std::shared_ptr<const awsfed::Credentials> keys_;
    system_clock::time_point renew_at_;
    awsfed::Cancel cancel_;
};

std::string variable(const char* name) {
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): there is one thread yet
    return value == nullptr ? std::string() : std::string(value);
}

// Whose credentials the AWS tools would use instead of these, or mix with them.
constexpr std::array stale{"AWS_PROFILE",
                           "AWS_DEFAULT_PROFILE",
                           "AWS_ACCESS_KEY_ID",
                           "AWS_SECRET_ACCESS_KEY",
                           "AWS_SESSION_TOKEN",
                           "AWS_SECURITY_TOKEN",
                           "AWS_CREDENTIAL_EXPIRATION",
                           "AWS_WEB_IDENTITY_TOKEN_FILE",
                           "AWS_ROLE_ARN",
                           "AWS_ROLE_SESSION_NAME",
                           "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                           "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                           "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                           "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"};

// The sign-in's own settings, and the variables that hold its secrets, as far as flags and variables name them.
void unset_sign_in(const Options& options, Environment& environment) {
    constexpr std::string_view reference = "env:";
    const auto unset_named = [&](std::string_view value) {
        if (value.starts_with(reference))
            environment.unset.emplace(value.substr(reference.size()));
    };
    for (char** one = ::environ; *one != nullptr; ++one) {
        const std::string_view text(*one);
        const std::size_t end = std::min(text.find('='), text.size());
        if (!text.starts_with("AWSFED_"))
            continue;
        environment.unset.emplace(text.substr(0, end));
        unset_named(text.substr(std::min(end + 1, text.size())));
    }
    for (const auto& [setting, value] : options.settings)
        unset_named(value);
}

Environment common_environment(const Options& options, const awsfed::Credentials& keys) {
    Environment environment;
    environment.unset.insert(stale.begin(), stale.end());
    unset_sign_in(options, environment);
    if (const std::string_view region = keys.text(AWSFED_CREDENTIALS_REGION); !region.empty()) {
        environment.set["AWS_REGION"] = region;
        environment.set["AWS_DEFAULT_REGION"] = region;
    }
    return environment;
}

void set_keys(Environment& environment, const awsfed::Credentials& keys) {
    environment.set["AWS_ACCESS_KEY_ID"] = keys.access_key_id();
    environment.set["AWS_SECRET_ACCESS_KEY"] = keys.secret_access_key();
    if (!keys.session_token().empty())
        environment.set["AWS_SESSION_TOKEN"] = keys.session_token();
    if (keys.expires())
        environment.set["AWS_CREDENTIAL_EXPIRATION"] = utc(*keys.expires());
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

// Whether the default profile of this file says where credentials come from.
bool has_default_credentials(const std::string& path) {
    constexpr std::array<std::string_view, 10> names{
        "aws_access_key_id", "credential_process", "credential_source", "login_session", "role_arn",
        "source_profile",    "sso_account_id",     "sso_session",       "sso_start_url", "web_identity_token_file"};
    std::ifstream file(path);
    bool is_default = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('['))
            is_default = line.starts_with("[default]") || line.starts_with("[profile default]");
        else if (is_default && is_one_of(names, trimmed(std::string_view(line).substr(0, line.find('=')))))
            return true;
    }
    return false;
}

// SDKs look into these files before they ask the endpoint, and would take somebody else's keys without a word.
void hide_default_profile(Environment& environment) {
    constexpr std::array<std::pair<const char*, const char*>, 2> files{
        {{"AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials"}, {"AWS_CONFIG_FILE", "/.aws/config"}}};
    for (const auto& [name, usual] : files) {
        const std::string named = variable(name);
        const std::string path = named.empty() ? variable("HOME") + usual : named;
        if (!has_default_credentials(path))
            continue;
        say_line(fmt::format("warning: {} has credentials of its own in [default], so it is kept from the program.",
                             plain(path)));
        environment.set[name] = "/dev/null";
    }
}

void set_endpoint(Environment& environment, const CredentialEndpoint& endpoint) {
    environment.set["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = endpoint.url();
    environment.set["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = endpoint.token();
    // A tool that knows no endpoint must not fall back on the role of the machine.
    environment.set["AWS_EC2_METADATA_DISABLED"] = "true";
    hide_default_profile(environment);
}

} // namespace

void ExecWishes::add_to(CLI::App& exec, Options& options) {
    options.add_to(exec);
    exec.footer("Usage: awsfed exec [CONNECTOR] [OPTIONS] -- PROGRAM [ARGUMENTS]");
    exec.add_option("name", options.connector, "The connector to use, by name or id; the same as --connector");
    exec.add_flag("--static", as_variables,
                  "Give the keys by variables. They are not renewed: by default the program asks for them at a port "
                  "of this machine, as often as it needs");
}

int exec(const Options& options, const ExecWishes& wishes) {
    if (wishes.command.empty()) {
        say_line("There is nothing to run: awsfed exec [CONNECTOR] [OPTIONS] -- PROGRAM [ARGUMENTS].");
        return 10 + AWSFED_E_USAGE;
    }
    awsfed::Settings settings = options.make_settings();
    const awsfed::Context context = options.make_context();
    std::optional<awsfed::Credentials> keys = obtain_keys(context, settings);
    if (!keys)
        return gave_up();
    Environment environment = common_environment(options, *keys);
    if (wishes.as_variables) {
        set_keys(environment, *keys);
        return run_child(wishes.command, environment, [] {});
    }
    Fresh fresh(context, settings, *std::move(keys));
    CredentialEndpoint endpoint([&] { return fresh.get(); });
    set_endpoint(environment, endpoint);
    const int status = run_child(wishes.command, environment, [&] { endpoint.start(); });
    fresh.give_up();
    endpoint.stop();
    return status;
}

} // namespace cli
