// "awsfed interface": the C interface for a program that does not want it in its own process. It is no command for
// people.
#pragma once

#include <string>

namespace cli {

// Answers calls (wire/calls.h) that come by the standard input until that is closed. `version` is what the other side
// has for wire::calls_version(). Frames both ways: 4 bytes of length, 4 of kind, 8 of channel, then a message; what
// comes is filled up to 8,192 bytes. First goes out one with our version.
int serve_interface(const std::string& version);

} // namespace cli
