// The Security Token Service: the three actions that make a session.
#pragma once

#include "aws/sts_answer.h"
#include "aws/sts_request.h"
#include "base/cancel.h"
#include "base/result.h"
#include "base/time.h"
#include "credentials/credentials.h"
#include "http/transport.h"
#include "http/url.h"

#include <string>

namespace awsfed {

// One call is one exchange: it is not repeated here (libcurl sends it again where a kept connection breaks before an
// answer), and a redirect is not followed. An error's
// retry_after_ms says whether it may be repeated.
//
// The endpoint may be of any STS-compatible service: its scheme, port and path are kept. The region is
// what a signature is made for; AssumeRoleWithSAML is not signed and works without one.
class Sts {
public:
    Sts(Transport& transport, const Clock& clock, Url endpoint, std::string region);

    Result<Session> assume_role_with_saml(const AssumeRoleWithSaml& request, const Cancel& cancel) const;
    Result<Session> assume_role(const AssumeRole& request, const Credentials& caller, const Cancel& cancel) const;
    Result<Session> get_federation_token(const GetFederationToken& request, const Credentials& caller,
                                         const Cancel& cancel) const;

private:
    Request request_with(Secret body) const;
    Result<void> sign(Request& request, const Credentials& caller) const;
    Result<Session> send(std::string_view action, const Request& request, const Cancel& cancel) const;
    Result<Session> send_signed(std::string_view action, Secret body, const Credentials& caller,
                                const Cancel& cancel) const;

    Transport& transport_;
    const Clock& clock_;
    Url endpoint_;
    std::string region_;
};

} // namespace awsfed
