// The commands of the tool. Each returns the exit status.
#pragma once

#include "options.h"

#include <optional>
#include <string>

namespace cli {

int obtain(const Options& options, const std::string& format, const std::optional<std::string>& out);
int roles(const Options& options, bool json);
int saml_show(const std::string& file, bool json);
int settings(const std::string& name, bool json);

} // namespace cli
