#include "flow/context.h"

#include "aws/sts.h"
#include "http/curl_pool.h"

#include <unistd.h>

namespace awsfed {

namespace {

const SystemClock system_clock;
const SystemRandom system_random;

} // namespace

Context::Context(Settings settings)
    : settings_(std::move(settings)), process_(::getpid()), connections_(std::make_shared<CurlPool>()),
      sts_memory_(std::make_shared<StsMemory>(system_clock)), cache_(system_random) {}

Result<void> Context::check_process() const {
    if (::getpid() != process_)
        return fail(Code::forked, "This context was made before the process forked.");
    return {};
}

Result<Settings> Context::settings_for(const Settings* call) const {
    AWSFED_CHECK(check_process());
    const Settings none;
    return settings_.overlaid_by(call != nullptr ? *call : none);
}

Log Context::new_log() const {
    const std::lock_guard lock(mutex_);
    if (!sink_)
        return {};
    // The call keeps the sink alive, however long it takes.
    return {level_, [sink = sink_](LogLevel level, std::string_view event, std::string_view text) {
                (*sink)(level, event, text);
            }};
}

void Context::set_log(LogLevel level, std::shared_ptr<const Log::Sink> sink) {
    const std::lock_guard lock(mutex_);
    level_ = level;
    sink_.swap(sink); // the old one goes when the lock is released
}

std::shared_ptr<const ReplayGuard> Context::replay_guard() const {
    const std::lock_guard lock(mutex_);
    return replay_guard_;
}

void Context::set_replay_guard(std::shared_ptr<const ReplayGuard> guard) {
    const std::lock_guard lock(mutex_);
    replay_guard_.swap(guard);
}

} // namespace awsfed
