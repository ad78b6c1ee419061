// What STS answers, or whatever stands between answers in its place: read strictly, judged by rule.
#pragma once

#include "aws/sts_action.h"
#include "base/result.h"
#include "credentials/credentials.h"
#include "http/transport.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed {

// The result of any STS action, by the paths of its members: "AssumedRoleUser/Arn". Members that are
// secret are apart. An "Expiration" is written as 2026-11-25T18:00:00Z, however the server wrote it, and is
// empty if it is no instant. Credentials are the direct member of that name, not one further down.
struct StsResult {
    std::vector<std::pair<std::string, std::string>> members{}; // in their order, trimmed
    std::vector<std::pair<std::string, Secret>> secrets{};      // keys and tokens
    std::string request_id{};                                   // empty: none was sent

    std::string_view member(std::string_view path) const; // empty when there is none
    std::optional<std::int64_t> number(std::string_view path) const;
    const Secret* secret(std::string_view path) const;
    StsResult clone() const;
};

// A session that STS gave out. What an action does not have is empty.
struct Session {
    Credentials credentials;
    std::string assumed_role_arn{}, assumed_role_id{};     // AssumeRole*
    std::string federated_user_arn{}, federated_user_id{}; // GetFederationToken
    std::string subject{}, subject_type{}, issuer{}, audience{}, name_qualifier{}; // AssumeRoleWithSAML
    std::string source_identity{};
    std::optional<std::int64_t> packed_policy_size{}; // percent; replaced by the next two in 2026
    std::optional<std::int64_t> token_utilization{};  // percent of the room in a session token
    std::optional<std::int64_t> token_size{};         // bytes
    std::string request_id{};
};

// The server's own words about a failure.
struct StsFault {
    std::string code;
    std::string message;
    std::optional<std::string> type{}; // "Sender", "Receiver"
    std::string request_id{};          // from the body, else from the headers
};

// STS writes <ErrorResponse>; Ceph and MinIO also <Error>, older services <Response><Errors>, gateways JSON.
// Empty when the body is no such thing.
std::optional<StsFault> read_sts_fault(const Response& response);

// Refused whole unless every member that the action owes is there and has its form: a key with a control
// character, half a set of credentials and an expiration that is no instant are worse than a failure.
// The error has the code of awsfed, AWS's own code and request id, the HTTP status, and whether the same
// call may be repeated. `action` is AWS's name: "AssumeRole".
Result<StsResult> read_sts_result(std::string_view action, const Response& response);

// What an action that gives out credentials has given. usage: it gives none.
Result<Session> session_of(const StsActionRow& action, StsResult&& result);
Result<Session> read_session(std::string_view action, const Response& response);

// "sts/assume-role-with-saml": the stage of errors of that action.
std::string sts_stage(std::string_view action);

} // namespace awsfed
