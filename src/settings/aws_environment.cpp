#include "settings/aws_environment.h"

#include "base/limits.h"
#include "base/text.h"
#include "settings/config_file.h"
#include "settings/files.h"

#include <sys/stat.h>

#include <algorithm>

namespace awsfed {

namespace {

using Sections = std::vector<ConfigSection>;

bool is_true(std::string_view text) { return equal_ignoring_case(trimmed(text), "true"); }

std::string upper(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return out;
}

const ConfigSection* section(const Sections& sections, std::string_view type, std::string_view name) {
    const auto found =
        std::ranges::find_if(sections, [&](const ConfigSection& one) { return one.type == type && one.name == name; });
    return found == sections.end() ? nullptr : &*found;
}

// [profile default] counts before [default].
const ConfigSection* profile_of(const Sections& sections, std::string_view name) {
    const ConfigSection* found = section(sections, "profile", name);
    return found == nullptr && name == "default" ? section(sections, "", name) : found;
}

std::optional<std::string> property(const ConfigSection* section, std::string_view name) {
    if (section == nullptr)
        return std::nullopt;
    const auto found = section->properties.find(name);
    if (found == section->properties.end() || trimmed(found->second).empty())
        return std::nullopt;
    return found->second;
}

// Of lines "name = value" within a property.
std::optional<std::string> nested(std::string_view lines, std::string_view name) {
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        const std::string_view line = lines.substr(0, end);
        const std::size_t equals = std::min(line.find('='), line.size());
        if (lower_ascii(trimmed(line.substr(0, equals))) == name && equals != line.size())
            return std::string(trimmed(line.substr(equals + 1)));
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    return std::nullopt;
}

std::optional<AwsHint> endpoint_in(std::string_view service, const Sections& sections, const ConfigSection* profile,
                                   const Variables& variables) {
    if (is_true(variables("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").value_or("")) ||
        is_true(property(profile, "ignore_configured_endpoint_urls").value_or("")))
        return std::nullopt;
    for (const std::string& name : {"AWS_ENDPOINT_URL_" + upper(service), std::string("AWS_ENDPOINT_URL")}) {
        if (auto value = variables(name.c_str()))
            return AwsHint{"sts_endpoint", std::move(*value), name};
    }
    if (const auto services = property(profile, "services")) {
        if (const auto lines = property(section(sections, "services", trimmed(*services)), service)) {
            if (auto value = nested(*lines, "endpoint_url"))
                return AwsHint{"sts_endpoint", std::move(*value), "endpoint_url of the services " + *services};
        }
    }
    if (auto value = property(profile, "endpoint_url"))
        return AwsHint{"sts_endpoint", std::move(*value), "endpoint_url of the profile " + profile->name};
    return std::nullopt;
}

// The variable, else the profile's property.
struct Source {
    std::string_view setting;
    const char* variable;
    std::string_view property;
};
constexpr Source sources[] = {
    {"region", "AWS_REGION", "region"},
    {"ca_file", "AWS_CA_BUNDLE", "ca_bundle"},
    {"fips", "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"},
    {"dualstack", "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"},
    {"legacy_global_endpoint", "AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints"},
};

std::optional<AwsHint> hint_of(const Source& source, const ConfigSection* profile, const Variables& variables) {
    auto value = variables(source.variable);
    std::string origin = source.variable;
    if (!value && source.setting == "region") { // the older name, which some SDKs read alone
        origin = "AWS_DEFAULT_REGION";
        value = variables(origin.c_str());
    }
    if (!value && profile != nullptr) {
        value = property(profile, source.property);
        origin = fmt::format("{} of the profile {}", source.property, profile->name);
    }
    if (!value)
        return std::nullopt;
    std::string text(trimmed(*value));
    if (source.setting == "legacy_global_endpoint")
        text = lower_ascii(text) == "legacy" ? "true" : "false";
    else if (source.setting == "fips" || source.setting == "dualstack")
        text = lower_ascii(text);
    return AwsHint{source.setting, std::move(text), std::move(origin)};
}

// Empty where the file is only the usual one, and not there.
Result<Sections> config_of(const Variables& variables) {
    const auto named = variables("AWS_CONFIG_FILE");
    const std::string path = named.value_or(variables("HOME").value_or("") + "/.aws/config");
    struct stat facts{};
    if (!named && ::stat(path.c_str(), &facts) != 0)
        return Sections();
    AWSFED_TRY(FileContent file, read_file(path, config_bytes_max, Code::config_unreadable, "AWS config file"));
    auto sections = read_config(file.bytes.reveal());
    if (!sections) // beside a connector's own file
        sections.error().message = fmt::format("AWS's config file {}: {}", printable(path), sections.error().message);
    return sections;
}

} // namespace

Result<std::optional<AwsHint>> configured_endpoint(std::string_view service, std::string_view config,
                                                   std::string_view profile, const Variables& variables) {
    AWSFED_TRY(const Sections sections, read_config(config));
    return endpoint_in(service, sections, profile_of(sections, profile), variables);
}

Result<std::vector<AwsHint>> aws_hints(const Variables& variables) {
    AWSFED_TRY(const Sections sections, config_of(variables));
    const auto named = variables("AWS_PROFILE");
    const ConfigSection* profile = profile_of(sections, named.value_or("default"));
    std::vector<AwsHint> hints;
    if (auto endpoint = endpoint_in("sts", sections, profile, variables))
        hints.push_back(std::move(*endpoint));
    for (const Source& source : sources) {
        if (auto hint = hint_of(source, profile, variables))
            hints.push_back(std::move(*hint));
    }
    return hints;
}

} // namespace awsfed
