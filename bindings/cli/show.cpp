#include "show.h"

#include <fmt/core.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace cli {

namespace {

// Standard error may be closed or full. That must not hide the exit status, so nobody is told.
template <class... Args>
void say(fmt::format_string<Args...> text, Args&&... args) {
    const std::string line = fmt::format(text, std::forward<Args>(args)...);
    (void)std::fwrite(line.data(), 1, line.size(), stderr);
}

constexpr std::string_view indent = "        ";

// The first line at the margin of the others, the items of a list two further in.
void show_lines(std::string_view text) {
    bool first = true;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        say("{}{}{}\n", indent, first ? "" : "  ", plain(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
        first = false;
    }
}

void show_text(const awsfed::Error& error) {
    say("awsfed: {}\n", plain(error.message()));
    if (!error.setting().empty())
        say("{}setting: {}\n", indent, plain(error.setting()));
    if (!error.peer().empty())
        say("{}the server says: {}{}{}\n", indent, plain(error.peer()), error.trace().empty() ? "" : ", request ",
            plain(error.trace()));
    show_lines(error.advice());
    say("{}({})\n", indent, plain(error.code()));
}

void show_json(const awsfed::Error& error) {
    rapidjson::StringBuffer out;
    rapidjson::Writer<rapidjson::StringBuffer> writer(out);
    const auto member = [&](const char* name, std::string_view value) {
        writer.Key(name);
        writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    };
    writer.StartObject();
    member("status", awsfed_status_name(error.status()));
    member("code", error.code());
    member("message", error.message());
    member("advice", error.advice());
    member("stage", error.stage());
    member("setting", error.setting());
    member("peer", error.peer());
    member("trace", error.trace());
    writer.Key("http");
    writer.Int(error.http());
    writer.Key("retry_after_ms");
    writer.Int64(error.retry_after() ? error.retry_after()->count() : -1);
    writer.EndObject();
    say("{}\n", out.GetString());
}

} // namespace

void show_error(const awsfed::Error& error, ErrorFormat format) {
    if (format == ErrorFormat::json)
        show_json(error);
    else
        show_text(error);
}

void say_line(const std::string& text) { say("awsfed: {}\n", text); }

int exit_status(const awsfed::Error& error) { return 10 + error.status(); }

namespace {

// The bytes of a character at the front that steers a terminal, or turns the direction of what is read; 0 for any
// other.
std::size_t steering_bytes(std::string_view text) {
    const auto at = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    if (at(0) < 0x20 || at(0) == 0x7f)
        return 1;
    if (at(0) == 0xC2 && at(1) >= 0x80 && at(1) < 0xA0) // U+0080 to U+009F
        return 2;
    if (at(0) == 0xD8 && at(1) == 0x9C) // U+061C
        return 2;
    const bool marks = at(1) == 0x80 && (at(2) == 0x8E || at(2) == 0x8F || (at(2) >= 0xA8 && at(2) <= 0xAE));
    const bool isolates = at(1) == 0x81 && at(2) >= 0xA6 && at(2) <= 0xA9;
    return at(0) == 0xE2 && (marks || isolates) ? 3 : 0; // U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069
}

} // namespace

std::string plain(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t bytes = steering_bytes(text);
        out += bytes != 0 ? '?' : text.front();
        text.remove_prefix(std::max<std::size_t>(bytes, 1));
    }
    return out;
}

std::string utc(std::chrono::system_clock::time_point time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

} // namespace cli
