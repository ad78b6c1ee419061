// Signature Version 4A of AWS: as SigV4, but by a key of one's own on the curve P-256 instead of a shared one, so that
// a request may go to several regions
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
#pragma once

#include "aws/signature.h"
#include "base/p256.h"
#include "base/result.h"
#include "base/time.h"

#include <chrono>

namespace awsfed {

struct SigningScopeV4a {
    std::string_view region_set; // "us-east-1", "us-east-1,eu-*", "*"
    std::string_view service;
    Time time; // X-Amz-Date; the scope has its day
};

// They refuse what sign_headers and sign_query (aws/sigv4.h) refuse. A signature is another one each time.
Result<HeaderSignature> sign_headers_v4a(const RequestToSign& request, const SigningKeys& keys,
                                         const SigningScopeV4a& scope, const SigningRules& rules = {});

// `lifetime` is 1 second to 7 days.
Result<QuerySignature> sign_query_v4a(const RequestToSign& request, const SigningKeys& keys,
                                      const SigningScopeV4a& scope, std::chrono::seconds lifetime,
                                      const SigningRules& rules = {});

// The key that a pair of key id and secret access key stands for.
P256Key signing_key_v4a(std::string_view access_key_id, std::string_view secret_access_key);

} // namespace awsfed
