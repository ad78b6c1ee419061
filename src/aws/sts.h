// The Security Token Service: any of its actions, signed where it must be, repeated where that may help.
#pragma once

#include "aws/endpoint.h"
#include "aws/retry.h"
#include "aws/service_clock.h"
#include "aws/signing_key.h"
#include "aws/sts_answer.h"
#include "aws/sts_request.h"
#include "base/cancel.h"
#include "base/log.h"
#include "base/result.h"
#include "credentials/credentials.h"
#include "http/transport.h"

#include <memory>
#include <string_view>

namespace awsfed {

// What the calls of one Context leave to each other.
struct StsMemory {
    explicit StsMemory(const Clock& own) : clock(own), other_clocks(own) {}

    // That of AWS, or of the one other service: what tells a wrong time must not make the rest refuse.
    std::shared_ptr<ServiceClock> clock_of(const Endpoint& endpoint);

    ServiceClock clock; // AWS's
    ServiceClocks other_clocks;
    RetryBudget budget;
    SigningKeyCache signing_keys;
};

// All borrowed.
struct StsTools {
    Transport& transport;
    StsMemory& memory;
    const Random& random;
    const Log& log;
    int attempts = 3; // the most of one call
};

// A call is repeated as the AWS SDKs do, but never with an MFA code in it, which is good for one attempt. A redirect is
// not followed. An error's retry_after_ms says whether the same call might work later.
//
// The endpoint may be of any STS-compatible service: its scheme, port and path are kept. What proves itself by a token
// is not signed, and needs no region.
class Sts {
public:
    Sts(StsTools tools, Endpoint endpoint)
        : tools_(tools), endpoint_(std::move(endpoint)), clock_(tools_.memory.clock_of(endpoint_)) {}

    // `caller` signs; null where the action needs nobody.
    Result<StsResult> call(const StsRequest& request, const Credentials* caller, const Cancel& cancel) const;
    // Of an action that gives out credentials. Those of another role than was asked for are sts_answer_malformed.
    Result<Session> session(const StsRequest& request, const Credentials* caller, const Cancel& cancel) const;
    const Clock& clock() const { return *clock_; } // the service's

private:
    // One HTTP exchange of a call.
    struct Attempt {
        Time signed_at;
        std::optional<Time> service_time{}; // by the answer
    };

    Result<void> check(const StsRequest& request, const Credentials* caller) const;
    Result<void> sign(Request& request, const Credentials& caller, Time time) const;
    Result<StsResult> attempt(const StsActionRow& action, Request& request, const Credentials* caller, Attempt& attempt,
                              const Cancel& cancel) const;
    Error judged(const StsActionRow& action, Error error, const Attempt& made) const;

    StsTools tools_;
    Endpoint endpoint_;
    std::shared_ptr<ServiceClock> clock_;
};

} // namespace awsfed
