#include "policy/name_parts.h"

#include <algorithm>
#include <ranges>

namespace awsfed::policy {

namespace {

// A text whose beginnings are parts: a name, a name backwards, or a name from some place on.
struct Line {
    std::string_view text;
    std::size_t name;
    std::size_t at; // where in the name it begins; of a name backwards nothing
};

std::size_t common(std::string_view a, std::string_view b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

// Lines that stand beside each other in order and begin alike, longer than with those around them.
struct Group {
    std::size_t first;
    std::size_t alike; // in how many characters
    NameSet names;
};

class Reader {
public:
    Reader(std::vector<Line> lines, PartKind kind, std::span<const std::string> names)
        : lines_(std::move(lines)), kind_(kind), names_(names) {
        out_.of_name.resize(names.size());
        std::ranges::sort(lines_, {}, [](const Line& line) { return std::pair(line.text, line.name); });
    }

    // The inner nodes of the tree that the sorted lines are, found with a stack of those still open.
    NameParts read() && {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            const std::size_t before = alike(i);
            const std::size_t after = alike(i + 1);
            close_down_to(before, i);
            Group own{i, lines_[i].text.size(), {}};
            own.names.add(lines_[i].name);
            if (own.alike > std::max(before, after))
                keep(own, i + 1, std::max(before, after));
            if (after > before)
                open_.push_back({i, after, {}});
            if (!open_.empty())
                open_.back().names |= own.names;
        }
        close_down_to(0, lines_.size());
        return std::move(out_);
    }

private:
    // How far the line at this place begins as the one before it does.
    std::size_t alike(std::size_t place) const {
        return place == 0 || place == lines_.size() ? 0 : common(lines_[place - 1].text, lines_[place].text);
    }

    void close_down_to(std::size_t alike_left, std::size_t end) {
        while (!open_.empty() && open_.back().alike > alike_left) {
            const Group group = open_.back();
            open_.pop_back();
            const std::size_t around = std::max(alike_left, open_.empty() ? 0 : open_.back().alike);
            keep(group, end, around);
            if (around > 0 && (open_.empty() || open_.back().alike < around))
                open_.push_back({group.first, around, {}});
            if (!open_.empty())
                open_.back().names |= group.names;
        }
    }

    void keep(const Group& group, std::size_t end, std::size_t around) {
        const std::size_t length = around + 1;
        const auto place_in_name = [&](const Line& line) {
            return kind_ == PartKind::end ? names_[line.name].size() - length : line.at;
        };
        for (std::size_t i = group.first; i < end; ++i)
            out_.of_name[lines_[i].name].push_back({out_.parts.size(), place_in_name(lines_[i])});
        const Line& first = lines_[group.first];
        out_.parts.push_back({group.names, first.name, place_in_name(first), length});
    }

    std::vector<Line> lines_;
    PartKind kind_;
    std::span<const std::string> names_;
    std::vector<Group> open_; // each begins alike in more characters than the one below it
    NameParts out_;
};

} // namespace

NameParts parts_of(std::span<const std::string> names, PartKind kind) {
    std::vector<std::string> backwards;
    if (kind == PartKind::end)
        for (const std::string& name : names)
            backwards.emplace_back(name.rbegin(), name.rend());

    std::vector<Line> lines;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string_view text(kind == PartKind::end ? std::string_view(backwards[i]) : names[i]);
        const std::size_t starts = kind == PartKind::middle ? text.size() : 1;
        for (std::size_t at = 0; at < starts; ++at)
            lines.push_back({text.substr(at), i, at});
    }
    return Reader(std::move(lines), kind, names).read();
}

} // namespace awsfed::policy
