#include "doctor.h"

#include "show.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace cli {

namespace {

constexpr std::size_t name_width = 17;
constexpr std::size_t indent = name_width + 2;
constexpr std::size_t line_width_usual = 110;

// ---- for people ---------------------------------------------------------------------------

std::size_t line_width() {
    winsize size{};
    const bool is_known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60;
    return is_known ? std::min<std::size_t>(size.ws_col, 160) : line_width_usual;
}

struct Mark {
    std::string_view outcome, mark, colour;
};
constexpr Mark marks[] = {{"ok", "+", "32"}, {"warning", "!", "33"}, {"failed", "x", "31"}, {"skipped", "-", "2"}};

std::string mark_of(std::string_view outcome, bool in_colour) {
    const auto* found = std::ranges::find(marks, outcome, &Mark::outcome);
    const Mark mark = found == std::end(marks) ? Mark{outcome, "?", "0"} : *found;
    return in_colour ? fmt::format("\033[{}m{}\033[0m", mark.colour, mark.mark) : std::string(mark.mark);
}

// At blanks; a word that is longer than a line stands by itself.
std::vector<std::string> lines_of(std::string_view text, std::size_t width) {
    std::vector<std::string> lines(1);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width)
            lines.emplace_back();
        lines.back() += lines.back().empty() ? "" : " ";
        lines.back() += word;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

void show_paragraph(std::string_view text, std::size_t margin, std::size_t width) {
    for (const std::string& line : lines_of(plain(text), width - margin))
        fmt::print("{:{}}{}\n", "", margin, line);
}

void show_advice(std::string_view advice, std::size_t width) {
    std::size_t margin = indent + 2;
    while (!advice.empty()) {
        const std::size_t end = std::min(advice.find('\n'), advice.size());
        show_paragraph(advice.substr(0, end), margin, width);
        advice.remove_prefix(std::min(end + 1, advice.size()));
        margin = indent + 4; // the items of a list
    }
}

void show(const awsfed::Step& step, std::size_t width, bool in_colour) {
    const std::vector<std::string> lines = lines_of(plain(step.found), width - indent);
    fmt::print("{} {:<{}}{}\n", mark_of(step.outcome, in_colour), plain(step.name), name_width, lines.front());
    for (std::size_t i = 1; i < lines.size(); ++i)
        fmt::print("{:{}}{}\n", "", indent, lines[i]);
    if (step.outcome == "ok" || step.outcome == "skipped")
        return;
    show_advice(step.advice, width);
    if (!step.code.empty())
        fmt::print("{:{}}({}{}{})\n", "", indent + 2, plain(step.code), step.setting.empty() ? "" : ", setting ",
                   plain(step.setting));
}

void show(const awsfed::Report& report) {
    const std::size_t width = line_width();
    const bool in_colour = ::isatty(STDOUT_FILENO) == 1;
    std::size_t failed = 0;
    std::size_t warnings = 0;
    for (const awsfed::Step& step : report.steps()) {
        show(step, width, in_colour);
        failed += step.outcome == "failed" ? 1 : 0;
        warnings += step.outcome == "warning" ? 1 : 0;
    }
    const std::string also = warnings == 0 ? "" : fmt::format(", {} warning(s)", warnings);
    if (report.is_healthy())
        fmt::print("\nNothing is wrong as far as was looked{}.\n", also);
    else
        fmt::print("\n{} step(s) failed{}.\n", failed, also);
}

// ---- for machines -------------------------------------------------------------------------

void show_as_json(const awsfed::Report& report) {
    rapidjson::StringBuffer out;
    rapidjson::Writer<rapidjson::StringBuffer> json(out);
    const auto put = [&](const char* name, std::string_view text) {
        json.Key(name);
        json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    };
    json.StartObject();
    json.Key("healthy");
    json.Bool(report.is_healthy());
    json.Key("steps");
    json.StartArray();
    for (const awsfed::Step& step : report.steps()) {
        json.StartObject();
        put("step", step.name);
        put("outcome", step.outcome);
        put("found", step.found);
        put("advice", step.advice);
        put("code", step.code);
        put("setting", step.setting);
        json.EndObject();
    }
    json.EndArray();
    json.EndObject();
    fmt::print("{}\n", out.GetString());
}

// ---- the record ---------------------------------------------------------------------------

[[noreturn]] void cannot_write(const std::string& path, int error) {
    throw std::runtime_error(fmt::format("{} cannot be written: {}", path, std::generic_category().message(error)));
}

// A file of ours alone, that was not there before: whoever finds one there may need it.
class RecordFile {
public:
    explicit RecordFile(std::string path)
        : path_(std::move(path)), fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
        if (fd_ < 0)
            cannot_write(path_, errno);
    }
    RecordFile(const RecordFile&) = delete;
    RecordFile& operator=(const RecordFile&) = delete;
    ~RecordFile() {
        ::close(fd_);
        if (!is_written_)
            ::unlink(path_.c_str());
    }
    void write(std::string_view text) {
        while (!text.empty()) {
            const ssize_t done = ::write(fd_, text.data(), text.size());
            if (done < 0 && errno != EINTR)
                cannot_write(path_, errno);
            text.remove_prefix(done < 0 ? 0 : static_cast<std::size_t>(done));
        }
        is_written_ = true;
    }

private:
    std::string path_;
    int fd_;
    bool is_written_ = false;
};

} // namespace

void DoctorWishes::add_to(CLI::App& command, Options& options) {
    options.add_to(command);
    command.add_option("name", options.connector, "The connector to look at, by name or id; the same as --connector");
    command.add_flag("--with-password", with_password,
                     "Sign in as well. The password is sent once, past the ledger, and counts as an attempt");
    command.add_flag("--trade", trade, "And have STS trade the response for credentials, which are thrown away");
    command.add_option_function<std::string>(
        "--record", [this](const std::string& path) { record = path; },
        "Write what the provider said to this new file (mode 0600), with stand-ins for names and secrets");
    command.add_flag("--json", json, "As JSON");
}

int doctor(const Options& options, const DoctorWishes& wishes) {
    if (wishes.trade && !wishes.with_password && !options.settings.contains("assertion"))
        throw std::runtime_error("--trade needs --with-password: without a sign-in there is nothing to trade.");
    const awsfed::Settings settings = options.make_settings();
    std::optional<RecordFile> file; // before anything is sent: a place that cannot be written costs no attempt
    if (wishes.record)
        file.emplace(*wishes.record);
    const std::uint32_t flags = (wishes.with_password ? AWSFED_DOCTOR_PASSWORD : 0) |
                                (wishes.trade ? AWSFED_DOCTOR_TRADE : 0) | (wishes.record ? AWSFED_DOCTOR_RECORD : 0);
    const awsfed::Report report = options.make_context().doctor(settings, flags);
    if (file && !report.talk().empty())
        file->write(report.talk());
    if (wishes.json)
        show_as_json(report);
    else
        show(report);
    return report.is_healthy() ? 0 : 1;
}

} // namespace cli
