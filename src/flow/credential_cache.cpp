#include "flow/credential_cache.h"

#include "base/limits.h"
#include "settings/files.h"

#include <algorithm>
#include <array>

namespace awsfed {

namespace {

constexpr std::size_t store_key_bytes = 32;
constexpr std::chrono::minutes renew_before_max(15); // of a long session; a short one's last quarter

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

// Whether the same call may work later.
bool may_pass(const Error& error) { return error.retry_after_ms >= 0; }

} // namespace

CredentialCache::CredentialCache(const Random& random, Now now) : random_(random), now_(std::move(now)) {
    char* place = store_key_.grow(store_key_bytes);
    random_.fill({reinterpret_cast<unsigned char*>(place), store_key_bytes});
}

Result<CacheTerms> CredentialCache::terms_of(const Settings& settings, const Cancel& cancel) const {
    // A response that is given proves itself once: whoever shows it again must meet the memory of responses.
    CacheTerms terms{.is_on = settings.text("cache") != "off" && settings.text("idp") != "assertion"};
    if (!terms.is_on)
        return terms;
    terms.remaining_min = settings.duration("remaining_min").value_or(std::chrono::milliseconds(0));
    terms.lasts = !settings.refers_elsewhere() && !settings.has("policy_file");
    RequestText request;
    Result<void> done;
    settings.for_each([&](const SettingRow& row, const std::string& text) {
        if (done && row.key == Keying::keyed)
            done = add_value(request, settings, row, text, cancel);
    });
    AWSFED_CHECK(std::move(done));
    terms.key = request.key(store_key_.reveal());
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

Result<Credentials> CredentialCache::get(const CacheTerms& terms, const Log& log, const Cancel& cancel, const Go& go) {
    if (!terms.is_on)
        return go();
    if (std::optional<Kept> kept = find(terms); kept && (!kept->renew || flights_.is_up(terms.key))) {
        log.write(LogLevel::info, "cache", "the credentials are kept ones, good for {} s",
                  std::chrono::duration_cast<std::chrono::seconds>(kept->remaining).count());
        return std::move(kept->credentials);
    }
    return flights_.fly(terms.key, cancel, [&] { return renew(terms, log, go); });
}

Result<Credentials> CredentialCache::renew(const CacheTerms& terms, const Log& log, const Go& go) {
    std::optional<Kept> kept = find(terms);
    if (kept && !kept->renew) // another flight has landed just now
        return std::move(kept->credentials);
    Result<Credentials> made = go();
    if (made) {
        store_.keep(terms.key, *made, renew_before(*made), now_());
    } else if (kept && may_pass(made.error())) {
        log.write(LogLevel::warning, "cache", "no new credentials ({}); the kept ones are good for {} s",
                  row_of(made.error().code).text,
                  std::chrono::duration_cast<std::chrono::seconds>(kept->remaining).count());
        return std::move(kept->credentials);
    }
    return made;
}

// Spread, so that what was got at one time is not renewed at one time.
std::chrono::nanoseconds CredentialCache::renew_before(const Credentials& credentials) const {
    if (!credentials.expiration || !credentials.issued)
        return {};
    const std::chrono::nanoseconds life = *credentials.expiration - *credentials.issued;
    const std::chrono::nanoseconds longest = std::min<std::chrono::nanoseconds>(renew_before_max, life / 4);
    std::array<unsigned char, 1> byte{};
    random_.fill(byte);
    return longest - longest / 5 * byte[0] / 256;
}

} // namespace awsfed
