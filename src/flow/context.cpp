#include "flow/context.h"

#include "aws/sts.h"
#include "base/process.h"
#include "flow/access.h"
#include "flow/process_ledger.h"
#include "http/curl_pool.h"

namespace awsfed {

namespace {

const SystemClock system_clock;
const SystemRandom system_random;

} // namespace

Context::Context(Settings settings)
    : settings_(std::move(settings)), process_(process_id()), connections_(std::make_shared<CurlPool>()),
      sts_memory_(std::make_shared<StsMemory>(system_clock)), cache_(system_random) {}

Result<void> Context::check_process() const {
    if (process_id() != process_)
        return fail(Code::forked, "This context was made before the process forked.");
    return {};
}

Result<Settings> Context::settings_for(const Settings* call) const {
    AWSFED_TRY(Settings settings, settings_of_anybody(call));
    AWSFED_CHECK(check_use(settings));
    return settings;
}

Result<Settings> Context::settings_of_anybody(const Settings* call) const {
    AWSFED_CHECK(check_process());
    const Settings none;
    return settings_.overlaid_by(call != nullptr ? *call : none);
}

const std::shared_ptr<const SealedStore>& Context::own_store() const {
    std::call_once(own_store_once_, [this] { own_store_ = store_of_process(); });
    return own_store_;
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
    open_sign_ins_.drop_all(); // they hold the old one, and would write to it
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

std::shared_ptr<const AuditSink> Context::audit_sink() const {
    const std::lock_guard lock(mutex_);
    return audit_sink_;
}

void Context::set_audit_sink(std::shared_ptr<const AuditSink> sink) {
    const std::lock_guard lock(mutex_);
    audit_sink_.swap(sink);
}

} // namespace awsfed
