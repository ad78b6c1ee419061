// Who asks, by the word of the host program alone (security rule 10).
#pragma once

#include <string>
#include <vector>

namespace awsfed {

struct Principal {
    std::string name; // "alice", "CORP\\alice"
    std::vector<std::string> groups{};
};

} // namespace awsfed
