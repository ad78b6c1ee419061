// What SigV4 and SigV4a take and give: a request, who signs it, and its signature. Both are for any service and method:
// in headers, or in a URL that another party may use. Text in, value out: nothing is sent, and the time comes from the
// caller.
#pragma once

#include "aws/canonical_request.h"
#include "base/secret.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed {

// Who signs. All borrowed for the call.
struct SigningKeys {
    std::string_view access_key_id;
    std::string_view secret_access_key;
    std::string_view session_token; // empty: long-term keys
};

// The request as it goes out. `headers` holds Host, with its port unless that is the scheme's own, and
// what else shall be signed; headers that change on the way are left out of the signature whatever is
// asked. X-Amz-Date, X-Amz-Region-Set, X-Amz-Security-Token and Authorization are the signer's own and are skipped
// here.
struct RequestToSign {
    std::string_view method{};
    std::string_view path = "/"; // as on the wire
    std::string_view query{}; // as on the wire, without '?'
    std::span<const HeaderView> headers{};
    std::string_view body{};
};

struct SigningRules {
    PathRule path{};
    bool add_body_hash = false; // X-Amz-Content-Sha256 is sent and signed: S3
    bool token_after_signing = false; // some old services want the token outside of the signature
    std::string_view body_hash{}; // instead of the body's own: "UNSIGNED-PAYLOAD"
};

struct Signature {
    Secret canonical_request; // may hold the session token
    std::string string_to_sign;
    std::string hex;
};

struct HeaderSignature {
    Signature signature;
    // To be sent with the request: X-Amz-Date, X-Amz-Content-Sha256 and X-Amz-Region-Set where they apply;
    std::vector<std::pair<std::string, std::string>> headers;
    // X-Amz-Security-Token where there is one, and Authorization.
    std::vector<std::pair<std::string, Secret>> secret_headers;
};

struct QuerySignature {
    Signature signature;
    Secret query; // the request's own, and the signer's parameters behind it
};

} // namespace awsfed
