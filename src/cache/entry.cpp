#include "cache/entry.h"

#include "cache/sized.h"

#include <algorithm>
#include <charconv>

namespace awsfed {

namespace {

constexpr std::string_view version = "awsfed credentials 2";
constexpr std::size_t answers_max = 1000;
constexpr std::chrono::hours life_max(36);

std::string number_of(Time time) { return std::to_string(time.time_since_epoch().count()); }

std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::optional<Time> time_in(std::string_view text) {
    const auto number = number_in(text);
    return number ? std::optional(Time(Time::duration(*number))) : std::nullopt;
}

} // namespace

std::chrono::milliseconds life_of(const Credentials& keys) {
    return std::min<std::chrono::milliseconds>(*keys.expiration - *keys.issued, life_max);
}

std::chrono::nanoseconds remaining_of(const Entry& entry, Time now, std::chrono::nanoseconds since_boot) {
    const auto passed = std::max(now - entry.kept, std::chrono::milliseconds(0));
    return life_of(entry.credentials) - std::max<std::chrono::nanoseconds>(passed, since_boot - entry.kept_since_boot);
}

Secret bytes_of(const Entry& entry) {
    const Credentials& keys = entry.credentials;
    Secret out;
    append_sized(out, version);
    for (const Secret* secret : {&keys.access_key_id, &keys.secret_access_key, &keys.session_token})
        append_sized(out, secret->reveal());
    append_sized(out, number_of(*keys.expiration));
    append_sized(out, number_of(*keys.issued));
    append_sized(out, number_of(entry.kept));
    append_sized(out, std::to_string(entry.kept_since_boot.count()));
    for (const std::string* text : {&entry.connector, &entry.user, &entry.principal, &keys.role_arn, &keys.account,
                                    &keys.region, &keys.session_arn, &keys.source_identity})
        append_sized(out, *text);
    for (const auto& [path, value] : keys.answer) {
        append_sized(out, path);
        append_sized(out, value);
    }
    return out;
}

std::optional<Entry> read_entry(std::string_view bytes) {
    SizedReader reader(bytes);
    if (reader.next() != version)
        return std::nullopt;
    Entry entry;
    Credentials& keys = entry.credentials;
    for (Secret* secret : {&keys.access_key_id, &keys.secret_access_key, &keys.session_token})
        *secret = Secret(reader.next());
    keys.expiration = time_in(reader.next());
    keys.issued = time_in(reader.next());
    const std::optional<Time> kept = time_in(reader.next());
    const std::optional<std::int64_t> kept_since_boot = number_in(reader.next());
    for (std::string* text : {&entry.connector, &entry.user, &entry.principal, &keys.role_arn, &keys.account,
                              &keys.region, &keys.session_arn, &keys.source_identity})
        *text = reader.next();
    while (!reader.is_over() && keys.answer.size() < answers_max) {
        const std::string_view path = reader.next();
        keys.answer.emplace_back(path, reader.next());
    }
    const bool is_whole = reader.is_over() && !reader.failed() && !keys.access_key_id.empty() &&
                          !keys.secret_access_key.empty() && keys.expiration && keys.issued && kept && kept_since_boot;
    if (!is_whole)
        return std::nullopt;
    entry.kept = *kept;
    entry.kept_since_boot = std::chrono::nanoseconds(*kept_since_boot);
    return entry;
}

} // namespace awsfed
