// What calls have in common: settings beneath those of the call, and where log lines go.
#pragma once

#include "base/log.h"
#include "base/result.h"
#include "settings/settings.h"

#include <sys/types.h>

#include <memory>
#include <mutex>

namespace awsfed {

class Context {
public:
    explicit Context(Settings settings);

    // The call's settings over the context's. Refuses in a forked child: libcurl's and OpenSSL's states
    // are not made for that.
    Result<Settings> settings_for(const Settings* call) const;

    // A log for one call or conversation, with a veil of its own.
    Log new_log() const;
    // The sink is released when the last call that may use it is over.
    void set_log(LogLevel level, std::shared_ptr<const Log::Sink> sink);

private:
    Settings settings_;
    pid_t process_;
    mutable std::mutex mutex_; // of the two below
    LogLevel level_ = LogLevel::warning;
    std::shared_ptr<const Log::Sink> sink_;
};

} // namespace awsfed
