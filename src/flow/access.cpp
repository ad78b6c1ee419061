#include "flow/access.h"

#include "base/text.h"

#include <algorithm>

namespace awsfed {

namespace {

// Two users of Windows never differ by case alone; two of Unix may, and have no backslash in their names.
bool is_same_name(std::string_view a, std::string_view b) {
    return a == b || (a.find('\\') != a.npos && equal_ignoring_case(a, b));
}

// Not at blanks: groups have them ("Domain Admins").
bool lists(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find_first_of(",\n"), list.size());
        if (is_same_name(trimmed(list.substr(0, end)), name))
            return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

std::string connector_of(const Settings& settings) {
    return settings.connector().empty() ? "This configuration"
                                        : fmt::format("The connector \"{}\"", settings.connector());
}

} // namespace

Result<void> check_use(const Settings& settings) {
    if (!settings.has("allowed_principals") && !settings.has("allowed_groups"))
        return {};
    const Principal* principal = settings.principal();
    if (principal == nullptr) {
        if (settings.boolean("system_scope"))
            return {};
        return fail(Code::connector_refused, "{} is for those whom it lists, and nobody is named who asks.",
                    connector_of(settings))
            .setting("system_scope")
            .advice("Have the calling program name the user, or set system_scope=true in the connector: then it may be "
                    "used where no user is.");
    }
    const std::string groups = settings.text("allowed_groups");
    const bool is_listed =
        lists(settings.text("allowed_principals"), principal->name) ||
        std::ranges::any_of(principal->groups, [&](const std::string& group) { return lists(groups, group); });
    if (is_listed)
        return {};
    return fail(Code::connector_refused, "{} is not for {}.", connector_of(settings), printable(principal->name))
        .setting("allowed_principals");
}

} // namespace awsfed
