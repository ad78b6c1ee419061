// The query protocol's answers: what the library reads in them, by a model's shapes.
#include "vectors/query_shapes.h"

#include "aws/query_result.h"
#include "aws/sts_errors.h"
#include "base/text.h"
#include "http/date.h"

#include <fmt/format.h>

namespace vectors {

namespace {

using awsfed::QueryValue;

std::optional<awsfed::Time> timestamp(const Shape& shape, const QueryValue& value) {
    const std::string format = shape.timestamp_format();
    const std::string text = value.text();
    if (format == "unixTimestamp")
        return read_epoch(awsfed::trimmed(text));
    return format == "rfc822" ? awsfed::read_http_date(awsfed::trimmed(text)) : value.time();
}

std::string milliseconds(const std::optional<awsfed::Time>& time) {
    return time ? fmt::format("{} ms", time->time_since_epoch().count()) : "(no instant)";
}

std::string plain_text(const std::string& type, const QueryValue& value) {
    if (type == "string" || type == "character")
        return value.text();
    if (type == "boolean") {
        const std::optional<bool> truth = value.boolean();
        return truth ? (*truth ? "true" : "false") : "(no boolean)";
    }
    const std::optional<std::int64_t> number = value.integer();
    return number ? std::to_string(*number) : "(no integer)";
}

// Walks a model's shapes, and compares what is expected with what the library reads.
class Comparison {
public:
    explicit Comparison(Case& test) : test_(test) {}

    void structure(const std::string& path, const Shape& shape, const Json& expected, const QueryValue* got) {
        for (const auto& [name, value] : expected.members()) {
            if (!shape.member(name))
                return test_.fail(fmt::format("a member {} in the model", name), "none");
        }
        for (const auto& [name, use] : shape.members()) {
            const Shape member = shape.member(name).value();
            const std::string own = path.empty() ? name : path + "/" + name;
            const Json* wanted = expected.find(name);
            const auto found = got == nullptr ? std::nullopt : got->member(member.name(name));
            if (wanted == nullptr || wanted->is_null())
                test_.equal(own, "(absent)", found && member.left_out().empty() ? "(there)" : "(absent)");
            else if (const std::string_view why = member.left_out(); !why.empty())
                scope_.left_out.push_back({own, why});
            else if (!found)
                test_.fail(own, "nothing");
            else
                value(own, member, *wanted, *found);
        }
    }

    const Scope& scope() const { return scope_; }

private:
    void value(const std::string& path, const Shape& shape, const Json& expected, const QueryValue& got) {
        const std::string type = shape.type();
        std::string_view why = shape.left_out();
        if (type == "timestamp" && shape.timestamp_format() == "rfc822" &&
            expected.text().find('.') != std::string::npos)
            why = "an HTTP date with a fraction of a second"; // RFC 9110 has none
        if (!why.empty()) {
            scope_.left_out.push_back({path, why});
            return;
        }
        if (type == "structure")
            return structure(path, shape, expected, &got);
        ++scope_.judged;
        if (type == "list")
            list(path, shape, expected, got);
        else if (type == "timestamp")
            test_.equal(path, milliseconds(read_epoch(expected.text())), milliseconds(timestamp(shape, got)));
        else if (type == "boolean")
            test_.equal(path, expected.is_true() ? "true" : "false", plain_text(type, got));
        else
            test_.equal(path, expected.text(), plain_text(type, got));
    }

    void list(const std::string& path, const Shape& shape, const Json& expected, const QueryValue& got) {
        const Shape item = shape.item();
        const std::vector<QueryValue> found = got.items(item.name("member"));
        test_.equal(path + " items", std::to_string(expected.items().size()), std::to_string(found.size()));
        for (std::size_t i = 0; i < std::min(found.size(), expected.items().size()); ++i)
            value(fmt::format("{}/{}", path, i + 1), item, expected[i], found[i]);
    }

    Case& test_;
    Scope scope_;
};

awsfed::Response response_of(const Json& row) {
    awsfed::Response response;
    response.status = row["status_code"].number();
    for (const auto& [name, value] : row["headers"].members())
        response.headers.emplace_back(awsfed::lower_ascii(name), value.text());
    response.body = awsfed::Secret(row["body"].text());
    return response;
}

// The cases do not repeat it beside the answer.
std::string request_id_of(const awsfed::Response& response) {
    constexpr std::string_view tag = "<RequestId>";
    const std::string_view body = response.body.reveal();
    const std::size_t begin = body.find(tag);
    if (begin == body.npos)
        return std::string(response.header("x-amzn-requestid"));
    return std::string(body.substr(begin + tag.size(), body.find('<', begin + 1) - begin - tag.size()));
}

void compare_result(Case& test, Comparison& comparison, const Json& suite, const Json& row) {
    const Shape shape(suite["shapes"], row["given"]["output"]);
    const awsfed::Response response = response_of(row["response"]);
    const auto output = shape.has_members() ? awsfed::QueryOutput::members : awsfed::QueryOutput::none;
    const auto result = awsfed::read_query_result(row["given"]["name"].text(), response, output);
    if (!result)
        return test.fail("a result", result.error().message);
    comparison.structure("", shape, row["result"], result->value ? &*result->value : nullptr);
    test.equal("request id", request_id_of(response), result->request_id);
}

// A model's own word for an error, where it has one, is what the service sends.
std::string code_of(const Json& shapes, const std::string& name) {
    for (const std::string_view trait : {"error", "queryError"}) {
        if (const std::string code = shapes[name][trait]["code"].text(); !code.empty())
            return code;
    }
    return name;
}

void compare_error(Case& test, Comparison& comparison, const Json& suite, const Json& row) {
    const awsfed::Response response = response_of(row["response"]);
    const auto result = awsfed::read_query_result(row["given"]["name"].text(), response);
    const std::optional<awsfed::StsFault> fault = awsfed::read_sts_fault(response);
    if (result || !fault)
        return test.fail("an error", "none");
    test.equal("code", row["errorCode"].text(), fault->code);
    test.equal("code of the error", row["errorCode"].text(), result.error().peer);
    test.equal("HTTP status", std::to_string(response.status), std::to_string(result.error().http));
    test.equal("request id", request_id_of(response), result.error().trace);
    if (const Json* message = row.find("errorMessage"))
        test.equal("message", message->text(), fault->message);
    for (const Json& use : row["given"]["errors"].items()) {
        const Shape shape(suite["shapes"], use);
        if (!row.has("error") || code_of(suite["shapes"], use["shape"].text()) != fault->code)
            continue;
        const awsfed::StsBody body = awsfed::read_sts_body(response);
        const auto element = body.xml ? body.xml->root().child("Error") : std::nullopt;
        const auto members = element ? std::optional(QueryValue(*element)) : std::nullopt;
        return comparison.structure("", shape, row["error"], members ? &*members : nullptr);
    }
    if (row.has("error"))
        test.fail("an error of the model", fault->code);
}

} // namespace

void run_query_output(const Json& suite, const Json& row, const std::string& name, Report& report) {
    Case test(report, name);
    Comparison comparison(test);
    if (row.has("errorCode"))
        compare_error(test, comparison, suite, row);
    else
        compare_result(test, comparison, suite, row);
    const Scope& scope = comparison.scope();
    if (scope.is_empty()) {
        test.set_aside();
        report.leave_out(name, scope.text());
    } else if (!scope.left_out.empty()) {
        report.judge_in_part(name, scope.text());
    }
}

} // namespace vectors
