// Cases of AWS's query protocol in botocore's form: input/query.json and output/query.json, or one such file. A suite
// has the shapes of a model; a case of it what is "serialized" of which "params", or the "result" of which "response".
#include "vectors/query_shapes.h"
#include "vectors/report.h"

#include <fmt/format.h>

#include <stdexcept>

namespace vectors {

namespace {

// Older cases have no id.
std::string name_of(const Json& suite, const Json& row, std::size_t number) {
    const std::string id = row["id"].text();
    return id.empty() ? fmt::format("{} #{}", suite["description"].text(), number) : id;
}

void run_suite(const Json& suite, Report& report) {
    std::size_t number = 0;
    for (const Json& row : suite["cases"].items()) {
        const std::string name = name_of(suite, row, ++number);
        if (row.has("serialized"))
            run_query_input(suite, row, name, report);
        else if (row.has("response"))
            run_query_output(suite, row, name, report);
        else
            report.fail(name, "a request or an answer", "neither");
    }
}

} // namespace

void run_query_protocol(const std::filesystem::path& path, Report& report) {
    for (const auto& file : {path, path / "query.json", path / "input/query.json", path / "output/query.json"}) {
        if (!std::filesystem::is_regular_file(file))
            continue;
        const std::optional<Json> suites = Json::read(file);
        if (!suites)
            throw std::runtime_error(fmt::format("{} is no JSON", file.string()));
        for (const Json& suite : suites->items())
            run_suite(suite, report);
    }
}

} // namespace vectors
