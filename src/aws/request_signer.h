// Puts a signature into a request: all that SigV4 and SigV4a do alike.
#pragma once

#include "aws/signature.h"
#include "base/hash.h"
#include "base/result.h"

#include <chrono>

namespace awsfed {

// What they do differently, for one signature.
class SigningMethod {
public:
    std::string_view algorithm;    // as the string to sign names it
    std::string_view region_set{}; // X-Amz-Region-Set; empty: that is not sent
    std::string date{};            // 20150830T123600Z
    std::string scope{};           // 20150830/us-east-1/sts/aws4_request

    explicit SigningMethod(std::string_view name) : algorithm(name) {}
    SigningMethod(const SigningMethod&) = delete;
    SigningMethod& operator=(const SigningMethod&) = delete;
    virtual ~SigningMethod() = default;

    // In hexadecimal digits.
    virtual Result<std::string> sign(Sha256& hash, std::string_view string_to_sign) const = 0;
};

// Refuse what sign_headers and sign_query (aws/sigv4.h) say.
Result<void> check_signable(const RequestToSign& request, const SigningKeys& keys);
bool is_scope_part(std::string_view text);
Result<void> check_service(std::string_view service);

// Of what has been checked.
Result<HeaderSignature> headers_signed_by(SigningMethod&& method, const RequestToSign& request, const SigningKeys& keys,
                                          const SigningRules& rules);
Result<QuerySignature> query_signed_by(const SigningMethod& method, const RequestToSign& request,
                                       const SigningKeys& keys, std::chrono::seconds lifetime,
                                       const SigningRules& rules);

} // namespace awsfed
