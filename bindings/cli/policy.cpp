#include "policy.h"

#include "policy_file.h"
#include "show.h"

#include <fmt/core.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>

namespace cli {

namespace {

constexpr int yes = 0;
constexpr int no = 1;

// What STS is asked for, sts:TagSession too, is a matter of the role's trust policy: it has no other resources with a
// policy of their own.
bool is_of_sts(std::string_view action) {
    constexpr std::string_view service = "sts:";
    return std::ranges::equal(
        action.substr(0, service.size()), service, {}, [](char c) { return c | 0x20; },
        [](char c) { return c | 0x20; });
}

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void put(Writer& json, std::string_view text) {
    json.String(text.empty() ? "" : text.data(), static_cast<rapidjson::SizeType>(text.size()));
}
void put(Writer& json, const char* name, std::string_view text) {
    json.Key(name);
    put(json, text);
}
void put(Writer& json, const char* name, std::uint64_t number) {
    json.Key(name);
    json.Uint64(number);
}

// From the least to the worst.
constexpr std::array<std::string_view, 4> severities{"suggestion", "warning", "dead", "refused"};
std::size_t rank_of(std::string_view severity) {
    return static_cast<std::size_t>(std::ranges::find(severities, severity) - severities.begin());
}

void put(Writer& json, const awsfed::Finding& finding) {
    json.StartObject();
    put(json, "code", finding.code);
    put(json, "severity", finding.severity);
    put(json, "what", finding.what);
    put(json, "advice", finding.advice);
    put(json, "pointer", finding.pointer);
    put(json, "line", finding.line);
    put(json, "column", finding.column);
    put(json, "offset", finding.offset);
    put(json, "length", finding.length);
    json.EndObject();
}

void put(Writer& json, const PolicyFile& file) {
    json.StartObject();
    put(json, "file", file.name);
    json.Key("accepted");
    json.Bool(file.policy.is_accepted());
    json.Key("findings");
    json.StartArray();
    for (const awsfed::Finding& finding : file.policy.findings())
        put(json, finding);
    json.EndArray();
    json.EndObject();
}

struct NamedLayer {
    awsfed_layer layer;
    std::string_view name;
};
constexpr std::array layer_names{
    NamedLayer{AWSFED_LAYER_SCP, "SCP"},           NamedLayer{AWSFED_LAYER_RCP, "RCP"},
    NamedLayer{AWSFED_LAYER_ENDPOINT, "endpoint"}, NamedLayer{AWSFED_LAYER_RESOURCE, "resource"},
    NamedLayer{AWSFED_LAYER_IDENTITY, "identity"}, NamedLayer{AWSFED_LAYER_BOUNDARY, "boundary"},
    NamedLayer{AWSFED_LAYER_SESSION, "session"},   NamedLayer{AWSFED_LAYER_SERVICE, "service"},
};
std::string_view name_of(awsfed_layer layer) {
    const auto* found = std::ranges::find(layer_names, layer, &NamedLayer::layer);
    return found == layer_names.end() ? "none" : found->name;
}

std::string_view name_of(const awsfed::Decision& decision) {
    return decision.allows()                                    ? "allow"
           : decision.decision == AWSFED_DECISION_EXPLICIT_DENY ? "explicit_deny"
                                                                : "implicit_deny";
}

std::vector<std::string_view> missing_of(const awsfed::Decision& decision) {
    std::vector<std::string_view> names;
    for (const NamedLayer& one : layer_names)
        if ((decision.missing >> static_cast<unsigned>(one.layer) & 1U) != 0)
            names.push_back(one.name);
    return names;
}

// Files of the layers, in the order in which they were added: so a decision's policy has its file's name.
using LayerFiles = std::vector<std::pair<awsfed_layer, const std::vector<std::string>*>>;

std::string file_of(const LayerFiles& files, const awsfed::Decision& decision) {
    for (const auto& [layer, names] : files)
        if (layer == decision.layer && decision.policy >= 0) {
            const bool has_levels = layer == AWSFED_LAYER_SCP || layer == AWSFED_LAYER_RCP; // a file is a level
            const auto index = static_cast<std::size_t>(has_levels ? decision.level : decision.policy);
            return index < names->size() ? (*names)[index] : std::string();
        }
    return {};
}

void print_decision(const awsfed::Decision& decision, const std::string& file) {
    if (decision.decision == AWSFED_DECISION_IMPLICIT_DENY) {
        std::string layers;
        for (const std::string_view name : missing_of(decision))
            layers += fmt::format("{}{}", layers.empty() ? "" : ", ", name);
        fmt::print("implicit deny: no Allow in {}\n", layers.empty() ? "any policy" : layers);
        return;
    }
    fmt::print("{}", decision.allows() ? "allow" : "explicit deny");
    if (decision.statement >= 0)
        fmt::print(": statement {} of the {} policy{}{}", decision.statement, name_of(decision.layer),
                   file.empty() ? "" : " ", plain(file));
    else
        fmt::print(": no policy decides this, AWS does");
    fmt::print("\n");
}

void print_decision_as_json(const awsfed::Decision& decision, const std::string& file) {
    rapidjson::StringBuffer out;
    Writer json(out);
    json.StartObject();
    put(json, "decision", name_of(decision));
    if (decision.layer >= 0)
        put(json, "layer", name_of(decision.layer));
    if (decision.statement >= 0) {
        put(json, "file", file);
        put(json, "level", static_cast<std::uint64_t>(decision.level));
        put(json, "policy", static_cast<std::uint64_t>(decision.policy));
        put(json, "statement", static_cast<std::uint64_t>(decision.statement));
    }
    json.Key("missing");
    json.StartArray();
    for (const std::string_view name : missing_of(decision))
        put(json, name);
    json.EndArray();
    json.EndObject();
    fmt::print("{}\n", out.GetString());
}

} // namespace

void PolicyCommand::add_to(CLI::App& command) {
    command.require_subcommand(1);
    add_lint(command);
    add_evaluate(command);
    add_questions(command);
}

void PolicyCommand::add_lint(CLI::App& command) {
    lint_ = command.add_subcommand("lint", "Say what is wrong with policies, and where");
    lint_->add_option("file", files_, "Policies; - is standard input")->required();
    lint_->add_option("--type", type_, "identity, session, boundary, resource, trust, scp, rcp or endpoint")
        ->capture_default_str();
    lint_->add_option("--fail-on", fail_on_, "Exit with 1 from this severity on: suggestion, warning, dead or refused")
        ->check(CLI::IsMember(std::vector<std::string>(severities.begin(), severities.end())))
        ->capture_default_str();
    lint_->add_flag("--json", json_, "As JSON");
}

void PolicyCommand::add_evaluate(CLI::App& command) {
    evaluate_ = command.add_subcommand("evaluate", "Decide about one request as AWS would");
    evaluate_->add_option("--action", action_, "s3:GetObject")->required();
    evaluate_->add_option("--resource", resource_, "Its ARN; * for actions without resources")->capture_default_str();
    evaluate_->add_option("--identity", role_, "Policies of the role or user");
    evaluate_->add_option("--session", session_, "Session policies, united with each other");
    evaluate_->add_option("--boundary", boundary_, "Permissions boundary");
    evaluate_->add_option("--resource-policy", resource_policy_, "Policy of the resource; of a role, its trust policy");
    evaluate_->add_option("--endpoint", endpoint_, "Policies of the VPC endpoint");
    evaluate_->add_option("--scp", scp_, "Service control policies, one a level, from the root down");
    evaluate_->add_option("--rcp", rcp_, "Resource control policies, one a level");
    evaluate_->add_option("--principal", principal_, "Who asks: ARN of a user, role, session or federated user");
    evaluate_->add_option("--role-arn", role_arn_, "The role of a session, where it has a path");
    evaluate_->add_option("--federated-by", federated_by_, "The user behind a federated user");
    evaluate_->add_option("--identity-provider", identity_provider_, "What trust policies call Federated");
    evaluate_->add_option("--resource-account", resource_account_, "Where it is another than the principal's");
    evaluate_->add_option("--context", context_, "KEY=VALUE of a condition key; again for another value");
    evaluate_->add_flag("--json", json_, "As JSON");
}

int PolicyCommand::run() const {
    const int answer = answer_of_command();
    if (std::fflush(stdout) != 0) // a gate must not pass on what nobody could read
        throw std::system_error(errno, std::generic_category(), "standard output");
    return answer;
}

int PolicyCommand::answer_of_command() const {
    if (*lint_)
        return lint();
    if (*evaluate_)
        return evaluate();
    if (*intersect_)
        return intersect();
    if (*compare_)
        return compare();
    if (*dead_)
        return dead();
    if (*shrink_)
        return shrink();
    return explain();
}

int PolicyCommand::lint() const {
    const bool in_colour = ::isatty(STDOUT_FILENO) == 1;
    rapidjson::StringBuffer out;
    Writer json(out);
    std::size_t worst = 0;
    std::size_t found = 0;
    json.StartArray();
    for (const std::string& name : files_) {
        const PolicyFile file(name, type_);
        for (const awsfed::Finding& finding : file.policy.findings()) {
            worst = std::max(worst, rank_of(finding.severity) + 1);
            ++found;
            if (!json_)
                fmt::print("{}\n", shown(file, finding, in_colour));
        }
        put(json, file);
    }
    json.EndArray();
    if (json_)
        fmt::print("{}\n", out.GetString());
    else if (found == 0)
        fmt::print("Nothing to find.\n");
    return worst > rank_of(fail_on_) ? no : yes;
}

int PolicyCommand::evaluate() const {
    const std::vector<std::string> resource_policies(resource_policy_.empty() ? 0 : 1, resource_policy_);
    struct Row {
        awsfed_layer layer;
        const char* type;
        const std::vector<std::string>* files;
    };
    const std::array rows{
        Row{AWSFED_LAYER_IDENTITY, "identity", &role_},
        Row{AWSFED_LAYER_SESSION, "session", &session_},
        Row{AWSFED_LAYER_BOUNDARY, "boundary", &boundary_},
        Row{AWSFED_LAYER_ENDPOINT, "endpoint", &endpoint_},
        Row{AWSFED_LAYER_SCP, "scp", &scp_},
        Row{AWSFED_LAYER_RCP, "rcp", &rcp_},
        Row{AWSFED_LAYER_RESOURCE, is_of_sts(action_) ? "trust" : "resource", &resource_policies},
    };
    awsfed::Policies policies;
    LayerFiles names;
    for (const Row& row : rows) {
        const bool has_levels = row.layer == AWSFED_LAYER_SCP || row.layer == AWSFED_LAYER_RCP;
        for (std::size_t i = 0; i < row.files->size(); ++i)
            policies.add(row.layer, usable_policy((*row.files)[i], row.type).policy, has_levels ? i : 0);
        names.emplace_back(row.layer, row.files);
    }
    awsfed::Access access(action_, resource_);
    access.set("principal", principal_).set("role_arn", role_arn_).set("federated_by", federated_by_);
    access.set("identity_provider", identity_provider_).set("resource_account", resource_account_);
    for (const std::string& pair : context_) {
        const std::size_t sign = std::min(pair.find('='), pair.size());
        access.add_context(std::string_view(pair).substr(0, sign),
                           std::string_view(pair).substr(std::min(sign + 1, pair.size())));
    }
    const awsfed::Decision decision = policies.evaluate(access);
    if (json_)
        print_decision_as_json(decision, file_of(names, decision));
    else
        print_decision(decision, file_of(names, decision));
    return decision.allows() ? yes : no;
}

} // namespace cli
