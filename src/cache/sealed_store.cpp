#include "cache/sealed_store.h"

#include "base/aead.h"
#include "base/time.h"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

namespace awsfed {

namespace {

constexpr std::string_view record_form = "awsfed record 1\n";
constexpr std::chrono::milliseconds look_around_first(10); // a store wakes nobody
constexpr std::chrono::milliseconds look_around_max(80);

// Each use has a key of its own.
Secret derived(std::string_view key, std::string_view use) {
    Digest made = Sha256().hmac(key, use);
    Secret out(bytes_of(made));
    wipe(made.data(), made.size());
    return out;
}

std::string_view ending(RecordKind kind) {
    switch (kind) {
    case RecordKind::credentials: return ".entry";
    case RecordKind::attempts: return ".attempts";
    case RecordKind::session: return ".session";
    case RecordKind::codes: return ".codes";
    }
    std::unreachable();
}

std::string name_of(RecordKind kind, const RequestKey& key) { return hex(key).append(ending(kind)); }

std::optional<RequestKey> key_in(std::string_view name, RecordKind kind) {
    RequestKey key{};
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
    if (name.size() != 2 * key.size() + ending(kind).size() || !name.ends_with(ending(kind)))
        return std::nullopt;
    for (std::size_t i = 0; i < key.size(); ++i) {
        const int high = digit(name[2 * i]);
        const int low = digit(name[2 * i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        key[i] = static_cast<unsigned char>(high << 4 | low);
    }
    return key;
}

std::string context_of(const std::string& name) { return std::string(record_form) + name; }

} // namespace

SealedStore::SealedStore(std::shared_ptr<const Store> store, std::string_view key)
    : store_(std::move(store)), naming_key_(derived(key, "awsfed: requests")),
      sealing_key_(derived(key, "awsfed: entries")), hashing_key_(derived(key, "awsfed: secrets")) {}

Result<std::optional<Secret>> SealedStore::get(RecordKind kind, const RequestKey& key, const Cancel& cancel) const {
    const std::string name = name_of(kind, key);
    AWSFED_TRY(const std::optional<std::string> sealed, store_->get(name, cancel));
    if (!sealed)
        return std::nullopt;
    std::optional<Secret> plain =
        sealed->starts_with(record_form)
            ? unseal(sealing_key_.reveal(), std::string_view(*sealed).substr(record_form.size()), context_of(name))
            : std::nullopt;
    if (!plain)
        return fail(Code::entry_broken, "An entry of the store is broken, or of another key.");
    return plain;
}

Result<void> SealedStore::put(RecordKind kind, const RequestKey& key, std::string_view bytes,
                              std::chrono::milliseconds life, const Random& random, const Cancel& cancel) const {
    const std::string name = name_of(kind, key);
    std::string sealed(record_form);
    sealed += seal(sealing_key_.reveal(), bytes, context_of(name), random);
    if (sealed.size() > Store::record_bytes_max)
        return fail(Code::store_failed, "What was to be kept is larger than {} bytes.", Store::record_bytes_max);
    return store_->put(name, sealed, life, cancel);
}

Result<void> SealedStore::erase(RecordKind kind, const RequestKey& key, const Cancel& cancel) const {
    return store_->erase(name_of(kind, key), cancel);
}

Result<std::vector<SealedStore::Record>> SealedStore::all(RecordKind kind, const Cancel& cancel) const {
    std::vector<Record> records;
    AWSFED_TRY(const std::vector<std::string> names, store_->names(cancel));
    for (const std::string& name : names) {
        const std::optional<RequestKey> key = key_in(name, kind);
        if (!key)
            continue;
        auto bytes = get(kind, *key, cancel);
        if (bytes && *bytes)
            records.push_back({*key, **std::move(bytes)});
    }
    return records;
}

Result<std::unique_ptr<Store::Lock>> SealedStore::try_lock(RecordKind kind, const RequestKey& key,
                                                           const Cancel& cancel) const {
    return store_->try_lock(name_of(kind, key), cancel);
}

Result<std::unique_ptr<Store::Lock>> SealedStore::lock(RecordKind kind, const RequestKey& key, const Cancel& cancel,
                                                       std::chrono::milliseconds patience) const {
    const auto end = time_since_boot() + patience;
    for (auto pause = look_around_first; !cancel.cancelled(); pause = std::min(pause * 2, look_around_max)) {
        AWSFED_TRY(auto lock, try_lock(kind, key, cancel));
        if (lock)
            return lock;
        if (time_since_boot() >= end)
            return fail(Code::store_busy, "Somebody else holds a lock of the store for more than {} s.",
                        std::chrono::duration_cast<std::chrono::seconds>(patience).count())
                .retry_after_ms(0);
        std::this_thread::sleep_for(pause);
    }
    return fail(Code::cancelled, "The call was cancelled.");
}

} // namespace awsfed
