#include "options.h"

#include "caller.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace cli {

namespace {

std::string flag_name(std::string_view setting) {
    std::string name = "--" + std::string(setting);
    std::ranges::replace(name, '_', '-');
    return name;
}

std::string variable(const char* name) {
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): the tool has one thread
    return value == nullptr ? std::string() : std::string(value);
}

std::string help_of(const awsfed::SettingInfo& row) {
    std::string help(row.help);
    if (row.type == AWSFED_SECRET)
        help += " Only a reference: env:NAME, file:PATH, keyring:NAME or stdin.";
    return help;
}

// What stands behind the flag in the help.
std::string value_of(const awsfed::SettingInfo& row) {
    if (row.type == AWSFED_SECRET)
        return "REFERENCE";
    std::string choices(row.choices.empty() ? "VALUE" : row.choices);
    std::ranges::replace(choices, ' ', '|');
    return choices;
}

} // namespace

std::string default_config() {
    for (const char* name : {"AWSFED_CONFIG", "AWS_CONFIG_FILE"}) {
        if (std::string path = variable(name); !path.empty())
            return path;
    }
    return variable("HOME") + "/.aws/config";
}

void Options::add_to(CLI::App& command) {
    command.add_option("--config", config,
                       "AWS config file with [connector NAME] sections. Default: $AWSFED_CONFIG, "
                       "$AWS_CONFIG_FILE, ~/.aws/config");
    command.add_option("--connector", connector,
                       "The connector to use, by name or id. Default: $AWSFED_CONNECTOR, none");
    command.add_flag("-v,--verbose", verbosity, "Tell what is done, on standard error; twice or thrice tells more");
    for (const awsfed::SettingInfo& row : awsfed::setting_table()) {
        if (row.guard == "host")
            continue; // this program is the host
        const std::string name(row.name);
        CLI::Option* option = command.add_option_function<std::string>(
            flag_name(name), [this, name](const std::string& value) { settings[name] = value; }, help_of(row));
        option->group(fmt::format("Settings: {}", row.group));
        option->option_text(value_of(row));
    }
}

awsfed::Settings Options::make_settings() const {
    awsfed::Settings made;
    // Commands come from connectors alone, in files that nobody else can write: the library sees to that.
    made.set("allow_commands", "true");
    const std::string name = connector.empty() ? variable("AWSFED_CONNECTOR") : connector;
    if (name.empty() && !config.empty())
        throw std::runtime_error("--config needs --connector: a config file without a connector sets nothing.");
    if (!name.empty())
        made.load(config.empty() ? default_config() : config, name);
    vouch_for_caller(made, !name.empty());
    made.read_environment();
    for (const auto& [setting, value] : settings)
        made.override_by_job(setting, value);
    made.read_aws_environment();
    return made;
}

awsfed::Context Options::make_context() const {
    awsfed::Context context;
    // Warnings always: what was set and does nothing, or is not kept as was asked, should not surprise later.
    const int most = std::min<int>(AWSFED_LOG_WARNING + verbosity, AWSFED_LOG_TRACE);
    context.log_to(most, [](awsfed_log_level level, std::string_view event, std::string_view text) {
        say_line(fmt::format("{}{}: {}", level == AWSFED_LOG_WARNING ? "warning: " : "", event, plain(text)));
    });
    return context;
}

} // namespace cli
