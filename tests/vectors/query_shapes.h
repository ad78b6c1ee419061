// The shapes of a service model in AWS's JSON form, as far as the cases of the query protocol need them.
#pragma once

#include "base/time.h"
#include "vectors/json_tree.h"
#include "vectors/report.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vectors {

// A shape where it is used: {"shape": its name, and traits of the use}.
class Shape {
public:
    Shape(const Json& shapes, const Json& use) : shapes_(&shapes), use_(&use) {}

    std::string type() const { return own()["type"].text(); }
    bool has_members() const { return !own()["members"].members().empty(); }
    // Of a structure. Empty when the model has no such member.
    std::optional<Shape> member(std::string_view name) const;
    const std::vector<std::pair<std::string, Json>>& members() const { return own()["members"].members(); }
    Shape item() const { return {*shapes_, own()["member"]}; } // of a list

    // What it is called on the wire.
    std::string name(std::string_view otherwise) const;
    bool is_idempotency_token() const { return (*use_)["idempotencyToken"].is_true(); }
    // "iso8601", "unixTimestamp" or "rfc822".
    std::string timestamp_format() const;

    // What is not judged, "a map" for one; empty when it is.
    std::string_view left_out() const;

private:
    const Json& own() const { return (*shapes_)[(*use_)["shape"].text()]; }
    const Json& trait(std::string_view name) const; // of the use, else of the shape

    const Json* shapes_;
    const Json* use_;
};

// Which parts of a case were judged, and which were not and why.
struct Scope {
    struct Part {
        std::string path;
        std::string_view why;
    };
    int judged = 0;
    std::vector<Part> left_out{};

    // Nothing is left to judge.
    bool is_empty() const { return judged == 0 && !left_out.empty(); }
    std::string text() const; // "values is a map, data is a blob"
};

// Seconds since 1970, perhaps with a fraction: 946845296.123.
std::optional<awsfed::Time> read_epoch(std::string_view text);
std::string epoch(awsfed::Time time);

// One case of a suite, {"metadata", "shapes", "cases"}.
void run_query_input(const Json& suite, const Json& row, const std::string& name, Report& report);
void run_query_output(const Json& suite, const Json& row, const std::string& name, Report& report);

} // namespace vectors
