// "awsfed sts": what an action of STS answers.
#pragma once

#include "options.h"

#include <optional>
#include <string>

namespace cli {

struct StsQuestion {
    std::string action;
    bool json = false;
    std::string member;             // only this one, with nothing around it; empty: all
    std::optional<std::string> out; // a file, for a member that is secret
};

// Members that are secret are named, and shown only where one is asked for by its path.
int sts(const Options& options, const StsQuestion& question);

} // namespace cli
