// The commands of the tool. Each returns the exit status.
#pragma once

#include "options.h"

#include <optional>
#include <string>

namespace cli {

// Without a person where that does; else by questions at the terminal. Empty when he gave up.
std::optional<awsfed::Credentials> obtain_keys(const awsfed::Context& context, awsfed::Settings& settings);
int gave_up(); // says so

int obtain(const Options& options, const std::string& format, const std::optional<std::string>& out);
int roles(const Options& options, bool json);
int saml_show(const std::string& file, bool json);
int settings(const std::string& name, bool json);
// `config`: empty means the usual file.
int connectors(const std::string& config, bool json);

} // namespace cli
