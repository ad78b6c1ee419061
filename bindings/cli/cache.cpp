#include "cache.h"

#include "show.h"

#include <fmt/core.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace cli {

namespace {

constexpr std::size_t short_id_chars = 12;

using Field = std::pair<const char*, std::string awsfed::Kept::*>;
constexpr Field fields[] = {
    {"id", &awsfed::Kept::id},
    {"kind", &awsfed::Kept::kind},
    {"connector", &awsfed::Kept::connector},
    {"user", &awsfed::Kept::user},
    {"principal", &awsfed::Kept::principal},
    {"identity_provider", &awsfed::Kept::target},
    {"role_arn", &awsfed::Kept::role_arn},
    {"account", &awsfed::Kept::account},
    {"session_arn", &awsfed::Kept::session_arn},
    {"source_identity", &awsfed::Kept::source_identity},
};

void put(rapidjson::Writer<rapidjson::StringBuffer>& json, const char* name, std::string_view text) {
    json.Key(name);
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void show_as_json(const std::vector<awsfed::Kept>& all) {
    rapidjson::StringBuffer out;
    rapidjson::Writer<rapidjson::StringBuffer> json(out);
    json.StartArray();
    for (const awsfed::Kept& one : all) {
        json.StartObject();
        for (const auto& [name, field] : fields) {
            if (!(one.*field).empty())
                put(json, name, one.*field);
        }
        if (one.since)
            put(json, "since", utc(*one.since));
        if (one.expires)
            put(json, "expires", utc(*one.expires));
        if (one.kind == "attempts") {
            json.Key("attempts");
            json.Int64(one.attempts);
        }
        json.EndObject();
    }
    json.EndArray();
    fmt::print("{}\n", std::string_view(out.GetString(), out.GetSize()));
}

// What it is for: the role of credentials, where a session or attempts are.
std::string_view purpose(const awsfed::Kept& one) {
    return !one.role_arn.empty() ? one.role_arn : !one.target.empty() ? one.target : one.session_arn;
}

void show_as_table(const std::vector<awsfed::Kept>& all) {
    fmt::print("{:<14}{:<13}{:<22}{:<22}{}\n", "id", "kind", "until", "user", "for");
    for (const awsfed::Kept& one : all)
        fmt::print("{:<14}{:<13}{:<22}{:<22}{}\n", one.id.substr(0, short_id_chars), one.kind,
                   one.expires ? utc(*one.expires) : "-", one.user.empty() ? "-" : plain(one.user),
                   plain(purpose(one)));
}

void show_whole(const awsfed::Kept& one) {
    for (const auto& [name, field] : fields) {
        if (!(one.*field).empty())
            fmt::print("{:<20}{}\n", name, plain(one.*field));
    }
    if (one.since)
        fmt::print("{:<20}{}\n", "since", utc(*one.since));
    if (one.expires)
        fmt::print("{:<20}{}\n", "expires", utc(*one.expires));
    if (one.kind == "attempts")
        fmt::print("{:<20}{}\n", "attempts", one.attempts);
}

int erase(const awsfed::Context& context, const awsfed::Settings& settings, const std::string& id,
          const std::string& user, bool all) {
    if ((id.empty() ? 0 : 1) + (user.empty() ? 0 : 1) + (all ? 1 : 0) != 1) { // an unset variable must not mean all
        say_line("Say what to erase: an ID, --of-user USER or --all.");
        return 10 + AWSFED_E_USAGE;
    }
    const auto given = [](const std::string& text) {
        return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
    };
    const std::size_t count = context.erase_kept(settings, given(id), given(user));
    fmt::print("{} erased\n", count);
    return 0;
}

} // namespace

void CacheCommand::add_to(CLI::App& command, Options& options) {
    command.require_subcommand(1);
    list_ = command.add_subcommand("list", "What is kept, for whom and until when; never a secret");
    show_ = command.add_subcommand("show", "All that is known of one of them");
    erase_ = command.add_subcommand("erase", "Erase kept credentials and sessions");
    for (CLI::App* one : {list_, show_, erase_})
        options.add_to(*one);
    list_->add_flag("--json", json_, "As JSON");
    show_->add_flag("--json", json_, "As JSON");
    show_->add_option("id", id_, "The id that list shows")->required();
    erase_->add_option("id", id_, "The id that list shows");
    erase_->add_option("--of-user", of_user_, "All of this user");
    erase_->add_flag("--all", all_, "All");
}

int CacheCommand::run(const Options& options) const {
    const awsfed::Settings settings = options.make_settings();
    const awsfed::Context context = options.make_context();
    if (*erase_)
        return erase(context, settings, id_, of_user_, all_);
    std::vector<awsfed::Kept> all = context.kept(settings);
    if (all.empty() && !json_ && !*show_) {
        say_line("Nothing is kept where the setting cache says.");
        return 0;
    }
    if (*show_) {
        std::erase_if(all, [&](const awsfed::Kept& one) { return id_.empty() || !one.id.starts_with(id_); });
        if (all.size() != 1) {
            say_line(all.empty()
                         ? fmt::format("Nothing of the id \"{}\" is kept.", plain(id_))
                         : fmt::format("\"{}\" means {} of them; give more of the id.", plain(id_), all.size()));
            return 10 + AWSFED_E_USAGE;
        }
    }
    if (json_)
        show_as_json(all);
    else if (*show_)
        show_whole(all.front());
    else
        show_as_table(all);
    return 0;
}

int forget(const Options& options) {
    const awsfed::Settings settings = options.make_settings();
    options.make_context().forget(settings);
    fmt::print("What was tried is forgotten.\n");
    return 0;
}

} // namespace cli
