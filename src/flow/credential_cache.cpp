#include "flow/credential_cache.h"

#include "base/limits.h"
#include "flow/sts_plan.h"
#include "settings/files.h"

#include <algorithm>
#include <array>

namespace awsfed {

namespace {

constexpr std::size_t store_key_bytes = 32;
constexpr std::size_t cache_key_bytes_min = 16;
constexpr std::chrono::minutes renew_before_max(15); // of a long session; a short one's last quarter
constexpr std::chrono::minutes clock_steps_max(5); // back, where it is kept right

Result<void> add_value(RequestText& request, const Settings& settings, const SettingRow& row, const std::string& text,
                       const Cancel& cancel) {
    if (row.type == SettingType::secret) {
        AWSFED_TRY(const std::optional<Secret> secret, settings.secret(row.name, cancel));
        if (secret)
            request.add(row.name, secret->reveal());
        return {};
    }
    request.add(row.name, text);
    if (row.name == "policy_file") { // what is in it decides what a session may do
        AWSFED_TRY(const FileContent file, read_file(text, setting_bytes_max, Code::setting_invalid, "policy file"));
        request.add("policy_file's content", file.bytes.reveal());
    }
    return {};
}

Result<RequestText> request_of(const Settings& settings, const Cancel& cancel) {
    RequestText request;
    Result<void> done;
    settings.for_each([&](const SettingRow& row, const std::string& text) {
        if (done && row.key == Keying::keyed)
            done = add_value(request, settings, row, text, cancel);
    });
    AWSFED_CHECK(std::move(done));
    return request;
}

Result<std::shared_ptr<const FileStore>> files_of(const Settings& settings, const Cancel& cancel) {
    for (const std::string_view needed : {"cache_folder", "cache_key"}) {
        if (!settings.has(needed))
            return fail(Code::store_failed, "Credentials in files need the setting {}.", needed).setting(needed);
    }
    AWSFED_TRY(const std::optional<Secret> key, settings.secret("cache_key", cancel));
    if (key->size() < cache_key_bytes_min)
        return fail(Code::store_failed, "cache_key is shorter than {} bytes.", cache_key_bytes_min)
            .setting("cache_key");
    AWSFED_TRY(FileStore files, FileStore::open(settings.text("cache_folder"), key->reveal()));
    return std::make_shared<const FileStore>(std::move(files));
}

// Whether the same call may work later.
bool may_pass(const Error& error) { return error.retry_after_ms >= 0; }

void warn(const Log& log, const Error& error) { log.write(LogLevel::warning, "cache", "{}", error.message); }

void tell_kept(const Log& log, const Kept& kept) {
    log.write(LogLevel::info, "cache", "the credentials are kept ones, good for {} s",
              std::chrono::duration_cast<std::chrono::seconds>(kept.remaining).count());
}

} // namespace

CredentialCache::CredentialCache(const Random& random, Now now) : random_(random), now_(std::move(now)) {
    char* place = store_key_.grow(store_key_bytes);
    random_.fill({reinterpret_cast<unsigned char*>(place), store_key_bytes});
}

Result<CacheTerms> CredentialCache::terms_of(Settings& settings, const Log& log, const Cancel& cancel) const {
    const std::string where = settings.text("cache");
    // A response that is given proves itself once: whoever shows it again must meet the memory of responses.
    CacheTerms terms{.is_on = where != "off" && settings.text("idp") != "assertion"};
    if (!terms.is_on)
        return terms;
    terms.lasts = !settings.refers_elsewhere() && !settings.has("policy_file");
    AWSFED_CHECK(settings.hold_secrets(cancel));
    AWSFED_TRY(const RequestText request, request_of(settings, cancel));
    if (where == "files") {
        auto files = files_of(settings, cancel);
        if (files)
            terms.files = *std::move(files);
        else
            warn(log, files.error());
        terms.lasts = terms.lasts && terms.files != nullptr; // somebody may mend it
    }
    terms.key = terms.files ? terms.files->key_of(request) : request.key(store_key_.reveal());
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
std::optional<Kept> CredentialCache::find_in_files(const CacheTerms& terms, const Log& log) const {
    auto found = terms.files->find(terms.key);
    if (!found)
        warn(log, found.error());
    if (!found || !*found)
        return std::nullopt;
    Credentials& keys = (*found)->credentials;
    const Time kept = (*found)->kept;
    const Time now = SystemClock().now();
    const std::chrono::nanoseconds remaining = remaining_of(**found, now, time_since_boot());
    if (kept > now + clock_steps_max) {
        log.write(LogLevel::warning, "cache", "an entry is from {}, which is to come: the clock was set back",
                  iso_time(kept));
        return std::nullopt;
    }
    const bool other_role = !terms.role_arn.empty() && keys.role_arn != terms.role_arn;
    if (other_role || remaining <= terms.remaining_min)
        return std::nullopt;
    const bool renew = remaining <= renew_before(keys);
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
    if (terms.files) {
        if (auto there = find_in_files(terms, Log()))
            kept = std::move(there);
        if (!is_enough(kept)) {
            AWSFED_TRY(turn, turn_among_processes(terms, log, cancel, !kept));
            if (auto there = turn.is_ours ? find_in_files(terms, log) : std::nullopt)
                kept = std::move(there); // brought by whoever had his turn before
        }
        if (is_enough(kept) || !turn.is_ours) {
            store_.keep(terms.key, kept->credentials, kept->remaining, renew_before(kept->credentials), now_());
            tell_kept(log, *kept);
            return std::move(kept->credentials);
        }
    }
    Result<Credentials> made = go();
    if (made) {
        keep(terms, *made, log);
    } else if (kept && may_pass(made.error())) {
        log.write(LogLevel::warning, "cache", "no new credentials ({}); the kept ones are good for {} s",
                  row_of(made.error().code).text,
                  std::chrono::duration_cast<std::chrono::seconds>(kept->remaining).count());
        return std::move(kept->credentials);
    }
    return made;
}

// A store that fails keeps nobody back.
Result<CredentialCache::Turn> CredentialCache::turn_among_processes(const CacheTerms& terms, const Log& log,
                                                                    const Cancel& cancel, bool waits) {
    if (!waits) {
        auto lock = terms.files->try_lock(terms.key);
        if (lock)
            return Turn{.is_ours = lock->has_value(), .lock = *std::move(lock)};
        warn(log, lock.error());
        return Turn{};
    }
    auto lock = terms.files->lock(terms.key, cancel);
    if (lock)
        return Turn{.lock = *std::move(lock)};
    if (lock.error().code == Code::cancelled)
        return pass(std::move(lock.error()));
    warn(log, lock.error());
    return Turn{};
}

// What does not end is not kept, nor what nobody knows the age of: nobody could say when it is outdated.
void CredentialCache::keep(const CacheTerms& terms, const Credentials& credentials, const Log& log) {
    if (!credentials.expiration || !credentials.issued)
        return;
    store_.keep(terms.key, credentials, life_of(credentials), renew_before(credentials), now_());
    if (!terms.files)
        return;
    if (const auto done = terms.files->keep(terms.key, credentials, random_); !done)
        warn(log, done.error());
}

// Spread, so that what was got at one time is not renewed at one time.
std::chrono::nanoseconds CredentialCache::renew_before(const Credentials& credentials) const {
    if (!credentials.expiration || !credentials.issued)
        return {};
    const std::chrono::nanoseconds longest =
        std::min<std::chrono::nanoseconds>(renew_before_max, life_of(credentials) / 4);
    std::array<unsigned char, 1> byte{};
    random_.fill(byte);
    return longest - longest / 5 * byte[0] / 256;
}

} // namespace awsfed
