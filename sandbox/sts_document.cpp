#include "sandbox/sts_document.h"

#include "sandbox/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace awsfed::sandbox {

namespace {

constexpr std::string_view name_space = "https://sts.amazonaws.com/doc/2011-06-15/";
constexpr int bad_request = 400;

// The codes that do not come with 400.
struct StatusRow {
    std::string_view code;
    int status;
};
constexpr std::array status_table{
    StatusRow{"AccessDenied", 403},
    StatusRow{"IDPRejectedClaim", 403},
    StatusRow{"SignatureDoesNotMatch", 403},
    StatusRow{"InvalidClientTokenId", 403},
    StatusRow{"ExpiredToken", 403},
    StatusRow{"MissingAuthenticationToken", 403},
    StatusRow{"OutboundWebIdentityFederationDisabledException", 403},
    StatusRow{"SessionDurationEscalationException", 403},
    StatusRow{"ServiceUnavailable", 503},
    StatusRow{"MalformedQueryString", 404},
};

std::string request_id() {
    const std::string hex = random_hex(16);
    const std::string_view all = hex;
    return fmt::format("{}-{}-{}-{}-{}", all.substr(0, 8), all.substr(8, 4), all.substr(12, 4), all.substr(16, 4),
                       all.substr(20));
}

std::string written(const std::vector<StsMember>& members, int depth) {
    std::string text;
    const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
    for (const StsMember& member : members) {
        const std::string inside = member.members.empty()
                                       ? escaped(member.text)
                                       : fmt::format("\n{}{}", written(member.members, depth + 1), indent);
        text += fmt::format("{0}<{1}>{2}</{1}>\n", indent, member.name, inside);
    }
    return text;
}

Answer document(int status, const std::string& id, std::string body) {
    Answer answer;
    answer.status = status;
    answer.type = "text/xml";
    answer.headers.emplace_back("x-amzn-RequestId", id);
    answer.body = std::move(body);
    return answer;
}

} // namespace

StsFailure refuse(std::string code, std::string message, std::string why) {
    return std::unexpected(StsRefusal{.code = std::move(code), .message = std::move(message), .why = std::move(why)});
}

StsFailure invalid(std::string message) { return refuse("ValidationError", std::move(message)); }

Answer sts_result(std::string_view action, const std::vector<StsMember>& members, std::string outcome) {
    const std::string id = request_id();
    Answer answer =
        document(200, id,
                 fmt::format("<{0}Response xmlns=\"{1}\">\n  <{0}Result>\n{2}  </{0}Result>\n  <ResponseMetadata>\n"
                             "    <RequestId>{3}</RequestId>\n  </ResponseMetadata>\n</{0}Response>\n",
                             action, name_space, written(members, 2), id));
    answer.outcome = std::move(outcome);
    return answer;
}

Answer sts_refusal(const StsRefusal& refusal) {
    const std::string id = request_id();
    const auto row = std::ranges::find(status_table, refusal.code, &StatusRow::code);
    const int status = row == status_table.end() ? bad_request : row->status;
    Answer answer = document(
        status, id,
        fmt::format("<ErrorResponse xmlns=\"{}\">\n  <Error>\n    <Type>{}</Type>\n    <Code>{}</Code>\n"
                    "    <Message>{}</Message>\n  </Error>\n  <RequestId>{}</RequestId>\n</ErrorResponse>\n",
                    name_space, status >= 500 ? "Receiver" : "Sender", refusal.code, escaped(refusal.message), id));
    answer.outcome = refusal.code;
    answer.why = refusal.why.empty() ? refusal.message : refusal.why;
    return answer;
}

} // namespace awsfed::sandbox
