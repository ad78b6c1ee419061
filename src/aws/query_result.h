// What an answer of AWS's query protocol holds, whatever the service and the action: structures, lists and plain
// values, read by the names of the service model
// (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#response-serialization). Namespaces and prefixes
// do not count. What a particular action owes is for its own reader to judge.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "http/transport.h"
#include "markup/xml_reader.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

// A structure, a list or a plain value: the reader knows which it wants. It borrows from the document.
class QueryValue {
public:
    explicit QueryValue(XmlElement element) : element_(element) {}

    // Of a structure. Empty when it has no such member.
    std::optional<QueryValue> member(std::string_view name) const;
    // Of a list, in their order. A model may give its items another name.
    std::vector<QueryValue> items(std::string_view name = "member") const;

    // A string has all its white space. The others may have some around them, and are empty when they are none.
    std::string text() const { return element_.plain_text(); }
    Secret secret() const { return element_.text(); }
    std::optional<std::int64_t> integer() const;
    std::optional<bool> boolean() const;
    std::optional<Time> time() const; // as read_query_time has it

    const XmlElement& element() const { return element_; }

private:
    XmlElement element_;
};

// RFC 3339 with any offset from UTC, and with the leap second, which is the first second of the next minute.
std::optional<Time> read_query_time(std::string_view text);

struct QueryResult {
    std::optional<XmlReader> document{};
    std::optional<QueryValue> value{}; // a structure; empty for an action that answers nothing
    std::string request_id{};          // empty: none was sent
};

// Whether the model of an action has members in its answer. One without them may answer with no body at all.
enum class QueryOutput { members, none };

// A fault, a redirect, another status than 200 and a document that does not answer this action are errors, as
// read_sts_result in aws/sts_answer.h describes them. `action` is AWS's name: "AssumeRole".
Result<QueryResult> read_query_result(std::string_view action, const Response& response,
                                      QueryOutput output = QueryOutput::members);

} // namespace awsfed
