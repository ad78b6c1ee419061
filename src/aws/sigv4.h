// Signature Version 4 of AWS (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
#pragma once

#include "aws/signature.h"
#include "aws/signing_key.h"
#include "base/result.h"
#include "base/time.h"

#include <chrono>

namespace awsfed {

// For what a signature is good.
struct SigningScope {
    std::string_view region;
    std::string_view service;
    Time time; // X-Amz-Date; the scope has its day
};

// Both refuse keys with blanks or control characters in them (a line end of a file is the usual cause; AWS
// would answer with IncompleteSignature), a scope that is not plain, and a request without Host. With a cache a key
// that is derived is kept for the next signature.
Result<HeaderSignature> sign_headers(const RequestToSign& request, const SigningKeys& keys, const SigningScope& scope,
                                     const SigningRules& rules = {}, SigningKeyCache* cache = nullptr);

// `lifetime` is 1 second to 7 days.
Result<QuerySignature> sign_query(const RequestToSign& request, const SigningKeys& keys, const SigningScope& scope,
                                  std::chrono::seconds lifetime, const SigningRules& rules = {},
                                  SigningKeyCache* cache = nullptr);

// As sign_query; the whole URL. `origin` is "https://host:port".
Result<Secret> presigned_url(std::string_view origin, const RequestToSign& request, const SigningKeys& keys,
                             const SigningScope& scope, std::chrono::seconds lifetime, const SigningRules& rules = {},
                             SigningKeyCache* cache = nullptr);

} // namespace awsfed
