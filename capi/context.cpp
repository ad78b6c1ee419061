// Contexts, their log, and cancels.
#include "guarded.h"

using namespace awsfed;
using namespace awsfed::capi;

namespace {

// The host's log function. It is told when no call can follow: when the last copy of the sink goes.
class HostSink {
public:
    HostSink(awsfed_log_fn log, void* user, awsfed_done_fn done) : log_(log), user_(user), done_(done) {}
    HostSink(const HostSink&) = delete;
    HostSink& operator=(const HostSink&) = delete;
    ~HostSink() {
        if (done_ != nullptr)
            done_(user_);
    }
    void write(LogLevel level, std::string_view event, std::string_view text) const {
        const std::string name(event);
        const std::string line(text);
        log_(user_, static_cast<awsfed_log_level>(level), name.c_str(), line.c_str(), line.size());
    }

private:
    awsfed_log_fn log_;
    void* user_;
    awsfed_done_fn done_;
};

// The host's replay function, in the same way.
class HostReplayGuard {
public:
    HostReplayGuard(awsfed_replay_fn ask, void* user, awsfed_done_fn done) : ask_(ask), user_(user), done_(done) {}
    HostReplayGuard(const HostReplayGuard&) = delete;
    HostReplayGuard& operator=(const HostReplayGuard&) = delete;
    ~HostReplayGuard() {
        if (done_ != nullptr)
            done_(user_);
    }
    bool is_first(std::string_view id, std::optional<Time> until) const {
        const std::string text(id);
        return ask_(user_, text.c_str(), text.size(), until ? until->time_since_epoch().count() : -1) == 1;
    }

private:
    awsfed_replay_fn ask_;
    void* user_;
    awsfed_done_fn done_;
};

// And its audit.
class HostAudit {
public:
    HostAudit(awsfed_audit_fn take, void* user, awsfed_done_fn done) : take_(take), user_(user), done_(done) {}
    HostAudit(const HostAudit&) = delete;
    HostAudit& operator=(const HostAudit&) = delete;
    ~HostAudit() {
        if (done_ != nullptr)
            done_(user_);
    }
    bool takes(std::string_view line) const {
        const std::string text(line);
        try { // C++ hosts throw, against the rules: then it is not written
            return take_(user_, text.c_str(), text.size()) == 1;
        } catch (...) {
            return false;
        }
    }

private:
    awsfed_audit_fn take_;
    void* user_;
    awsfed_done_fn done_;
};

} // namespace

awsfed_status awsfed_context_new(uint32_t abi, const awsfed_settings* s, awsfed_context** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        if (abi != AWSFED_ABI)
            return fail(Code::abi_mismatch, "The program was built for ABI {}, the library has {}.", abi,
                        int{AWSFED_ABI});
        const Settings none;
        AWSFED_TRY(Settings settings, none.overlaid_by(s == nullptr ? none : s->settings));
        *out = new awsfed_context{std::make_shared<Context>(std::move(settings))};
        return {};
    });
}

void awsfed_context_free(awsfed_context* c) { delete c; }

awsfed_status awsfed_context_log(awsfed_context* c, awsfed_log_level level, awsfed_log_fn log, void* user,
                                 awsfed_done_fn done, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(c);
        if (level < AWSFED_LOG_WARNING || level > AWSFED_LOG_TRACE)
            return fail(Code::usage, "There is no log level {}.", level);
        std::shared_ptr<const Log::Sink> sink;
        if (log != nullptr) {
            const auto host = std::make_shared<const HostSink>(log, user, done);
            sink = std::make_shared<const Log::Sink>(
                [host](LogLevel at, std::string_view event, std::string_view text) { host->write(at, event, text); });
        }
        c->context->set_log(static_cast<LogLevel>(level), std::move(sink));
        if (log == nullptr && done != nullptr)
            done(user);
        return {};
    });
}

awsfed_status awsfed_context_replay(awsfed_context* c, awsfed_replay_fn fn, void* user, awsfed_done_fn done,
                                    awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(c);
        std::shared_ptr<const ReplayGuard> guard;
        if (fn != nullptr) {
            const auto host = std::make_shared<const HostReplayGuard>(fn, user, done);
            guard = std::make_shared<const ReplayGuard>(
                [host](std::string_view id, std::optional<Time> until) { return host->is_first(id, until); });
        }
        c->context->set_replay_guard(std::move(guard));
        if (fn == nullptr && done != nullptr)
            done(user);
        return {};
    });
}

awsfed_status awsfed_context_audit(awsfed_context* c, awsfed_audit_fn fn, void* user, awsfed_done_fn done,
                                   awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(c);
        std::shared_ptr<const AuditSink> sink;
        if (fn != nullptr) {
            const auto host = std::make_shared<const HostAudit>(fn, user, done);
            sink = std::make_shared<const AuditSink>([host](std::string_view line) { return host->takes(line); });
        }
        c->context->set_audit_sink(std::move(sink));
        if (fn == nullptr && done != nullptr)
            done(user);
        return {};
    });
}

awsfed_status awsfed_cancel_new(awsfed_cancel** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        *out = new awsfed_cancel{std::make_shared<Cancel>()};
        return {};
    });
}

void awsfed_cancel_now(awsfed_cancel* cancel) {
    if (cancel != nullptr)
        cancel->cancel->now();
}

void awsfed_cancel_free(awsfed_cancel* cancel) { delete cancel; }
