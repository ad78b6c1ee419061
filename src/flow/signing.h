// Signatures for requests of the host's own: what it sends to AWS itself, or lets another party send.
#pragma once

#include "base/cancel.h"
#include "base/secret.h"
#include "credentials/credentials.h"
#include "flow/context.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace awsfed {

struct HostRequest {
    std::string method;
    std::string url; // whole, as it will go out: its path is not normalised
    std::vector<std::pair<std::string, Secret>> headers{}; // to be signed; Host may be left out
    Secret body{};
    std::string body_hash{};   // instead of the body's own: hexadecimal SHA-256, or "UNSIGNED-PAYLOAD"
    std::optional<Time> time{}; // empty: now, by AWS's clock as far as it is known
};

struct SignedRequest {
    Secret url;                                            // of a presigned request with the signature in it
    std::vector<std::pair<std::string, Secret>> headers{}; // to be added to the request
};

// For the region of the settings, by `source` or the keys of the settings; signature_version says which kind. Paths are
// treated as the service has it: S3's as they are, others normalised and encoded once more.
Result<SignedRequest> sign_request(const Context& context, const Settings* call, const Credentials* source,
                                   const HostRequest& request, std::string_view service, const Cancel& cancel);
// `lifetime` is 1 second to 7 days.
Result<SignedRequest> presign_request(const Context& context, const Settings* call, const Credentials* source,
                                      const HostRequest& request, std::string_view service,
                                      std::chrono::seconds lifetime, const Cancel& cancel);

} // namespace awsfed
