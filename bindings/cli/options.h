// The flags of the tool. Those for settings are drawn from the library's own table.
#pragma once

#include "awsfed.hpp"
#include "show.h"

#include <CLI/CLI.hpp>

#include <map>
#include <string>

namespace cli {

// Where connectors are: beside the profiles of the AWS tools, unless somebody says otherwise.
std::string default_config();

struct Options {
    std::string config;
    std::string connector;
    std::map<std::string, std::string> settings; // given as flags
    int verbosity = 0;
    ErrorFormat error_format = ErrorFormat::text;

    // --config, --connector, -v, and a flag for each setting.
    void add_to(CLI::App& command);

    // The connector, over it the environment, over that the flags. awsfed refuses what a job may not set. The principal
    // is who runs the tool.
    awsfed::Settings make_settings() const;
    // With log lines on standard error as far as -v asks for them.
    awsfed::Context make_context() const;
};

} // namespace cli
