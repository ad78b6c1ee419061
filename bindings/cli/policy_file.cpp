#include "policy_file.h"

#include "show.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace cli {

namespace {

constexpr std::size_t bytes_max = 1024 * 1024; // what the library reads
constexpr std::size_t shown_chars = 100;       // of a line, around the place

std::string read_whole(const std::string& file) {
    using Stream = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
    const bool is_standard = file == "-";
    const Stream stream(is_standard ? stdin : std::fopen(file.c_str(), "rbe"),
                        is_standard ? [](std::FILE*) { return 0; } : &std::fclose);
    if (!stream)
        throw std::system_error(errno, std::generic_category(), file);
    std::string text(bytes_max + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), stream.get()));
    if (std::ferror(stream.get()) != 0)
        throw std::system_error(errno, std::generic_category(), file);
    return text;
}

std::string_view colour_of(std::string_view severity) {
    return severity == "refused" ? "31" : severity == "dead" ? "35" : severity == "warning" ? "33" : "36";
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }
std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}
// The byte at which that character begins.
std::size_t byte_of(std::string_view text, std::size_t character) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (begins_character(text[i]) && character-- == 0)
            return i;
    return text.size();
}

// The part of the finding's line that is shown, and what of it is underlined; in characters.
struct Excerpt {
    std::string_view text;
    std::size_t before, marked;
};
Excerpt excerpt_of(std::string_view text, const awsfed::Finding& finding) {
    const std::size_t offset = std::min(finding.offset, text.size());
    const std::size_t begin = text.substr(0, offset).rfind('\n') + 1; // npos + 1 is 0
    std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
    std::size_t before = characters(line.substr(0, offset - begin));
    const std::size_t marked =
        std::max<std::size_t>(characters(line.substr(offset - begin).substr(0, finding.length)), 1);
    if (before + marked > shown_chars && before > shown_chars / 3) { // a policy in one line
        const std::size_t left_out = before - shown_chars / 3;
        line.remove_prefix(byte_of(line, left_out));
        before -= left_out;
    }
    line = line.substr(0, byte_of(line, shown_chars));
    return {line, before, std::min(marked, std::max<std::size_t>(characters(line), before + 1) - before)};
}

std::string painted(std::string_view text, std::string_view colour, bool in_colour) {
    return in_colour ? fmt::format("\033[{}m{}\033[0m", colour, text) : std::string(text);
}

} // namespace

PolicyFile::PolicyFile(const std::string& file, std::string_view type)
    : name(file), text(read_whole(file)), policy(text, type) {}

PolicyFile usable_policy(const std::string& file, std::string_view type) {
    PolicyFile read(file, type);
    for (const awsfed::Finding& finding : read.policy.findings())
        if (finding.severity == "refused")
            say_line(shown(read, finding, false));
    return read;
}

std::string shown(const PolicyFile& file, const awsfed::Finding& finding, bool in_colour) {
    const std::string_view colour = colour_of(finding.severity);
    const Excerpt excerpt = excerpt_of(file.text, finding);
    const std::string number = std::to_string(finding.line);
    std::string underline(excerpt.marked, '~');
    underline.front() = '^';
    std::string out =
        fmt::format("{}:{}:{}: {}: {} [{}]\n", plain(file.name == "-" ? "standard input" : file.name), finding.line,
                    finding.column, painted(finding.severity, colour, in_colour), plain(finding.what), finding.code);
    out += fmt::format("{:>6} | {}\n", number, plain(excerpt.text));
    out += fmt::format("{:>6} | {:{}}{}\n", "", "", excerpt.before, painted(underline, colour, in_colour));
    out += fmt::format("{:>6} = {}", "", plain(finding.advice));
    return out;
}

} // namespace cli
