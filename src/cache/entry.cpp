#include "cache/entry.h"

#include "cache/sized.h"

#include <charconv>
#include <chrono>

namespace awsfed {

namespace {

constexpr std::string_view version = "awsfed credentials 1";
constexpr std::size_t answers_max = 1000;

std::string number_of(const std::optional<Time>& time) {
    return time ? std::to_string(time->time_since_epoch().count()) : std::string();
}

std::optional<Time> time_of(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return Time(Time::duration(count));
}

} // namespace

Secret entry_of(const Credentials& keys) {
    Secret out;
    append_sized(out, version);
    for (const Secret* secret : {&keys.access_key_id, &keys.secret_access_key, &keys.session_token})
        append_sized(out, secret->reveal());
    append_sized(out, number_of(keys.expiration));
    append_sized(out, number_of(keys.issued));
    for (const std::string* text :
         {&keys.role_arn, &keys.account, &keys.region, &keys.session_arn, &keys.source_identity})
        append_sized(out, *text);
    for (const auto& [path, value] : keys.answer) {
        append_sized(out, path);
        append_sized(out, value);
    }
    return out;
}

std::optional<Credentials> read_entry(std::string_view bytes) {
    SizedReader reader(bytes);
    if (reader.next() != version)
        return std::nullopt;
    Credentials keys;
    for (Secret* secret : {&keys.access_key_id, &keys.secret_access_key, &keys.session_token})
        *secret = Secret(reader.next());
    keys.expiration = time_of(reader.next());
    keys.issued = time_of(reader.next());
    for (std::string* text : {&keys.role_arn, &keys.account, &keys.region, &keys.session_arn, &keys.source_identity})
        *text = reader.next();
    while (!reader.is_over() && keys.answer.size() < answers_max) {
        const std::string_view path = reader.next();
        keys.answer.emplace_back(path, reader.next());
    }
    const bool is_whole = reader.is_over() && !reader.failed() && !keys.access_key_id.empty() &&
                          !keys.secret_access_key.empty() && keys.expiration && keys.issued;
    return is_whole ? std::optional(std::move(keys)) : std::nullopt;
}

} // namespace awsfed
