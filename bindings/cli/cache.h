// "awsfed cache" and "awsfed forget": what is kept, and the end of it.
#pragma once

#include "options.h"

#include <string>

namespace cli {

class CacheCommand {
public:
    // Adds list, show and erase.
    void add_to(CLI::App& command, Options& options);
    int run(const Options& options) const;

private:
    CLI::App* list_ = nullptr;
    CLI::App* show_ = nullptr;
    CLI::App* erase_ = nullptr;
    std::string id_, of_user_;
    bool all_ = false, json_ = false;
};

int forget(const Options& options);

} // namespace cli
