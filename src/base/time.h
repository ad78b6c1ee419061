// Instants, their texts, and where the present one comes from.
#pragma once

#include "base/result.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace awsfed {

// UTC, in milliseconds since 1970.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

enum class ZoneRule { utc_only, any_offset };

// RFC 3339 / xs:dateTime: YYYY-MM-DDThh:mm:ss[.f...]Z. SAML demands the Z (saml-core 1.3.3); with
// any_offset "+hh:mm" and lower-case letters are read as well, as some STS servers write them.
// Empty when it is not an instant (February 30th is none).
std::optional<Time> read_time(std::string_view text, ZoneRule rule);

std::string iso_time(Time time);   // 2026-11-25T18:00:00Z
std::string basic_time(Time time); // 20261125T180000Z, as SigV4 has it

// The present. Passed in, so that tests decide what time it is.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

class SystemClock : public Clock {
public:
    Time now() const override;
};

// By a clock that nobody sets, and that goes on while the machine sleeps.
std::chrono::nanoseconds time_since_boot();

} // namespace awsfed
