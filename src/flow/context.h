// What calls have in common: settings beneath those of the call, connections, and where log lines go.
#pragma once

#include "base/log.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/credential_cache.h"
#include "flow/open_sign_ins.h"
#include "flow/plan_memory.h"
#include "flow/shared_sign_in.h"
#include "flow/store_places.h"
#include "settings/settings.h"

#include <sys/types.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

namespace awsfed {

class CurlPool;
struct StsMemory;

// Whether an assertion of that id, which is good until then, is seen for the first time. The host's memory.
using ReplayGuard = std::function<bool(std::string_view id, std::optional<Time> until)>;

// Takes a line of the audit; whether it is written now. The host's.
using AuditSink = std::function<bool(std::string_view line)>;

class Context {
public:
    explicit Context(Settings settings);

    // Refuses in a forked child: libcurl's and OpenSSL's states are not made for that.
    Result<void> check_process() const;
    // The call's settings over the context's, in the process that made it, for whoever may use them: the door of every
    // function that uses a connector (security rule 10). Nothing was sent or resolved before.
    Result<Settings> settings_for(const Settings* call) const;
    // The same, whoever asks: for what must be told of those who are refused, too.
    Result<Settings> settings_of_anybody(const Settings* call) const;
    const Settings& own_settings() const { return settings_; }

    // A log for one call or conversation, with a veil of its own.
    Log new_log() const;
    // The sink is released when the last call that may use it is over.
    void set_log(LogLevel level, std::shared_ptr<const Log::Sink> sink);

    // Null when the host keeps no such memory.
    std::shared_ptr<const ReplayGuard> replay_guard() const;
    void set_replay_guard(std::shared_ptr<const ReplayGuard> guard);

    // Null when the host takes no lines of the audit. Called without a lock.
    std::shared_ptr<const AuditSink> audit_sink() const;
    void set_audit_sink(std::shared_ptr<const AuditSink> sink);

    // What one call's transport leaves to the next. It closes with the context, but for what is in use then. Not for a
    // forked child; settings_for keeps it from getting here.
    const std::shared_ptr<CurlPool>& connections() const { return connections_; }

    // What calls of STS leave to each other: how its clock differs, and how often it was asked in vain.
    StsMemory& sts_memory() const { return *sts_memory_; }
    // For calls without settings of their own.
    PlanMemory& plans() const { return plans_; }

    CredentialCache& cache() const { return cache_; }
    SharedSignIns& sign_ins() const { return sign_ins_; }
    OpenSignIns& open_sign_ins() const { return open_sign_ins_; }
    // For what is kept in this process only.
    const std::shared_ptr<const SealedStore>& own_store() const;
    StorePlaces& stores() const { return stores_; }

private:
    Settings settings_;
    pid_t process_;
    std::shared_ptr<CurlPool> connections_;
    std::shared_ptr<StsMemory> sts_memory_;
    mutable PlanMemory plans_;
    mutable CredentialCache cache_;
    mutable SharedSignIns sign_ins_;
    mutable OpenSignIns open_sign_ins_;
    mutable std::once_flag own_store_once_;
    mutable std::shared_ptr<const SealedStore> own_store_; // made when it is needed: see CredentialCache::store_key
    mutable StorePlaces stores_;
    mutable std::mutex mutex_; // of all below
    LogLevel level_ = LogLevel::warning;
    std::shared_ptr<const Log::Sink> sink_;
    std::shared_ptr<const ReplayGuard> replay_guard_;
    std::shared_ptr<const AuditSink> audit_sink_;
};

} // namespace awsfed
