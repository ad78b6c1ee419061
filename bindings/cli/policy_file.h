// Policies in files, and their findings shown at their place.
#pragma once

#include "awsfed.hpp"

#include <string>
#include <string_view>

namespace cli {

struct PolicyFile {
    std::string name; // "-": standard input
    std::string text;
    awsfed::Policy policy;

    PolicyFile(const std::string& file, std::string_view type);
};

// Reads one that is to be asked: why AWS would refuse it is shown on standard error.
PolicyFile usable_policy(const std::string& file, std::string_view type);

// Like a compiler:
//   role.json:5:13: dead: No action is called "s3:GetObjct"; s3:GetObject is near. [unknown-action]
//       5 |   "Action": "s3:GetObjct",
//         |             ^~~~~~~~~~~~~
//         = Correct the action's name, unless it is younger than the table of actions.
std::string shown(const PolicyFile& file, const awsfed::Finding& finding, bool in_colour);

} // namespace cli
