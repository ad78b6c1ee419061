#include "commands.h"

#include "output.h"
#include "show.h"
#include "terminal.h"

#include <fmt/core.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>

namespace cli {

namespace {

using Json = rapidjson::Writer<rapidjson::StringBuffer>;

void put(Json& json, std::string_view text) { json.String(text.data(), static_cast<rapidjson::SizeType>(text.size())); }
void put(Json& json, const char* name, std::string_view text) {
    json.Key(name);
    put(json, text);
}

// Signs in, and asks the person at the terminal what no setting answers. Empty when he gave up.
std::optional<awsfed::Assertion> sign_in(const awsfed::Context& context, const awsfed::Settings& settings) {
    awsfed::SignIn talk(context, settings);
    bool is_told = false;
    for (auto state = talk.step(); state != AWSFED_SIGNIN_DONE; state = talk.step()) {
        if (state == AWSFED_SIGNIN_ASKS && !answer_questions(talk))
            return std::nullopt;
        if (state == AWSFED_SIGNIN_WAITS && !std::exchange(is_told, true))
            show_waiting(talk);
    }
    return talk.result();
}

std::string choose_role(const awsfed::Assertion& assertion) {
    std::vector<std::string> arns;
    for (const awsfed::RoleOffer& offer : assertion.roles())
        arns.emplace_back(offer.role_arn);
    const int index = choose("You may take one of these roles:", arns);
    return index < 0 ? std::string() : arns[static_cast<std::size_t>(index)];
}

std::optional<awsfed::Credentials> obtain_at_terminal(const awsfed::Context& context, awsfed::Settings& settings) {
    const std::optional<awsfed::Assertion> assertion = sign_in(context, settings);
    if (!assertion)
        return std::nullopt;
    try {
        return context.assume_role_with_saml(settings, *assertion);
    } catch (const awsfed::Error& error) {
        if (error.code() != "role-not-chosen")
            throw;
    }
    const std::string role = choose_role(*assertion);
    if (role.empty())
        return std::nullopt;
    settings.override_by_job("role_arn", role);
    return context.assume_role_with_saml(settings, *assertion);
}

// Something that a person can answer.
bool is_question(const awsfed::Error& error) {
    return error.code() == "question-left" || (error.code() == "second-factor-demanded" && !error.setting().empty());
}

int print(const rapidjson::StringBuffer& text) {
    fmt::print("{}\n", text.GetString());
    return 0;
}

int roles_as_json(const awsfed::Assertion& assertion) {
    rapidjson::StringBuffer out;
    Json json(out);
    json.StartArray();
    for (const awsfed::RoleOffer& offer : assertion.roles()) {
        json.StartObject();
        put(json, "role_arn", offer.role_arn);
        put(json, "principal_arn", offer.principal_arn);
        json.EndObject();
    }
    json.EndArray();
    return print(out);
}

constexpr std::pair<const char*, awsfed_assertion_field> assertion_fields[] = {
    {"issuer", AWSFED_ASSERTION_ISSUER},
    {"subject", AWSFED_ASSERTION_SUBJECT},
    {"audience", AWSFED_ASSERTION_AUDIENCE},
    {"recipient", AWSFED_ASSERTION_RECIPIENT},
    {"id", AWSFED_ASSERTION_ID},
    {"session_name", AWSFED_ASSERTION_SESSION_NAME},
};

int show_assertion_as_json(const awsfed::Assertion& assertion) {
    rapidjson::StringBuffer out;
    Json json(out);
    json.StartObject();
    json.Key("verified");
    json.Bool(false);
    json.Key("encrypted");
    json.Bool(assertion.is_encrypted());
    for (const auto& [name, field] : assertion_fields)
        put(json, name, assertion.text(field));
    if (assertion.session_duration()) {
        json.Key("session_duration");
        json.Int64(assertion.session_duration()->count());
    }
    if (assertion.expires())
        put(json, "expires", utc(*assertion.expires()));
    json.Key("attributes");
    json.StartObject();
    for (const std::string& name : assertion.attribute_names()) {
        json.Key(name.c_str());
        json.StartArray();
        for (const std::string& value : assertion.attribute(name))
            put(json, value);
        json.EndArray();
    }
    json.EndObject();
    json.EndObject();
    return print(out);
}

int show_assertion(const awsfed::Assertion& assertion) {
    fmt::print("This response has not been verified: take its words as hints.\n");
    if (assertion.is_encrypted()) {
        fmt::print("The assertion is encrypted, so nothing in it can be read here.\n");
        return 0;
    }
    for (const auto& [name, field] : assertion_fields)
        fmt::print("{:<14}{}\n", name, plain(assertion.text(field)));
    if (assertion.session_duration())
        fmt::print("{:<14}{} s\n", "duration", assertion.session_duration()->count());
    if (assertion.expires())
        fmt::print("{:<14}{}\n", "expires", utc(*assertion.expires()));
    for (const awsfed::RoleOffer& offer : assertion.roles())
        fmt::print("{:<14}{} by {}\n", "role", plain(offer.role_arn), plain(offer.principal_arn));
    for (const std::string& name : assertion.attribute_names()) {
        fmt::print("{}\n", plain(name));
        for (const std::string& value : assertion.attribute(name))
            fmt::print("    {}\n", plain(value));
    }
    return 0;
}

std::string type_name(awsfed_setting_type type) {
    constexpr const char* names[] = {"text", "integer", "boolean", "duration", "url",
                                     "path", "arn",     "json",    "choice",   "secret"};
    return type >= 0 && type < static_cast<int>(std::size(names)) ? names[type] : "text";
}

int settings_as_json(const std::vector<awsfed::SettingInfo>& rows) {
    rapidjson::StringBuffer out;
    Json json(out);
    json.StartArray();
    for (const awsfed::SettingInfo& row : rows) {
        json.StartObject();
        put(json, "name", row.name);
        put(json, "group", row.group);
        put(json, "type", type_name(row.type));
        put(json, "default", row.default_value);
        put(json, "choices", row.choices);
        put(json, "guard", row.guard);
        put(json, "key", row.key);
        put(json, "since", row.since);
        put(json, "help", row.help);
        json.EndObject();
    }
    json.EndArray();
    return print(out);
}

void show_settings(const std::vector<awsfed::SettingInfo>& rows) {
    std::string_view group;
    for (const awsfed::SettingInfo& row : rows) {
        if (row.group != group)
            fmt::print("{}[{}]\n", group.empty() ? "" : "\n", row.group);
        group = row.group;
        fmt::print("{:<20}{}{}{}, a job: {}\n", row.name, type_name(row.type),
                   row.default_value.empty() ? "" : ", default ", row.default_value, row.guard);
        fmt::print("{:20}{}\n", "", row.help);
        if (!row.choices.empty())
            fmt::print("{:20}one of: {}\n", "", row.choices);
    }
}

int connectors_as_json(const std::vector<awsfed::ConnectorInfo>& all) {
    rapidjson::StringBuffer out;
    Json json(out);
    json.StartArray();
    for (const awsfed::ConnectorInfo& one : all) {
        json.StartObject();
        put(json, "name", one.name);
        put(json, "id", one.id);
        json.EndObject();
    }
    json.EndArray();
    return print(out);
}

} // namespace

std::optional<awsfed::Credentials> obtain_keys(const awsfed::Context& context, awsfed::Settings& settings) {
    try {
        return context.obtain(settings);
    } catch (const awsfed::Error& error) {
        if (!is_question(error) || !has_terminal())
            throw;
    }
    return obtain_at_terminal(context, settings);
}

int gave_up() {
    say_line("Nothing was obtained, because a question was left without an answer.");
    return 10 + AWSFED_E_CANCELLED;
}

int obtain(const Options& options, const std::string& format, const std::optional<std::string>& out) {
    // Before a password is spent on what could not be handed over.
    const std::string feature = "format:" + format;
    if (awsfed_has(feature.data(), feature.size()) == 0) {
        say_line(fmt::format("There is no format \"{}\": use sh, fish, powershell, process or bamboo.", plain(format)));
        return 10 + AWSFED_E_USAGE;
    }
    if (out && out->empty()) { // an unset variable would put the credentials into the build's log
        say_line("--out names no file.");
        return 10 + AWSFED_E_USAGE;
    }
    awsfed::Settings settings = options.make_settings();
    const awsfed::Context context = options.make_context();
    std::optional<awsfed::Credentials> keys = obtain_keys(context, settings);
    if (!keys)
        return gave_up();
    std::string why;
    if (write_output(out.value_or(""), keys->format(format), why))
        return 0;
    say_line(fmt::format("The credentials could not be written: {}.", why));
    return 1;
}

int roles(const Options& options, bool json) {
    const awsfed::Settings settings = options.make_settings();
    const awsfed::Context context = options.make_context();
    const std::optional<awsfed::Assertion> assertion = sign_in(context, settings);
    if (!assertion)
        return gave_up();
    if (json)
        return roles_as_json(*assertion);
    if (assertion->is_encrypted())
        say_line("The assertion is encrypted, so its roles cannot be read here.");
    for (const awsfed::RoleOffer& offer : assertion->roles())
        fmt::print("{}\n", plain(offer.role_arn));
    return 0;
}

int saml_show(const std::string& file, bool json) {
    std::ifstream opened;
    if (file != "-")
        opened.open(file, std::ios::binary);
    std::istream& in = file == "-" ? std::cin : opened;
    const std::string data{std::istreambuf_iterator<char>(in), {}};
    if (file != "-" && !opened.is_open()) {
        say_line(fmt::format("The file {} cannot be read.", plain(file)));
        return 1;
    }
    const awsfed::Assertion assertion = awsfed::Context().parse_assertion(data);
    return json ? show_assertion_as_json(assertion) : show_assertion(assertion);
}

int settings(const std::string& name, bool json) {
    std::vector<awsfed::SettingInfo> rows = awsfed::setting_table();
    if (!name.empty())
        std::erase_if(rows, [&](const awsfed::SettingInfo& row) { return row.name != name; });
    if (rows.empty()) {
        say_line(fmt::format("There is no setting \"{}\".", plain(name)));
        return 10 + AWSFED_E_SETTING;
    }
    if (json)
        return settings_as_json(rows);
    show_settings(rows);
    return 0;
}

int connectors(const std::string& config, bool json) {
    const std::vector<awsfed::ConnectorInfo> all = awsfed::connectors(config.empty() ? default_config() : config);
    if (json)
        return connectors_as_json(all);
    for (const awsfed::ConnectorInfo& one : all)
        fmt::print("{}{}{}\n", one.name, one.id.empty() ? "" : "\t", one.id);
    return 0;
}

} // namespace cli
