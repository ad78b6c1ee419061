#include "sts.h"

#include "output.h"
#include "show.h"

#include <fmt/core.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

namespace cli {

namespace {

constexpr std::string_view credentials = "Credentials/";

void put(rapidjson::Writer<rapidjson::StringBuffer>& json, std::string_view text) {
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

// A secret member is null.
void show_as_json(const awsfed::Answer& answer) {
    rapidjson::StringBuffer out;
    rapidjson::Writer<rapidjson::StringBuffer> json(out);
    json.StartObject();
    for (const std::string& path : answer.members()) {
        put(json, path);
        if (answer.is_secret(path))
            json.Null();
        else
            put(json, answer.text(path));
    }
    put(json, "RequestId");
    put(json, answer.request_id());
    json.EndObject();
    fmt::print("{}\n", std::string_view(out.GetString(), out.GetSize()));
}

void show_as_table(const awsfed::Answer& answer) {
    for (const std::string& path : answer.members())
        fmt::print("{:<28}{}\n", plain(path), answer.is_secret(path) ? "(secret)" : plain(answer.text(path)));
    fmt::print("{:<28}{}\n", "RequestId", plain(answer.request_id()));
}

int show_member(const awsfed::Answer& answer, const StsQuestion& question) {
    const std::vector<std::string> members = answer.members();
    if (std::ranges::find(members, question.member) == members.end()) {
        say_line(fmt::format("The answer has no member \"{}\".", plain(question.member)));
        return 1;
    }
    std::string why;
    if (write_output(question.out.value_or(""), fmt::format("{}\n", answer.text(question.member)), why))
        return 0;
    say_line(fmt::format("The answer could not be written: {}.", why));
    return 1;
}

} // namespace

int sts(const Options& options, const StsQuestion& question) {
    if (question.out && question.out->empty()) { // an unset variable would put a token into the build's log
        say_line("--out names no file.");
        return 10 + AWSFED_E_USAGE;
    }
    if (question.member.starts_with(credentials)) {
        say_line(fmt::format("Use awsfed obtain --sts-action {}: it writes credentials in a form that tools read.",
                             plain(question.action)));
        return 10 + AWSFED_E_USAGE;
    }
    const awsfed::Settings settings = options.make_settings();
    const awsfed::Context context = options.make_context();
    const awsfed::Answer answer = context.sts_call(question.action, settings);
    if (!question.member.empty())
        return show_member(answer, question);
    if (question.json)
        show_as_json(answer);
    else
        show_as_table(answer);
    return 0;
}

} // namespace cli
