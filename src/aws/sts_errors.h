// How STS says no, or whatever stands in its place: what kind of answer it is, what the server's words
// and AWS's codes mean to us, and the error that comes of it.
#pragma once

#include "aws/sts_answer.h"
#include "base/error.h"
#include "markup/xml_reader.h"

#include <optional>
#include <string>
#include <string_view>

namespace awsfed {

// The body of an answer, read once.
struct StsBody {
    enum class Kind { empty, xml, broken_xml, json, html, other };
    Kind kind = Kind::empty;
    std::optional<XmlReader> xml{};       // of xml
    XmlFault fault = XmlFault::malformed; // of broken_xml
};
StsBody read_sts_body(const Response& response);

std::string request_id_in_headers(const Response& response); // empty: none was sent
// From where servers put it in the document, else from the headers.
std::string request_id_in(const XmlElement& root, const Response& response);
std::optional<StsFault> fault_in(const StsBody& body, const Response& response);

struct StsJudgement {
    Code code;
    bool repeatable; // the same call may work; after a clock skew only with the clock put right
    std::string_view setting{};
    std::string_view advice{}; // instead of that of the code
};

// By the server's code, then by the HTTP status. The words of the message count only for a skewed clock,
// a second factor, a duration and a region, which have no codes of their own.
StsJudgement judge_fault(const StsFault& fault, int status);

// When the body says nothing.
StsJudgement judge_status(int status);

// The errors. Each has stage, HTTP status, request id and the wait before a repetition.
Failure refuse(const Response& response, std::string_view action, const StsJudgement& judgement, std::string message);
Failure refuse_fault(const Response& response, std::string_view action, const StsFault& fault);
// `what` goes on after "was refused:".
Failure refuse_malformed(const Response& response, std::string_view action, std::string_view what,
                         bool repeatable = false);
// Nothing in the body says what is wrong.
Failure refuse_by_status(const Response& response, std::string_view action, const StsBody& body);
// Status 200, but no XML document.
Failure refuse_body(const Response& response, std::string_view action, const StsBody& body);

} // namespace awsfed
