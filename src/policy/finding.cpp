#include "policy/finding.h"

#include "markup/json_tree.h"

#include <array>
#include <map>

namespace awsfed::policy {

namespace {

struct Row {
    std::string_view name;
    Severity severity;
    std::string_view advice;
};
constexpr std::array rows{
#define AWSFED_POLICY_FINDING(name, code, severity, advice) Row{code, Severity::severity, advice},
#include "policy/findings.def"
#undef AWSFED_POLICY_FINDING
};

const Row& row_of(FindingCode code) { return rows[static_cast<std::size_t>(code)]; }

// RFC 6901, 3: ~ and / of a key are escaped.
std::string escaped(std::string_view key) {
    std::string out;
    for (const char c : key) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

// Walks through a document and notes the pointers to places that are asked for.
class Pointers {
public:
    explicit Pointers(std::map<std::size_t, std::string>& wanted) : wanted_(wanted) {}

    // Not deeper than json_depth_max.
    void walk(JsonNode node) { // NOLINT(misc-no-recursion)
        note(node.offset());
        const std::size_t length = pointer_.size();
        std::size_t index = 0;
        for (const JsonNode child : node) {
            pointer_ += '/';
            pointer_ += node.is(JsonKind::object) ? escaped(child.key()) : std::to_string(index++);
            if (node.is(JsonKind::object))
                note(child.key_offset());
            walk(child);
            pointer_.resize(length);
        }
    }

private:
    void note(std::size_t offset) {
        if (const auto found = wanted_.find(offset); found != wanted_.end())
            found->second = pointer_;
    }

    std::map<std::size_t, std::string>& wanted_;
    std::string pointer_;
};

} // namespace

std::string_view Finding::name() const { return row_of(code).name; }
std::string_view Finding::advice() const { return row_of(code).advice; }
Severity usual_severity(FindingCode code) { return row_of(code).severity; }

std::string_view name_of(Severity severity) {
    switch (severity) {
    case Severity::refused: return "refused";
    case Severity::dead: return "dead";
    case Severity::warning: return "warning";
    case Severity::suggestion: return "suggestion";
    }
    return {};
}

std::vector<FindingPlace> places_of(std::string_view text, const std::vector<Finding>& findings) {
    std::map<std::size_t, std::string> pointers;
    for (const Finding& one : findings)
        pointers[one.offset];
    if (const auto tree = JsonTree::parse(text))
        Pointers(pointers).walk(tree->root());

    std::map<std::size_t, FindingPlace> places;
    JsonPlace last;
    for (auto& [offset, pointer] : pointers) { // each from the one before it
        const JsonPlace further = place_in(text.substr(last.offset), offset - last.offset);
        last.column = further.line == 1 ? last.column + further.column - 1 : further.column;
        last.line += further.line - 1;
        last.offset = offset;
        places[offset] = {last.line, last.column, std::move(pointer)};
    }
    std::vector<FindingPlace> out;
    out.reserve(findings.size());
    for (const Finding& one : findings)
        out.push_back(places[one.offset]);
    return out;
}

} // namespace awsfed::policy
