#include "flow/credential_cache.h"

#include "flow/request_text.h"
#include "flow/signer.h"
#include "flow/sts_plan.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::size_t store_key_bytes = 32;
constexpr std::chrono::minutes renew_pause(1);       // after a renewal that failed
constexpr std::chrono::minutes renew_before_max(15); // of a long session; a short one's last quarter
constexpr std::chrono::minutes clock_steps_max(5); // back, where it is kept right

// Whether the same call may work later.
bool may_pass(const Error& error) { return error.retry_after_ms >= 0; }

void warn(const Log& log, const Error& error) {
    if (error.code != Code::cancelled) // the caller knows
        log.write(LogLevel::warning, "cache", "{}", error.message);
}

void tell_kept(const Log& log, const Kept& kept) {
    log.write(LogLevel::info, "cache", "the credentials are kept ones, good for {} s",
              std::chrono::duration_cast<std::chrono::seconds>(kept.remaining).count());
}

} // namespace

CredentialCache::CredentialCache(const Random& random, Now now) : random_(random), now_(std::move(now)) {}

// Drawn when it is needed: to begin with OpenSSL's generator costs more than to read an entry of a store.
std::string_view CredentialCache::store_key() const {
    std::call_once(store_key_once_, [this] {
        char* place = store_key_.grow(store_key_bytes);
        random_.fill({reinterpret_cast<unsigned char*>(place), store_key_bytes});
    });
    return store_key_.reveal();
}

Result<CacheTerms> CredentialCache::terms_of(Settings& settings, StorePlaces& places, const Log& log,
                                             const Cancel& cancel) const {
    const std::string where = settings.text("cache");
    // A response that is given proves itself once: whoever shows it again must meet the memory of responses.
    CacheTerms terms{.is_on = where != "off" && settings.text("idp") != "assertion"};
    if (!terms.is_on)
        return terms;
    terms.lasts = !settings.refers_elsewhere() && !settings.has("policy_file") && !is_signer_elsewhere(settings);
    AWSFED_CHECK(settings.hold_secrets(cancel));
    AWSFED_TRY(const RequestText request, request_text(settings, cancel));
    if (keeps_in_store(settings)) {
        auto store = places.open(settings, cancel);
        if (store)
            terms.store = *std::move(store);
        else
            warn(log, store.error());
        // Somebody may mend it; a host program may give another one.
        terms.lasts = terms.lasts && terms.store != nullptr && where != "host";
    }
    terms.key = terms.store ? terms.store->key_of(request) : request.key(store_key());
    terms.whose = {settings.connector(), settings.text(settings.has("user") ? "user" : "kerberos_principal"),
                   settings.principal() != nullptr ? settings.principal()->name : ""};
    terms.remaining_min = settings.duration("remaining_min").value_or(std::chrono::milliseconds(0));
    if (const auto action = action_of(settings); action && row_of(*action).takes(StsParameter::role_arn))
        terms.role_arn = settings.text("role_arn");
    return terms;
}

std::shared_ptr<const CacheTerms> CredentialCache::own_terms() const {
    const std::lock_guard lock(mutex_);
    return own_terms_;
}

void CredentialCache::keep_own_terms(const CacheTerms& terms) {
    auto kept = std::make_shared<const CacheTerms>(terms);
    const std::lock_guard lock(mutex_);
    own_terms_ = std::move(kept);
}

std::optional<Kept> CredentialCache::find(const CacheTerms& terms) const {
    std::optional<Kept> kept = store_.find(terms.key, now_());
    return kept && kept->remaining > terms.remaining_min ? std::move(kept) : std::nullopt;
}

// Where the clock was set back and the machine restarted since, nobody knows when an entry is over.
std::optional<Kept> CredentialCache::find_in_store(const CacheTerms& terms, const Log& log,
                                                   const Cancel& cancel) const {
    const auto bytes = terms.store->get(RecordKind::credentials, terms.key, cancel);
    if (!bytes)
        warn(log, bytes.error());
    if (!bytes || !*bytes)
        return std::nullopt;
    std::optional<Entry> found = read_entry((*bytes)->reveal());
    if (!found) // of another version
        return std::nullopt;
    Credentials& keys = found->credentials;
    const Time kept = found->kept;
    const Time now = SystemClock().now();
    const std::chrono::nanoseconds remaining = remaining_of(*found, now, time_since_boot());
    if (kept > now + clock_steps_max) {
        log.write(LogLevel::warning, "cache", "an entry is from {}, which is to come: the clock was set back",
                  iso_time(kept));
        return std::nullopt;
    }
    const bool other_role = !terms.role_arn.empty() && keys.role_arn != terms.role_arn;
    if (other_role || remaining <= terms.remaining_min)
        return std::nullopt;
    const bool renew = remaining <= renew_before(terms, keys);
    return Kept{std::move(keys), remaining, renew};
}

Result<Credentials> CredentialCache::get(const CacheTerms& terms, const Log& log, const Cancel& cancel, const Go& go) {
    if (!terms.is_on)
        return go();
    if (std::optional<Kept> kept = find(terms); kept && (!kept->renew || flights_.is_up(terms.key))) {
        tell_kept(log, *kept);
        return std::move(kept->credentials);
    }
    return flights_.fly(terms.key, cancel, [&] { return renew(terms, log, cancel, go); }, terms.remaining_min);
}

Result<Credentials> CredentialCache::renew(const CacheTerms& terms, const Log& log, const Cancel& cancel,
                                           const Go& go) {
    const auto is_enough = [](const std::optional<Kept>& one) { return one && !one->renew; };
    std::optional<Kept> kept = find(terms);
    if (is_enough(kept)) // another flight has landed just now
        return std::move(kept->credentials);
    Turn turn;
    if (terms.store) {
        if (auto there = find_in_store(terms, Log(), cancel))
            kept = std::move(there);
        if (!is_enough(kept)) {
            AWSFED_TRY(turn, turn_among_processes(terms, log, cancel, !kept));
            if (auto there = turn.lock ? find_in_store(terms, log, cancel) : std::nullopt)
                kept = std::move(there); // brought by whoever had his turn before
        }
        if (is_enough(kept) || !turn.is_ours) {
            keep_in_memory(terms, kept->credentials, kept->remaining);
            tell_kept(log, *kept);
            return std::move(kept->credentials);
        }
    }
    Result<Credentials> made = go();
    if (made) {
        keep(terms, *made, turn, log, cancel);
    } else if (kept && may_pass(made.error())) {
        log.write(LogLevel::warning, "cache", "no new credentials ({}); the kept ones are good for {} s",
                  row_of(made.error().code).text,
                  std::chrono::duration_cast<std::chrono::seconds>(kept->remaining).count());
        keep_in_memory(terms, kept->credentials, kept->remaining);
        store_.postpone_renewal(terms.key, renew_pause, now_());
        return std::move(kept->credentials);
    }
    return made;
}

// A store that fails keeps nobody back.
Result<CredentialCache::Turn> CredentialCache::turn_among_processes(const CacheTerms& terms, const Log& log,
                                                                    const Cancel& cancel, bool waits) {
    auto lock = waits ? terms.store->lock(RecordKind::credentials, terms.key, cancel)
                      : terms.store->try_lock(RecordKind::credentials, terms.key, cancel);
    if (lock)
        return Turn{.is_ours = *lock != nullptr, .lock = *std::move(lock)};
    if (lock.error().code == Code::cancelled)
        return pass(std::move(lock.error()));
    warn(log, lock.error());
    return Turn{.trouble = std::move(lock.error().message)};
}

// What does not end is not kept, nor what nobody knows the age of: nobody could say when it is outdated.
void CredentialCache::keep(const CacheTerms& terms, const Credentials& credentials, const Turn& turn, const Log& log,
                           const Cancel& cancel) {
    if (!credentials.expiration || !credentials.issued)
        return;
    keep_in_memory(terms, credentials, life_of(credentials));
    if (!terms.store)
        return;
    const Entry entry{.credentials = credentials.clone(),
                      .kept = SystemClock().now(),
                      .kept_since_boot = time_since_boot(),
                      .connector = terms.whose.connector,
                      .user = terms.whose.user,
                      .principal = terms.whose.principal};
    const Secret bytes = bytes_of(entry);
    const auto done =
        terms.store->put(RecordKind::credentials, terms.key, bytes.reveal(), life_of(credentials), random_, cancel);
    if (done)
        return;
    drop_own_terms(); // the folder may have been made anew
    if (done.error().message != turn.trouble)
        warn(log, done.error());
}

void CredentialCache::keep_in_memory(const CacheTerms& terms, const Credentials& credentials,
                                     std::chrono::nanoseconds life) {
    store_.keep(terms.key, credentials, life, renew_before(terms, credentials), now_(), terms.whose);
}

void CredentialCache::drop_own_terms() {
    const std::lock_guard lock(mutex_);
    own_terms_.reset();
}

// Spread over the requests, so that what was got at one time is not renewed at one time. For one request, the lock of
// the store lets one process go.
std::chrono::nanoseconds CredentialCache::renew_before(const CacheTerms& terms, const Credentials& credentials) {
    if (!credentials.expiration || !credentials.issued)
        return {};
    const std::chrono::nanoseconds longest =
        std::min<std::chrono::nanoseconds>(renew_before_max, life_of(credentials) / 4);
    return longest - longest / 5 * terms.key.back() / 256; // the key is an HMAC: as good as random
}

} // namespace awsfed
