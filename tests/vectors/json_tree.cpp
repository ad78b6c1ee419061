#include "vectors/json_tree.h"

#include "markup/json.h"
#include "markup/json_writer.h"
#include "vectors/report.h"

#include <algorithm>
#include <charconv>

namespace vectors {

class JsonBuilder : public awsfed::JsonVisitor {
public:
    bool object_begins(std::size_t) override { return begin(Json::Kind::object); }
    bool array_begins(std::size_t) override { return begin(Json::Kind::array); }
    bool object_ends(std::size_t) override { return end(); }
    bool array_ends(std::size_t) override { return end(); }
    bool key(std::string_view name, std::size_t) override {
        open_.back()->members_.emplace_back(name, Json());
        return true;
    }
    bool string(std::string_view value, std::size_t) override { return leaf(Json::Kind::string, value); }
    bool number(std::string_view digits, std::size_t) override { return leaf(Json::Kind::number, digits); }
    bool boolean(bool value, std::size_t) override { return leaf(Json::Kind::boolean, value ? "true" : "false"); }
    bool null(std::size_t) override { return leaf(Json::Kind::null, ""); }

    Json root;

private:
    // A container's place does not move while it is open: only the innermost one grows.
    Json& place() {
        if (open_.empty())
            return root;
        Json& parent = *open_.back();
        return parent.kind_ == Json::Kind::object ? parent.members_.back().second : parent.items_.emplace_back();
    }
    bool leaf(Json::Kind kind, std::string_view text) {
        Json& value = place();
        value.kind_ = kind;
        value.text_ = text;
        return true;
    }
    bool begin(Json::Kind kind) {
        Json& value = place();
        value.kind_ = kind;
        open_.push_back(&value);
        return true;
    }
    bool end() {
        open_.pop_back();
        return true;
    }

    std::vector<Json*> open_;
};

std::optional<Json> Json::parse(std::string_view text) {
    JsonBuilder builder;
    if (awsfed::read_json(text, builder))
        return std::nullopt;
    return std::move(builder.root);
}

std::optional<Json> Json::read(const std::filesystem::path& file) {
    const std::optional<std::string> text = read_file(file);
    return text ? parse(*text) : std::nullopt;
}

namespace {

void write(awsfed::JsonWriter& out, const Json& value) { // NOLINT(misc-no-recursion): no deeper than what was read
    if (value.is_object()) {
        out.begin_object();
        for (const auto& [name, member] : value.members()) {
            out.key(name);
            write(out, member);
        }
        out.end_object();
    } else if (value.is_array()) {
        out.begin_array();
        for (const Json& item : value.items())
            write(out, item);
        out.end_array();
    } else if (value.is_string()) {
        out.string(value.text());
    } else {
        out.json(value.is_null() ? "null" : value.plain());
    }
}

} // namespace

std::string Json::json() const {
    awsfed::JsonWriter out;
    write(out, *this);
    return out.text();
}

int Json::number() const {
    int value = 0;
    std::from_chars(text_.data(), text_.data() + text_.size(), value);
    return value;
}

const Json* Json::find(std::string_view name) const {
    const auto found = std::ranges::find(members_, name, &std::pair<std::string, Json>::first);
    return found == members_.end() ? nullptr : &found->second;
}

const Json& Json::operator[](std::string_view name) const {
    static const Json nothing;
    const Json* found = find(name);
    return found == nullptr ? nothing : *found;
}

const Json& Json::operator[](std::size_t index) const {
    static const Json nothing;
    return index < items_.size() ? items_[index] : nothing;
}

} // namespace vectors
