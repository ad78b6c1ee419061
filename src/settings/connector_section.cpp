#include "settings/connector_section.h"

#include "base/limits.h"
#include "base/text.h"
#include "settings/files.h"

#include <algorithm>
#include <map>

namespace awsfed {

namespace {

Result<void> check_ids(const std::vector<ConfigSection>& connectors) {
    std::map<std::string_view, std::string_view> names;
    for (const ConfigSection& connector : connectors) {
        if (!connector.properties.contains(id_property))
            continue;
        const std::string_view id = id_of(connector);
        if (id.empty() || id.size() > connector_id_chars_max || !is_visible_ascii(id))
            return fail(Code::config_malformed,
                        "The id of the connector \"{}\" is not 1 to {} visible characters of ASCII without blanks.",
                        connector.name, connector_id_chars_max)
                .setting(id_property)
                .advice("Correct the id, or remove it.");
        const auto [other, is_new] = names.emplace(id, connector.name);
        if (!is_new)
            return fail(Code::config_malformed, "The connectors \"{}\" and \"{}\" have the same id {}.", other->second,
                        connector.name, id)
                .setting(id_property)
                .advice("Give one of them another id.");
    }
    return {};
}

} // namespace

std::string_view id_of(const ConfigSection& connector) {
    const auto id = connector.properties.find(id_property);
    return id == connector.properties.end() ? std::string_view() : id->second;
}

Result<ConnectorFile> read_connectors(const std::string& path) {
    AWSFED_TRY(const FileContent file, read_file(path, config_bytes_max, Code::config_unreadable, "config file"));
    AWSFED_TRY(std::vector<ConfigSection> sections, read_config(file.bytes.reveal()));
    std::erase_if(sections, [](const ConfigSection& one) { return one.type != "connector" || one.name.empty(); });
    AWSFED_CHECK(check_ids(sections));
    return ConnectorFile{std::move(sections), file.only_ours};
}

Result<const ConfigSection*> find_connector(const ConnectorFile& file, std::string_view wanted, std::string_view path) {
    for (const auto called : {+[](const ConfigSection& one) { return std::string_view(one.name); }, &id_of}) {
        const auto found = std::ranges::find(file.connectors, wanted, called);
        if (found != file.connectors.end() && !wanted.empty())
            return &*found;
    }
    std::string others;
    for (const ConfigSection& one : file.connectors) {
        const std::string_view id = id_of(one);
        others += id.empty() ? fmt::format("\n{}", one.name) : fmt::format("\n{} (id {})", one.name, id);
    }
    return fail(Code::connector_unknown, "The config file {} has no connector \"{}\".", printable(path),
                printable(wanted))
        .advice(others.empty() ? "It has no [connector NAME] section at all." : "Use one of these:" + others);
}

} // namespace awsfed
