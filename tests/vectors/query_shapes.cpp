#include "vectors/query_shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace vectors {

std::optional<Shape> Shape::member(std::string_view name) const {
    const Json* use = own()["members"].find(name);
    return use == nullptr ? std::nullopt : std::optional(Shape(*shapes_, *use));
}

// A name that the shape itself has is that of a document's root, which the query protocol has no use for.
std::string Shape::name(std::string_view otherwise) const {
    const Json* name = use_->find("locationName");
    return name == nullptr ? std::string(otherwise) : name->text();
}

std::string Shape::timestamp_format() const {
    const std::string format = trait("timestampFormat").text();
    return format.empty() ? "iso8601" : format;
}

std::string_view Shape::left_out() const {
    constexpr std::array<std::string_view, 9> judged{"string",  "character", "boolean", "byte",     "short",
                                                     "integer", "long",      "list",    "structure"};
    const std::string kind = type();
    if (kind == "list" && trait("flattened").is_true())
        return "a flattened list";
    if (kind == "map")
        return "a map";
    if (kind == "float" || kind == "double")
        return "a floating-point number";
    if (kind == "blob")
        return "a blob";
    return kind == "timestamp" || std::ranges::find(judged, kind) != judged.end() ? "" : "of an unknown type";
}

const Json& Shape::trait(std::string_view name) const {
    const Json* found = use_->find(name);
    return found == nullptr ? own()[name] : *found;
}

std::string Scope::text() const {
    std::string parts;
    for (const Part& part : left_out)
        parts += fmt::format("{}{} is {}", parts.empty() ? "" : ", ", part.path, part.why);
    return parts;
}

std::optional<awsfed::Time> read_epoch(std::string_view text) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr double seconds_max = 1e12; // a double holds milliseconds up to there, and year 9999 is nearer
    if (error != std::errc() || end != text.data() + text.size() || std::abs(seconds) > seconds_max)
        return std::nullopt;
    return awsfed::Time(std::chrono::milliseconds(std::llround(seconds * 1000)));
}

std::string epoch(awsfed::Time time) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

} // namespace vectors
