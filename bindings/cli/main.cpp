// awsfed, the command-line tool: a program on top of awsfed.hpp like any other.
#include "cache.h"
#include "commands.h"
#include "doctor.h"
#include "exec.h"
#include "interface.h"
#include "policy.h"
#include "sts.h"
#include "verify.h"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

// A process that handles passwords leaves no core file, writes no TLS keys to where a variable
// says (libcurl obeys SSLKEYLOGFILE), and does not die of a reader that went away.
void mind_manners() {
    ::unsetenv("SSLKEYLOGFILE"); // NOLINT(concurrency-mt-unsafe): there is one thread yet
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::signal(SIGPIPE, SIG_IGN);
}

// What stands behind "--" is another program's, its flags too.
std::vector<std::string> take_program(int& argc, char** argv) {
    char** const end = argv + argc;
    char** const dashes = std::find(argv, end, std::string_view("--"));
    if (dashes == end || std::find(argv, dashes, std::string_view("exec")) == dashes)
        return {};
    argc = static_cast<int>(dashes - argv);
    return {dashes + 1, end};
}

} // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): only a lack of memory gets this far
int main(int argc, char** argv) {
    mind_manners();
    CLI::App app("Temporary AWS credentials from a corporate sign-in.", "awsfed");
    app.set_version_flag("--version", fmt::format("awsfed {}", awsfed_version()));
    app.require_subcommand(1);
    app.fallthrough();
    cli::Options options;
    app.add_option_function<std::string>(
           "--error-format",
           [&](const std::string& name) {
               options.error_format = name == "json" ? cli::ErrorFormat::json : cli::ErrorFormat::text;
           },
           "How errors are shown: text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->option_text("text|json");

    std::string format = "sh";
    std::optional<std::string> out;
    std::string name;
    std::string file = "-";
    bool json = false;

    CLI::App* obtain = app.add_subcommand("obtain", "Sign in, or use the caller's keys, and print credentials");
    options.add_to(*obtain);
    obtain->add_option("--format", format, "sh, fish, powershell, process or bamboo")->capture_default_str();
    obtain->add_option_function<std::string>(
        "--out", [&](const std::string& path) { out = path; },
        "Write to this file (mode 0600) instead of standard output");

    CLI::App* exec = app.add_subcommand("exec", "Run a program with credentials, which it can renew by itself");
    cli::ExecWishes run;
    run.command = take_program(argc, argv);
    run.add_to(*exec, options);

    CLI::App* roles = app.add_subcommand("roles", "Sign in and list the roles that are offered");
    options.add_to(*roles);
    roles->add_flag("--json", json, "As JSON");

    CLI::App* sts = app.add_subcommand("sts", "Ask STS: get-caller-identity, decode-authorization-message and others");
    cli::StsQuestion question;
    options.add_to(*sts);
    sts->add_option("action", question.action, "The action: get-caller-identity")->required();
    sts->add_flag("--json", question.json, "As JSON");
    sts->add_option("--member", question.member, "Only this member, as it is: WebIdentityToken");
    sts->add_option_function<std::string>(
        "--out", [&](const std::string& path) { question.out = path; },
        "Write the member to this file (mode 0600) instead of standard output");

    CLI::App* saml = app.add_subcommand("saml", "Look at SAML responses");
    saml->require_subcommand(1);
    CLI::App* show = saml->add_subcommand("show", "Show what a response says, unverified");
    show->add_option("file", file, "The response, in base64 or as XML; - is standard input")->capture_default_str();
    show->add_flag("--json", json, "As JSON");

    CLI::App* verify = saml->add_subcommand("verify", "Prove a response: who signed it, and whether AWS takes it");
    cli::VerifyOptions verification;
    bool serve = false;
    verification.add_to(*verify);
    verify->add_flag("--json", json, "As JSON");
    verify->add_flag("--serve", serve, "Answer each line of standard input, a JSON list of these arguments");

    CLI::App* cache = app.add_subcommand("cache", "Look at what is kept, and erase it");
    cli::CacheCommand kept;
    kept.add_to(*cache, options);

    CLI::App* forget = app.add_subcommand("forget", "Let refused passwords of a user be tried again");
    options.add_to(*forget);

    CLI::App* doctor =
        app.add_subcommand("doctor", "Look for what is wrong with a sign-in, without sending the password");
    cli::DoctorWishes wishes;
    wishes.add_to(*doctor, options);

    CLI::App* policy = app.add_subcommand("policy", "Judge and compare IAM policies, without asking AWS");
    cli::PolicyCommand policies;
    policies.add_to(*policy);

    CLI::App* settings = app.add_subcommand("settings", "List what can be set");
    settings->add_option("name", name, "One setting only");
    settings->add_flag("--json", json, "As JSON");

    CLI::App* connectors = app.add_subcommand("connectors", "List the connectors of a config file, with their ids");
    connectors->add_option("--config", options.config,
                           "AWS config file. Default: $AWSFED_CONFIG, $AWS_CONFIG_FILE, ~/.aws/config");
    connectors->add_flag("--json", json, "As JSON");

    CLI::App* interface =
        app.add_subcommand("interface", "Answer calls of the C interface by standard input and output");
    std::string version;
    interface->add_option("version", version, "Of the calls")->required();
    interface->group(""); // a binding runs it, no person

    CLI11_PARSE(app, argc, argv);
    try {
        if (*obtain)
            return cli::obtain(options, format, out);
        if (*exec)
            return cli::exec(options, run);
        if (*interface)
            return cli::serve_interface(version);
        if (*sts)
            return cli::sts(options, question);
        if (*cache)
            return kept.run(options);
        if (*forget)
            return cli::forget(options);
        if (*policy)
            return policies.run();
        if (*doctor)
            return cli::doctor(options, wishes);
        if (*roles)
            return cli::roles(options, json);
        if (*show)
            return cli::saml_show(file, json);
        if (*verify)
            return serve ? cli::saml_verify_lines() : cli::saml_verify(verification, json);
        if (*connectors)
            return cli::connectors(options.config, json);
        return cli::settings(name, json);
    } catch (const awsfed::Error& error) {
        cli::show_error(error, options.error_format);
        return cli::exit_status(error);
    } catch (const std::exception& error) {
        cli::say_line(cli::plain(error.what()));
        return 10 + AWSFED_E_INTERNAL;
    }
}
