// "awsfed exec": a program that is run with credentials.
#pragma once

#include "options.h"

#include <string>
#include <vector>

namespace cli {

struct ExecWishes {
    std::vector<std::string> command; // what stood behind "--"
    bool as_variables = false;

    void add_to(CLI::App& exec, Options& options);
};

// Returns the program's own exit status.
int exec(const Options& options, const ExecWishes& wishes);

} // namespace cli
