#include "settings/config_file.h"

#include "base/text.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::string_view blanks = " \t";

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_legal_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("-_/.%@:+").find(c) != std::string_view::npos;
    });
}

// A comment in a property's line begins with # or ; behind white space.
std::string_view without_comment(std::string_view line) {
    for (std::size_t i = 1; i < line.size(); ++i) {
        if ((line[i] == '#' || line[i] == ';') && is_blank(line[i - 1]))
            return line.substr(0, i);
    }
    return line;
}

class Reader {
public:
    Result<void> line(std::string_view text) {
        ++number_;
        if (text.ends_with('\r'))
            text.remove_suffix(1);
        if (trimmed(text).empty() || text.front() == '#' || text.front() == ';')
            return {};
        if (is_blank(text.front()))
            return continuation(trimmed(text));
        return text.front() == '[' ? section(text) : property(text);
    }

    std::vector<ConfigSection> take() && { return std::move(sections_); }

private:
    Failure wrong(std::string_view what) const {
        return fail(Code::config_malformed, "Line {} of the config file is wrong: {}.", number_, what);
    }

    Result<void> section(std::string_view text) {
        property_ = nullptr;
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos)
            return wrong("a section must end with ']'");
        const std::string_view rest = trimmed(text.substr(end + 1));
        if (!rest.empty() && rest.front() != '#' && rest.front() != ';')
            return wrong("nothing but a comment may follow ']'");

        const std::string_view title = trimmed(text.substr(1, end - 1));
        const std::size_t gap = std::min(title.find_first_of(blanks), title.size());
        const bool typed = gap != title.size();
        std::string_view name = typed ? trimmed(title.substr(gap)) : title;
        open(typed ? title.substr(0, gap) : std::string_view(), is_legal_name(name) ? name : std::string_view());
        return {};
    }

    void open(std::string_view type, std::string_view name) {
        const auto same = [&](const ConfigSection& s) { return s.type == type && s.name == name; };
        const auto found = std::ranges::find_if(sections_, same);
        current_ = static_cast<std::size_t>(found - sections_.begin());
        if (found == sections_.end())
            sections_.push_back({std::string(type), std::string(name), {}});
    }

    Result<void> property(std::string_view text) {
        property_ = nullptr;
        if (sections_.empty())
            return wrong("a property stands before the first section");
        text = without_comment(text);
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos)
            return wrong("a property needs an '=' sign");
        const std::string name = lower_ascii(trimmed(text.substr(0, equals)));
        if (name.empty())
            return wrong("a property has no name");
        property_ = &(is_legal_name(name) ? sections_[current_].properties[name] : ignored_);
        *property_ = trimmed(text.substr(equals + 1));
        nested_ = property_->empty();
        return {};
    }

    Result<void> continuation(std::string_view text) {
        if (property_ == nullptr)
            return wrong("a line that begins with white space must follow a property");
        if (nested_) {
            const std::size_t equals = text.find('=');
            if (equals == std::string_view::npos)
                return wrong("a nested property needs an '=' sign");
            if (trimmed(text.substr(0, equals)).empty())
                return wrong("a nested property has no name");
        }
        *property_ += '\n';
        *property_ += text;
        return {};
    }

    std::vector<ConfigSection> sections_;
    std::size_t current_ = 0;
    std::string* property_ = nullptr; // the one that a continuation goes on with
    bool nested_ = false;             // it has properties of its own
    std::string ignored_;             // where properties with illegal names go
    int number_ = 0;
};

} // namespace

Result<std::vector<ConfigSection>> read_config(std::string_view text) {
    if (text.find('\0') != std::string_view::npos || !is_utf8(text))
        return fail(Code::config_malformed, "The config file is not UTF-8 text.");
    Reader reader;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        AWSFED_CHECK(reader.line(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(reader).take();
}

} // namespace awsfed
