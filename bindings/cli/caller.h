// Who runs the tool: the principal that it vouches for.
#pragma once

#include "awsfed.hpp"

namespace cli {

// The user of the operating system whose process this is, and his groups where the connector asks for them.
void vouch_for_caller(awsfed::Settings& settings, bool has_connector);

} // namespace cli
