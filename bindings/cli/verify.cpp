#include "verify.h"

#include "caller.h"
#include "show.h"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>

namespace cli {

namespace {

using Json = rapidjson::Writer<rapidjson::StringBuffer>;
using TimePoint = std::chrono::system_clock::time_point;

// ---- the flags as settings ------------------------------------------------------------------

std::string bytes_of_file(const std::string& path) {
    if (path == "-")
        return {std::istreambuf_iterator<char>(std::cin), {}};
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error(fmt::format("The file {} cannot be read.", plain(path)));
    return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<TimePoint> instant_of(const std::string& text) {
    if (text.empty())
        return std::nullopt;
    std::tm parts{};
    const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (end == nullptr || *end != '\0')
        throw std::runtime_error("--at takes an instant in UTC: YYYY-MM-DDThh:mm:ssZ.");
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

void set_if(awsfed::Settings& settings, std::string_view name, const std::string& value) {
    if (!value.empty())
        settings.set(name, value);
}

// The person at the tool says himself whom to believe; nothing is taken from the environment.
awsfed::Settings settings_of(const VerifyOptions& options) {
    awsfed::Settings settings;
    if (!options.connector.empty()) {
        settings.load(options.config, options.connector);
        vouch_for_caller(settings, true);
    } else {
        set_if(settings, "idp_metadata", options.metadata);
        set_if(settings, "idp_certificates", options.certificates);
        set_if(settings, "idp_entity_id", options.entity_id);
        set_if(settings, "saml_recipients", fmt::format("{}", fmt::join(options.recipients, ",")));
        set_if(settings, "saml_audiences", fmt::format("{}", fmt::join(options.audiences, ",")));
        set_if(settings, "saml_allow", fmt::format("{}", fmt::join(options.allow, ",")));
        set_if(settings, "saml_attribute_prefix", options.attribute_prefix);
        set_if(settings, "region", options.region);
        set_if(settings, "ca_file", options.ca_file);
        settings.set("http_loopback", options.http_loopback ? "true" : "false");
        settings.set("clock_skew", fmt::format("{}s", options.skew));
        std::string keys;
        for (const std::string& path : options.keys)
            keys += bytes_of_file(path) + "\n";
        if (!keys.empty())
            settings.set_secret("saml_key", keys);
    }
    settings.set("response_form", options.form);
    return settings;
}

awsfed::Verdict verdict_of(const VerifyOptions& options) {
    const awsfed::Settings settings = settings_of(options);
    return awsfed::Context().verify(settings, bytes_of_file(options.file), instant_of(options.at));
}

// ---- as JSON --------------------------------------------------------------------------------

void put(Json& json, std::string_view text) { json.String(text.data(), static_cast<rapidjson::SizeType>(text.size())); }
void put(Json& json, const char* name, std::string_view text) {
    json.Key(name);
    put(json, text);
}
void put_or_null(Json& json, const char* name, std::string_view text, bool there) {
    json.Key(name);
    if (there)
        put(json, text);
    else
        json.Null();
}

constexpr std::pair<const char*, awsfed_verified_field> always[] = {
    {"issuer", AWSFED_VERIFIED_ISSUER},
    {"name_id", AWSFED_VERIFIED_SUBJECT},
    {"name_id_format", AWSFED_VERIFIED_SUBJECT_FORMAT},
    {"assertion_id", AWSFED_VERIFIED_ID},
    {"recipient", AWSFED_VERIFIED_RECIPIENT},
    {"not_on_or_after", AWSFED_VERIFIED_NOT_ON_OR_AFTER},
};
constexpr std::pair<const char*, awsfed_verified_field> where_present[] = {
    {"session_name", AWSFED_VERIFIED_SESSION_NAME},
    {"source_identity", AWSFED_VERIFIED_SOURCE_IDENTITY},
    {"session_not_on_or_after", AWSFED_VERIFIED_SESSION_NOT_ON_OR_AFTER},
};

void put_roles(Json& json, const awsfed::Verified& assertion) {
    json.Key("roles");
    json.StartArray();
    for (const awsfed::RoleOffer& offer : assertion.roles()) {
        json.StartObject();
        put(json, "role", offer.role_arn);
        put(json, "provider", offer.principal_arn);
        json.EndObject();
    }
    json.EndArray();
}

void put_tags(Json& json, const awsfed::Verified& assertion) {
    json.Key("tags");
    json.StartObject();
    for (const auto& [key, value] : assertion.tags()) {
        put(json, key);
        put(json, value);
    }
    json.EndObject();
    json.Key("transitive_tag_keys");
    json.StartArray();
    for (const std::string& key : assertion.transitive_tag_keys())
        put(json, key);
    json.EndArray();
}

void put_assertion(Json& json, const awsfed::Verified& assertion) {
    for (const auto& [name, field] : always)
        put(json, name, assertion.text(field));
    for (const auto& [name, field] : where_present)
        put_or_null(json, name, assertion.text(field), assertion.has(field));
    json.Key("session_duration");
    if (const auto duration = assertion.session_duration())
        json.Int64(duration->count());
    else
        json.Null();
    put_roles(json, assertion);
    put_tags(json, assertion);
}

void put_checks(Json& json, const std::vector<awsfed::Check>& checks) {
    json.Key("checks");
    json.StartArray();
    for (const awsfed::Check& check : checks) {
        json.StartObject();
        put(json, "check", check.name);
        put(json, "outcome", check.outcome);
        put_or_null(json, "reason", check.reason, !check.reason.empty());
        put(json, "value", check.value);
        put(json, "detail", check.detail);
        json.EndObject();
    }
    json.EndArray();
}

std::string as_json(const awsfed::Verdict& verdict) {
    const std::vector<awsfed::Check> checks = verdict.checks();
    const auto failure = std::ranges::find(checks, "failed", &awsfed::Check::outcome);
    rapidjson::StringBuffer out;
    Json json(out);
    json.StartObject();
    json.Key("accepted");
    json.Bool(verdict.allows());
    put_or_null(json, "reason", failure == checks.end() ? "" : failure->reason, failure != checks.end());
    put(json, "detail", failure == checks.end() ? "" : failure->detail);
    put(json, "trust", verdict.trust());
    if (verdict.allows())
        put_assertion(json, verdict.verified());
    put_checks(json, checks);
    json.EndObject();
    return {out.GetString(), out.GetSize()};
}

// ---- as a table -----------------------------------------------------------------------------

void show(const awsfed::Verdict& verdict) {
    for (const awsfed::Check& check : verdict.checks()) {
        fmt::print("{:<8}{:<18}{}\n", check.outcome, check.name, plain(check.value));
        if (!check.detail.empty())
            fmt::print("{:26}{} [{}]\n", "", plain(check.detail), check.reason);
    }
    fmt::print("\n{} The keys that are believed are {}.\n",
               verdict.allows() ? "This response is proved, and as AWS takes it." : "This response is refused.",
               verdict.trust() == "url" ? "those of the metadata's address" : "pinned");
}

// ---- lines of arguments ---------------------------------------------------------------------

// A JSON list of strings.
struct ArgumentList : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, ArgumentList> {
    std::vector<std::string> items;
    bool open = false;

    bool StartArray() { return !std::exchange(open, true); }
    bool EndArray(rapidjson::SizeType) { return true; }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        items.emplace_back(text, size);
        return open;
    }
    bool Default() { return false; }
};

std::string answer_to(const std::string& line) {
    ArgumentList arguments;
    rapidjson::Reader reader;
    rapidjson::StringStream text(line.c_str());
    if (!reader.Parse(text, arguments))
        throw std::runtime_error("The line is not a JSON list of strings.");
    VerifyOptions options;
    CLI::App app;
    options.add_to(app);
    std::ranges::reverse(arguments.items); // as CLI11 wants them
    app.parse(arguments.items);
    return as_json(verdict_of(options));
}

std::string as_error(std::string_view message) {
    rapidjson::StringBuffer out;
    Json json(out);
    json.StartObject();
    put(json, "error", message);
    json.EndObject();
    return out.GetString();
}

} // namespace

void VerifyOptions::add_to(CLI::App& command) {
    command.add_option("file", file, "The response; - is standard input")->capture_default_str();
    CLI::Option* of = command.add_option("--connector", connector, "Whom to believe, as this connector says it");
    command.add_option("--config", config, "The config file with the connector")->needs(of);
    of->needs("--config");
    command.add_option("--metadata", metadata, "Whom to believe: SAML metadata, a file or an https URL")->excludes(of);
    command.add_option("--certificates", certificates, "PEM file with the only certificates to believe")->excludes(of);
    command.add_option("--entity-id", entity_id, "The only identity provider to believe")->excludes(of);
    command.add_option("--key", keys, "PEM file with a private key that opens encrypted assertions")
        ->excludes(of)
        ->allow_extra_args(false);
    command.add_option("--at", at, "The instant to judge by, YYYY-MM-DDThh:mm:ssZ. Default: now");
    command
        .add_option("--form", form,
                    "What the file is: xml, base64, or form, the body of a form post. Default: seen by itself")
        ->check(CLI::IsMember({"auto", "xml", "base64", "form"}));
    command.add_option("--recipient", recipients, "An allowed Recipient. Default: AWS's")
        ->excludes(of)
        ->allow_extra_args(false);
    command.add_option("--audience", audiences, "An allowed Audience. Default: AWS's")
        ->excludes(of)
        ->allow_extra_args(false);
    command.add_option("--allow", allow, "A weak algorithm to put up with: sha1, cbc or rsa1024")
        ->excludes(of)
        ->allow_extra_args(false);
    command.add_option("--skew", skew, "How many seconds the clocks may differ")->excludes(of)->capture_default_str();
    command.add_option("--region", region, "The region whose sign-in address and audience are meant")->excludes(of);
    command.add_option("--attribute-prefix", attribute_prefix, "What stands before Role in the name of that attribute")
        ->excludes(of);
    command.add_option("--ca-file", ca_file, "PEM file with the authorities to trust for an https URL")->excludes(of);
    command.add_flag("--http-loopback", http_loopback, "Plain http to this machine is allowed")->excludes(of);
}

int saml_verify(const VerifyOptions& options, bool json) {
    const awsfed::Verdict verdict = verdict_of(options);
    if (json)
        fmt::print("{}\n", as_json(verdict));
    else
        show(verdict);
    return verdict.allows() ? 0 : 1;
}

int saml_verify_lines() {
    std::string line;
    while (std::getline(std::cin, line)) {
        std::string answer;
        try {
            answer = answer_to(line);
        } catch (const std::exception& error) {
            answer = as_error(error.what());
        }
        fmt::print("{}\n", answer);
        std::fflush(stdout);
    }
    return 0;
}

} // namespace cli
