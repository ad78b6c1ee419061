// intersect, compare, dead, shrink and explain: questions about all requests at once.
#include "json_value.h"
#include "output.h"
#include "policy.h"
#include "policy_file.h"
#include "policy_page.h"
#include "show.h"

#include <fmt/core.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <stdexcept>

namespace cli {

namespace {

constexpr int yes = 0;
constexpr int no = 1;
constexpr int undecided = 3;

JsonValue value_of(const awsfed::Analysis& analysis) {
    auto value = JsonValue::parse(std::string(analysis.json()));
    if (!value)
        throw std::runtime_error("The library's answer is no JSON.");
    return std::move(*value);
}

// With line breaks, for people; machines do not mind.
std::string pretty(std::string_view document) {
    const std::string text(document);
    rapidjson::StringStream from(text.c_str());
    rapidjson::StringBuffer to;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(to);
    writer.SetIndent(' ', 2);
    rapidjson::Reader().Parse(from, writer);
    return to.GetString();
}

// "s3:PutObject on arn:aws:s3:::b/k, with aws:SourceIp 10.0.0.1"
std::string words_of(const JsonValue& request) {
    std::string out = request["action"].text() + " on " + request["resource"].text();
    std::string context;
    for (const auto& [key, values] : request["context"].members()) {
        context += fmt::format("{}{}", context.empty() ? ", with " : ", ", key);
        for (const JsonValue& value : values.items())
            context += " " + value.text();
    }
    return plain(out + context);
}

// " for example s3:PutObject on *", or nothing.
std::string example_of(const JsonValue& answer) {
    return answer["witness"].is_object() ? fmt::format("; for example {}", words_of(answer["witness"])) : std::string();
}

void add_all(awsfed::Policies& policies, awsfed_layer layer, const std::vector<std::string>& files,
             std::string_view type) {
    for (const std::string& file : files)
        policies.add(layer, usable_policy(file, type).policy);
}

awsfed::Policies role_and_session(const std::vector<std::string>& role, const std::vector<std::string>& session) {
    awsfed::Policies policies;
    add_all(policies, AWSFED_LAYER_IDENTITY, role, "identity");
    add_all(policies, AWSFED_LAYER_SESSION, session, "identity"); // those by ARN may be longer than inline ones
    return policies;
}

} // namespace

void PolicyCommand::add_questions(CLI::App& command) {
    const auto of_role_and_session = [&](const char* name, const char* help) {
        CLI::App* made = command.add_subcommand(name, help);
        made->add_option("--role", role_, "Policies of the role or user")->required();
        made->add_option("--session", session_, "Session policies")->required();
        return made;
    };
    intersect_ = of_role_and_session("intersect", "Write what role and session policies allow together as one policy");
    dead_ = of_role_and_session("dead", "Say what in session policies has no effect under the role's");
    explain_ = of_role_and_session("explain", "Show role, session and what is left of both, for who has to approve it");
    explain_->add_option("--html", html_, "Write a page to this file; - is standard output");
    compare_ = command.add_subcommand("compare", "Does the first policy allow anything that the second does not?");
    compare_->add_option("policies", files_, "Two policies; - is standard input")->required()->expected(2);
    shrink_ = command.add_subcommand("shrink", "Write the same policy in fewer characters, proved to be the same");
    shrink_->add_option("policy", files_, "The policy; - is standard input")->required()->expected(1);
    shrink_->add_option("--type", type_, "Its type: identity, session and others")->capture_default_str();
    shrink_->add_option("--chars", chars_max_, "What it shall fit in; STS takes 2,048");
    shrink_->add_flag("--wildcards", wildcards_,
                      "Also by wildcards that match the same actions of today: they grow with AWS");
    shrink_->add_flag("--split", split_, "Over several documents where one does not do");
    for (CLI::App* one : {intersect_, dead_, explain_, compare_, shrink_}) {
        one->add_option("--steps", steps_, "Bound on the work");
        one->add_flag("--json", json_, "As JSON");
    }
}

int PolicyCommand::intersect() const {
    const awsfed::Analysis analysis = role_and_session(role_, session_).intersect(steps_);
    if (json_) {
        fmt::print("{}\n", analysis.json());
    } else {
        const JsonValue answer = value_of(analysis);
        for (const JsonValue& one : answer["documents"].items()) {
            fmt::print("{}\n", pretty(one["document"].text()));
            if (one["label"].text() != "exact")
                say_line(fmt::format("This document allows {} than role and session together{}.",
                                     one["label"].text() == "upper" ? "more" : "less", example_of(one)));
        }
        if (answer["answer"].text() == "unknown")
            say_line(fmt::format("{}", plain(answer["why"].text())));
    }
    return analysis.answer() == "exact" ? yes : analysis.answer() == "unknown" ? undecided : no;
}

int PolicyCommand::compare() const {
    std::array<awsfed::Policies, 2> sides;
    for (std::size_t i = 0; i < sides.size(); ++i)
        sides[i].add(AWSFED_LAYER_IDENTITY, usable_policy(files_[i], "identity").policy);
    const awsfed::Analysis analysis = sides[0].compare(sides[1], steps_);
    if (json_) {
        fmt::print("{}\n", analysis.json());
    } else {
        const JsonValue answer = value_of(analysis);
        const auto say = [](std::string_view one, std::string_view other, const JsonValue& within) {
            const std::string& held = within["answer"].text();
            if (held == "yes")
                fmt::print("{} allows nothing that {} does not.\n", one, other);
            else if (held == "no")
                fmt::print("{} allows what {} does not{}.\n", one, other, example_of(within));
            else
                fmt::print("Whether {} allows more than {} is not decided: {}\n", one, other,
                           plain(within["why"].text()));
        };
        const std::string first = plain(files_[0]);
        const std::string second = plain(files_[1]);
        say(first, second, answer["a_within_b"]);
        say(second, first, answer["b_within_a"]);
    }
    const std::string held = value_of(analysis)["a_within_b"]["answer"].text(); // a gate asks this way alone
    return held == "yes" ? yes : held == "no" ? no : undecided;
}

namespace {

std::string_view words_of_state(const std::string& state) {
    return state == "useful"           ? "has an effect"
           : state == "no_role_allow"  ? "no effect: the role does not allow it"
           : state == "role_denies"    ? "no effect: the role denies it"
           : state == "session_denies" ? "no effect: the session policy denies it itself"
                                       : "not decided within the bound on work";
}

// What of each statement has no effect; with `all`, also what has.
void print_report(const JsonValue& report, bool all) {
    for (const JsonValue& one : report["statements"].items()) {
        const std::string place = fmt::format("policy {}, statement {}", one["policy"].text(), one["statement"].text());
        for (const JsonValue& part : one["parts"].items())
            if (all || part["state"].text() != "useful")
                fmt::print("{}: {} on {}: {}\n", place, plain(part["action"].text()), plain(part["resource"].text()),
                           words_of_state(part["state"].text()));
        if (one["redundant"].text() == "true")
            fmt::print("{}: the other statements allow the same without it\n", place);
    }
    const JsonValue& within = report["within_role"];
    if (within["answer"].text() == "no")
        fmt::print("The session policies name more than the role allows, which has no effect{}.\n", example_of(within));
}

} // namespace

int PolicyCommand::dead() const {
    const awsfed::Analysis analysis = role_and_session(role_, session_).session_report(steps_);
    if (json_)
        fmt::print("{}\n", analysis.json());
    else if (analysis.answer() == "useful")
        fmt::print("All of it has an effect.\n");
    else
        print_report(value_of(analysis), false);
    return analysis.answer() == "useful" ? yes : analysis.answer() == "unknown" ? undecided : no;
}

int PolicyCommand::shrink() const {
    const PolicyFile file = usable_policy(files_.front(), type_);
    std::uint32_t flags = 0;
    if (wildcards_)
        flags |= AWSFED_SHRINK_WILDCARDS;
    if (split_)
        flags |= AWSFED_SHRINK_SPLIT;
    const awsfed::Analysis analysis = awsfed::shrink(file.policy, flags, chars_max_, steps_);
    if (json_) {
        fmt::print("{}\n", analysis.json());
    } else {
        for (const std::string_view document : analysis.documents())
            fmt::print("{}\n", document);
        const JsonValue answer = value_of(analysis);
        say_line(fmt::format(
            "{} characters, {} before{}{}.", answer["characters_after"].text(), answer["characters_before"].text(),
            answer["data_date"].is_null() ? "" : "; the same for all actions of " + answer["data_date"].text(),
            analysis.answer() == "too-long" ? "; it does not fit" : ""));
        if (analysis.answer() == "unknown")
            say_line(fmt::format("It is as it was: {}", plain(answer["why"].text())));
    }
    return analysis.answer() == "fits" ? yes : analysis.answer() == "unknown" ? undecided : no;
}

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void put(Writer& json, const char* name, std::string_view text) {
    json.Key(name);
    json.String(text.empty() ? "" : text.data(), static_cast<rapidjson::SizeType>(text.size()));
}
void put_json(Writer& json, const char* name, std::string_view value) {
    json.Key(name);
    json.RawValue(value.data(), value.size(), rapidjson::kObjectType);
}

void put_files(Writer& json, const char* name, const std::vector<std::string>& files) {
    json.Key(name);
    json.StartArray();
    for (const std::string& file : files) {
        json.StartObject();
        put(json, "name", file == "-" ? std::string_view() : std::string_view(file).substr(file.rfind('/') + 1));
        put(json, "document", usable_policy(file, "identity").policy.text());
        json.EndObject();
    }
    json.EndArray();
}

} // namespace

int PolicyCommand::explain() const {
    const awsfed::Policies policies = role_and_session(role_, session_);
    const awsfed::Analysis report = policies.session_report(steps_);
    const awsfed::Analysis left = policies.intersect(steps_);
    rapidjson::StringBuffer out;
    Writer json(out);
    json.StartObject();
    put_files(json, "role", role_);
    put_files(json, "session", session_);
    put_json(json, "report", report.json());
    put_json(json, "left", left.json());
    json.EndObject();
    if (!html_.empty()) {
        std::string why;
        if (!write_output(html_, policy_page(policy_page_of(out.GetString())), why))
            throw std::runtime_error(html_ + ": " + why);
    } else if (json_) {
        fmt::print("{}\n", out.GetString());
    } else {
        print_report(value_of(report), true);
        fmt::print("\nWhat is left of both ({}):\n", left.answer());
        for (const std::string_view document : left.documents())
            fmt::print("{}\n", pretty(document));
    }
    return left.answer() == "unknown" ? undecided : yes;
}

} // namespace cli
