#include "aws/query_result.h"

#include "aws/sts_errors.h"
#include "base/limits.h"
#include "base/text.h"

#include <charconv>

namespace awsfed {

namespace {

Result<QueryResult> read_document(std::string_view action, const Response& response, XmlReader document,
                                  QueryOutput output) {
    const XmlElement root = document.root();
    const std::string_view name = root.name();
    if (!name.starts_with(action) || name.substr(action.size()) != "Response") {
        if (name.ends_with("Response"))
            return refuse_malformed(response, action, "it answers another action");
        return refuse(response, action, {Code::not_sts, false, "sts_endpoint"},
                      fmt::format("{} An XML document came in answer to {}.", row_of(Code::not_sts).meaning, action));
    }
    QueryResult result;
    result.request_id = request_id_in(root, response);
    if (const std::optional<XmlElement> element = root.child(std::string(action).append("Result")))
        result.value = QueryValue(*element);
    else if (output == QueryOutput::members)
        return refuse_malformed(response, action, "it has no result");
    result.document = std::move(document);
    return result;
}

} // namespace

std::optional<QueryValue> QueryValue::member(std::string_view name) const {
    const std::optional<XmlElement> child = element_.child(name);
    return child ? std::optional(QueryValue(*child)) : std::nullopt;
}

std::vector<QueryValue> QueryValue::items(std::string_view name) const {
    std::vector<QueryValue> found;
    for (const XmlElement& element : element_.children(name))
        found.emplace_back(element);
    return found;
}

std::optional<std::int64_t> QueryValue::integer() const {
    const std::string whole = text();
    const std::string_view digits = trimmed(whole);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return value;
}

std::optional<bool> QueryValue::boolean() const {
    const std::string whole = text();
    const std::string_view word = trimmed(whole);
    if (word == "true")
        return true;
    return word == "false" ? std::optional(false) : std::nullopt;
}

std::optional<Time> QueryValue::time() const { return read_query_time(trimmed(text())); }

std::optional<Time> read_query_time(std::string_view text) {
    constexpr std::size_t minute_at = 14; // in YYYY-MM-DDThh:mm:ss
    std::string plain(text);
    const bool leap = plain.size() > minute_at + 5 && plain.compare(minute_at, 5, "59:60") == 0;
    if (leap)
        plain.replace(minute_at, 5, "59:59");
    const std::optional<Time> time = read_time(plain, ZoneRule::any_offset);
    if (!time || !leap)
        return time;
    return std::chrono::floor<std::chrono::seconds>(*time) + std::chrono::seconds(1);
}

Result<QueryResult> read_query_result(std::string_view action, const Response& response, QueryOutput output) {
    if (response.body.size() > sts_answer_bytes_max)
        return refuse_malformed(response, action, "it is larger than any right one", true);
    StsBody body = read_sts_body(response);
    // A redirect is never followed, and a proxy's word is not the service's.
    if ((response.status >= 300 && response.status < 400) || response.status == 407)
        return refuse_by_status(response, action, body);
    if (const std::optional<StsFault> fault = fault_in(body, response))
        return refuse_fault(response, action, *fault);
    if (response.status != 200)
        return refuse_by_status(response, action, body);
    if (output == QueryOutput::none && body.kind == StsBody::Kind::empty) {
        QueryResult nothing;
        nothing.request_id = request_id_in_headers(response);
        return nothing;
    }
    if (body.kind != StsBody::Kind::xml)
        return refuse_body(response, action, body);
    return read_document(action, response, *std::move(body.xml), output);
}

} // namespace awsfed
