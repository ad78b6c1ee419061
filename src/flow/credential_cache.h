// Credentials that one caller got, for the next one who asks for the same: the cache, and one flight for each request.
#pragma once

#include "base/log.h"
#include "base/random.h"
#include "cache/entry.h"
#include "cache/flights.h"
#include "cache/memory_store.h"
#include "cache/sealed_store.h"
#include "flow/store_places.h"
#include "settings/settings.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

namespace awsfed {

// What of a call's settings is for the cache.
struct CacheTerms {
    bool is_on = false;
    RequestKey key{};
    std::chrono::milliseconds remaining_min{0}; // what ends sooner is not given out
    std::string role_arn{}; // that kept ones must be of; empty: the request's key alone says
    std::shared_ptr<const SealedStore> store{}; // null: kept in memory only
    Whose whose{}; // to be shown
    bool lasts = false; // nothing was read but the settings themselves, so they make the same terms again
};

// May be used by many threads.
class CredentialCache {
public:
    using Go = std::function<Result<Credentials>()>;

    using Now = std::function<MemoryStore::Instant()>;

    explicit CredentialCache(const Random& random, Now now = time_since_boot);

    // Resolves the secrets that are part of the request: one who does not have them gets nothing that is kept. The
    // settings hold them from then on, for the call that may follow. A store that cannot be used is told in the log,
    // and done without.
    Result<CacheTerms> terms_of(Settings& settings, StorePlaces& places, const Log& log, const Cancel& cancel) const;
    // Those of the context's own settings, where they last.
    std::shared_ptr<const CacheTerms> own_terms() const;
    void keep_own_terms(const CacheTerms& terms);
    void drop_own_terms(); // a store may be another one by now

    // What is kept, else what `go` brings. What nears its end is renewed by one caller; the others get it as long as
    // it is good, and so does he where the renewal fails in a way that may pass.
    Result<Credentials> get(const CacheTerms& terms, const Log& log, const Cancel& cancel, const Go& go);

    // What is in memory, which is gone with the process.
    MemoryStore& memory() { return store_; }
    Now now() const { return now_; }

private:
    std::optional<Kept> find(const CacheTerms& terms) const;
    Result<Credentials> renew(const CacheTerms& terms, const Log& log, const Cancel& cancel, const Go& go);
    std::optional<Kept> find_in_store(const CacheTerms& terms, const Log& log, const Cancel& cancel) const;
    // Whether this process goes, or another one is on its way.
    struct Turn {
        bool is_ours = true;
        std::unique_ptr<Store::Lock> lock{};
        std::string trouble{}; // with the store, told already
    };
    void keep_in_memory(const CacheTerms& terms, const Credentials& credentials, std::chrono::nanoseconds life);
    // `waits`: there is nothing to be had meanwhile.
    static Result<Turn> turn_among_processes(const CacheTerms& terms, const Log& log, const Cancel& cancel, bool waits);
    void keep(const CacheTerms& terms, const Credentials& credentials, const Turn& turn, const Log& log,
              const Cancel& cancel);
    static std::chrono::nanoseconds renew_before(const CacheTerms& terms, const Credentials& credentials);
    std::string_view store_key() const;

    const Random& random_;
    Now now_;
    mutable std::once_flag store_key_once_;
    mutable Secret store_key_; // of what is kept in memory
    MemoryStore store_;
    Flights flights_;
    mutable std::mutex mutex_; // of the next line
    std::shared_ptr<const CacheTerms> own_terms_;
};

} // namespace awsfed
