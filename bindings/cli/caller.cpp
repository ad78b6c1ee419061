#include "caller.h"

#include <fmt/core.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

namespace cli {

namespace {

constexpr std::size_t entry_bytes_max = std::size_t{1024} * 1024; // a group with very many members

// Calls one of the reentrant functions that read an entry, with more room until it is enough. True when there is one.
template <class Entry, class Find>
bool find_entry(Entry& entry, std::vector<char>& room, Find&& find) {
    Entry* found = nullptr;
    while (find(&entry, room.data(), room.size(), &found) == ERANGE && room.size() < entry_bytes_max)
        room.resize(room.size() * 2);
    return found != nullptr;
}

std::string group_name(gid_t id) {
    group entry{};
    std::vector<char> room(4096);
    const bool is_known = find_entry(entry, room, [id](auto... rest) { return ::getgrgid_r(id, rest...); });
    return is_known ? std::string(entry.gr_name) : fmt::format("gid:{}", id);
}

std::vector<std::string> groups_of(const char* user, gid_t own) {
    int count = 64;
    std::vector<gid_t> ids(static_cast<std::size_t>(count));
    while (::getgrouplist(user, own, ids.data(), &count) < 0)
        ids.resize(static_cast<std::size_t>(count));
    ids.resize(static_cast<std::size_t>(count));
    std::vector<std::string> names;
    for (const gid_t id : ids)
        names.push_back(group_name(id));
    return names;
}

} // namespace

void vouch_for_caller(awsfed::Settings& settings, bool has_connector) {
    passwd entry{};
    std::vector<char> room(4096);
    const uid_t id = ::getuid();
    // An id without a name is somebody all the same, not the system.
    const bool is_known = find_entry(entry, room, [id](auto... rest) { return ::getpwuid_r(id, rest...); });
    const std::string name = is_known ? std::string(entry.pw_name) : fmt::format("uid:{}", id);
    settings.vouch_for(name);
    // Groups may be kept in a directory far away: they are looked up where his name alone does not do.
    if (is_known && has_connector && !settings.may_use())
        settings.vouch_for(name, groups_of(entry.pw_name, entry.pw_gid));
}

} // namespace cli
