// Signature Version 4 where it is received: in headers only, which is what AWS's own tools send to STS.
#pragma once

#include "base/time.h"
#include "sandbox/exchange.h"
#include "sandbox/sts_document.h"
#include "sandbox/sts_sessions.h"
#include "sandbox/world.h"

#include <chrono>
#include <string>

namespace awsfed::sandbox {

inline constexpr std::chrono::minutes clock_window{15}; // of STS, by the messages that it writes

struct Signed {
    Caller caller;
    std::string region; // as the scope has it
};

// Who signed this request, when everything about the signature is right: its form, the scope (any region, the
// service sts), the time, the key, a temporary key's token and its life, and the signature itself.
StsResult<Signed> check_signature(const Received& request, const World& world, const SessionStore& sessions, Time now);

} // namespace awsfed::sandbox
