// The connectors of a config file: its sections [connector NAME], by their names or their ids.
//
//   [connector deploy]
//   id = 6f1c1a1e-6d0b-4d0e-9a53-2f0a4f1f7f11     like the name no setting: nothing else can say it
#pragma once

#include "base/result.h"
#include "settings/config_file.h"

#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

struct ConnectorFile {
    std::vector<ConfigSection> connectors; // in the order of the file
    bool only_ours = false;                // nobody but root or this user can write it
};

// What every connector is called by; "" where it has no id.
std::string_view id_of(const ConfigSection& connector);
inline constexpr std::string_view id_property = "id";

// An id is visible ASCII without blanks, of one connector only; else config_malformed.
Result<ConnectorFile> read_connectors(const std::string& path);

// By the name, or else by the id. connector_unknown lists those that there are; `path` is for its message.
Result<const ConfigSection*> find_connector(const ConnectorFile& file, std::string_view wanted, std::string_view path);

} // namespace awsfed
