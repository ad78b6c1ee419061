#include "flow/store_places.h"

#include "base/limits.h"
#include "base/random.h"
#include "cache/file_store.h"
#include "cache/redis_store.h"
#include "flow/redis_terms.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::size_t cache_key_bytes_min = 16;
constexpr std::size_t naming_key_bytes = 16;
constexpr std::size_t connected_max = 4; // of one context: connectors share a Redis

Result<Secret> key_of(const Settings& settings, const Cancel& cancel) {
    AWSFED_TRY(std::optional<Secret> key, settings.secret("cache_key", cancel));
    if (!key)
        return fail(Code::store_failed, "cache={} needs the setting cache_key.", settings.text("cache"))
            .setting("cache_key");
    if (key->size() < cache_key_bytes_min)
        return fail(Code::store_failed, "cache_key is shorter than {} bytes.", cache_key_bytes_min)
            .setting("cache_key");
    return *std::move(key);
}

Result<std::shared_ptr<const Store>> files_of(const Settings& settings) {
    if (!settings.has("cache_folder"))
        return fail(Code::store_failed, "cache=files needs the setting cache_folder.").setting("cache_folder");
    AWSFED_TRY(std::shared_ptr<const Store> files, FileStore::open(settings.text("cache_folder")));
    return files;
}

} // namespace

bool keeps_in_store(const Settings& settings) {
    const std::string where = settings.text("cache");
    return where != "memory" && where != "off";
}

Result<std::shared_ptr<const SealedStore>> StorePlaces::open(const Settings& settings, const Cancel& cancel) {
    AWSFED_TRY(const Secret key, key_of(settings, cancel));
    AWSFED_TRY(std::shared_ptr<const Store> place, place_of(settings, cancel));
    return std::make_shared<const SealedStore>(std::move(place), key.reveal());
}

void StorePlaces::set_host_store(std::shared_ptr<const Store> store) {
    const std::lock_guard lock(mutex_);
    host_store_.swap(store); // the old one goes when the lock is released
}

Result<std::shared_ptr<const Store>> StorePlaces::place_of(const Settings& settings, const Cancel& cancel) {
    const std::string where = settings.text("cache");
    if (where == "redis")
        return redis_of(settings, cancel);
    return where == "host" ? host_store() : files_of(settings);
}

Result<std::shared_ptr<const Store>> StorePlaces::host_store() const {
    const std::lock_guard lock(mutex_);
    if (!host_store_)
        return fail(Code::store_failed, "cache=host, and the host program has given no store.").setting("cache");
    return host_store_;
}

Result<std::shared_ptr<const Store>> StorePlaces::redis_of(const Settings& settings, const Cancel& cancel) {
    AWSFED_TRY(RedisTerms terms, redis_terms(settings, cancel));
    std::vector<Connected> outdated; // goes when the lock is released
    const std::lock_guard lock(mutex_);
    if (naming_key_.empty())
        naming_key_ = SystemRandom().hex(naming_key_bytes);
    const RequestKey name = text_of(terms).key(naming_key_);
    const auto same = std::ranges::find(connected_, name, &Connected::terms);
    if (same != connected_.end())
        return same->store;
    if (connected_.size() >= connected_max) {
        outdated.push_back(std::move(connected_.front()));
        connected_.erase(connected_.begin());
    }
    auto store = std::make_shared<const RedisStore>(std::move(terms));
    connected_.push_back({name, store});
    return store;
}

} // namespace awsfed
