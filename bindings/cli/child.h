// A program that is run, and its end awaited.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace cli {

struct Environment {
    std::set<std::string, std::less<>> unset;
    std::map<std::string, std::string> set; // what is set is not unset
};

// Runs it with this process's environment, changed so; `meanwhile` is called once it runs. SIGINT, SIGTERM, SIGHUP and
// SIGQUIT that somebody sends here go on to it; those of the terminal reach it anyway. Returns its exit status as
// shells have it: 128 and the number where a signal ended it, 127 where it is not found, 126 where it cannot be run.
int run_child(const std::vector<std::string>& command, const Environment& environment,
              const std::function<void()>& meanwhile);

} // namespace cli
