// One call of STS by a plan: over what connections, under what veil, and what becomes of the answer.
#pragma once

#include "aws/sts.h"
#include "flow/context.h"
#include "flow/sts_plan.h"
#include "http/curl_transport.h"

#include <chrono>
#include <memory>
#include <optional>

namespace awsfed {

// For one thread. It stays in its place, since its parts know each other.
class StsCall {
public:
    // What is secret in the plan, and `caller`, is hidden in the log's lines. `caller` signs; null: that of the plan.
    // It must outlive the call.
    StsCall(const Context& context, std::shared_ptr<const StsPlan> plan, const Credentials* caller, Log log);
    StsCall(const StsCall&) = delete;
    StsCall& operator=(const StsCall&) = delete;

    const Log& log() const { return log_; }

    // What the action answers, to the plan's request.
    Result<StsResult> ask(const Cancel& cancel);
    // Of an action that gives credentials. A duration that is refused is asked for once more, shorter.
    Result<Credentials> session(const Cancel& cancel);

private:
    void hide_asked(); // what the call itself holds; where there is nothing to hide it in, it is left
    void hide(const Credentials& keys);
    Failure told(Error error);
    Result<Session> once_more(const Error& refusal, const Cancel& cancel);
    Result<void> still_good(const Session& session) const;
    Result<void> long_enough(const Session& session) const;
    Credentials finished(Session&& session);

    std::shared_ptr<const StsPlan> plan_;
    const Credentials* caller_;
    Log log_;
    CurlTransport transport_;
    Sts sts_;
    std::optional<std::chrono::seconds> wanted_; // the duration that was asked for last
};

} // namespace awsfed
