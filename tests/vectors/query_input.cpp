// The query protocol's requests: what the library's form writer makes of a model's shapes and their values. The body
// is judged; method, headers and URL are not its business.
#include "vectors/query_shapes.h"

#include "aws/sts_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace vectors {

namespace {

constexpr std::string_view fixed_token = "00000000-0000-4000-8000-000000000000"; // what cases expect of a random one

std::string timestamp(const Shape& shape, const Json& value) {
    const std::optional<awsfed::Time> time = read_epoch(value.text());
    if (!time)
        throw std::runtime_error(fmt::format("\"{}\" is no instant", value.text()));
    return shape.timestamp_format() == "unixTimestamp" ? epoch(*time) : awsfed::iso_time(*time);
}

// What the library reads but has no need to write.
std::string_view not_written(const Shape& shape, const Json& value) {
    if (shape.type() != "timestamp")
        return {};
    if (shape.timestamp_format() == "rfc822")
        return "an HTTP date";
    return value.text().find('.') == std::string::npos ? "" : "an instant with a fraction of a second";
}

// Walks values in their order and has the library write them.
class FormWalk {
public:
    FormWalk(std::string_view action, std::string_view version) : form_(action, version) {}

    void add_structure(const std::string& path, const Shape& shape, const Json& values) {
        for (const auto& [name, value] : values.members()) {
            const std::optional<Shape> member = shape.member(name);
            if (!member)
                throw std::runtime_error(fmt::format("The model has no member {}", name));
            add(below(path, member->name(name)), *member, value);
        }
        for (const auto& [name, use] : shape.members()) {
            const Shape member = shape.member(name).value();
            if (member.is_idempotency_token() && !values.has(name))
                add_plain(below(path, member.name(name)), fixed_token);
        }
    }

    const Scope& scope() const { return scope_; }
    awsfed::Secret take() && { return std::move(form_).take(); }

private:
    static std::string below(const std::string& path, const std::string& name) {
        return path.empty() ? name : path + "." + name;
    }

    void add(const std::string& path, const Shape& shape, const Json& value) {
        const std::string type = shape.type();
        if (const std::string_view why = shape.left_out(); !why.empty())
            scope_.left_out.push_back({path, why});
        else if (const std::string_view reason = not_written(shape, value); !reason.empty())
            scope_.left_out.push_back({path, reason});
        else if (type == "structure")
            add_structure(path, shape, value);
        else if (type == "list")
            add_list(path, shape, value);
        else if (type == "boolean")
            add_plain(path, value.is_true() ? "true" : "false");
        else if (type == "timestamp")
            add_plain(path, timestamp(shape, value));
        else
            add_plain(path, value.text());
    }

    void add_list(const std::string& path, const Shape& shape, const Json& values) {
        if (values.items().empty())
            return add_plain(path, "");
        const Shape item = shape.item();
        int number = 0;
        for (const Json& value : values.items())
            add(fmt::format("{}.{}.{}", path, item.name("member"), ++number), item, value);
    }

    void add_plain(const std::string& path, std::string_view value) {
        ++scope_.judged;
        form_.add(path, value);
    }

    awsfed::StsForm form_;
    Scope scope_;
};

struct Pair {
    std::string name, value;
};

// The inverse of a form, written apart from the library (https://url.spec.whatwg.org/#urlencoded-parsing).
std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        const char* digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            out += static_cast<char>(byte);
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::vector<Pair> pairs_of(std::string_view body) {
    std::vector<Pair> pairs;
    while (!body.empty()) {
        const std::string_view pair = body.substr(0, body.find('&'));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        pairs.push_back({decoded(pair.substr(0, equals)), decoded(pair.substr(std::min(equals + 1, pair.size())))});
        body.remove_prefix(std::min(pair.size() + 1, body.size()));
    }
    return pairs;
}

std::vector<Pair> pairs_in(std::string_view body, const Scope& scope) {
    std::vector<Pair> pairs = pairs_of(body);
    for (const Scope::Part& part : scope.left_out)
        std::erase_if(
            pairs, [&](const Pair& pair) { return pair.name == part.path || pair.name.starts_with(part.path + "."); });
    return pairs;
}

void compare(Case& test, const std::vector<Pair>& expected, const std::vector<Pair>& got) {
    for (std::size_t i = 0; i < std::min(expected.size(), got.size()); ++i) {
        test.equal("name", expected[i].name, got[i].name);
        test.equal(expected[i].name, expected[i].value, got[i].value);
    }
    test.equal("number of pairs", std::to_string(expected.size()), std::to_string(got.size()));
}

// What is of the request as a whole, not of its form.
std::string_view whole_left_out(const Json& row) {
    if (row["given"].has("endpoint"))
        return "it has a host prefix";
    if (row["given"].has("requestcompression"))
        return "it is compressed";
    return {};
}

} // namespace

void run_query_input(const Json& suite, const Json& row, const std::string& name, Report& report) {
    if (const std::string_view why = whole_left_out(row); !why.empty())
        return report.leave_out(name, why);
    FormWalk walk(row["given"]["name"].text(), suite["metadata"]["apiVersion"].text());
    try {
        walk.add_structure("", Shape(suite["shapes"], row["given"]["input"]), row["params"]);
    } catch (const std::runtime_error& error) {
        return report.fail(name, "values of the model", error.what());
    }
    Scope scope = walk.scope();
    if (scope.is_empty())
        return report.leave_out(name, scope.text());
    const std::vector<Pair> expected = pairs_in(row["serialized"]["body"].text(), scope);
    if (suite.has("clientEndpoint"))
        scope.left_out.push_back({"the URL", "kept as the user wrote it"});
    if (!scope.left_out.empty())
        report.judge_in_part(name, scope.text());
    Case test(report, name);
    compare(test, expected, pairs_of(std::move(walk).take().reveal()));
}

} // namespace vectors
