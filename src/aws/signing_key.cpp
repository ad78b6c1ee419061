#include "aws/signing_key.h"

#include "base/secret.h"

#include <algorithm>
#include <memory>

namespace awsfed {

namespace {

std::string_view take_part(std::string_view& scope) {
    const std::string_view part = scope.substr(0, scope.find('/'));
    scope.remove_prefix(std::min(part.size() + 1, scope.size()));
    return part;
}

} // namespace

SigningKey derive_signing_key(Sha256& hash, std::string_view secret_access_key, std::string_view scope) {
    constexpr std::string_view prefix = "AWS4";
    Secret start;
    start.reserve(prefix.size() + secret_access_key.size());
    start.append(prefix);
    start.append(secret_access_key);
    const SigningKey day(hash, start.reveal(), take_part(scope));
    const SigningKey region(hash, day.bytes(), take_part(scope));
    const SigningKey service(hash, region.bytes(), take_part(scope));
    return {hash, service.bytes(), scope};
}

SigningKeyCache::SigningKeyCache() : memory_(allocate_locked(keys_max * sizeof(Entry))) {
    auto* first = reinterpret_cast<Entry*>(memory_.bytes);
    std::uninitialized_value_construct_n(first, keys_max);
    entries_ = {first, keys_max};
}

SigningKeyCache::~SigningKeyCache() { free_locked(memory_, entries_.size_bytes()); }

SigningKey SigningKeyCache::key(Sha256& hash, std::string_view secret_access_key, std::string_view scope) {
    // A scope says by its slashes where it ends, so no other pair makes the same text.
    const Digest name = hash.digest(scope, secret_access_key);
    if (const std::optional<SigningKey> kept = find(name))
        return *kept;
    const SigningKey derived = derive_signing_key(hash, secret_access_key, scope);
    keep(name, derived);
    return derived;
}

std::optional<SigningKey> SigningKeyCache::find(const Digest& name) {
    const std::unique_lock held(mutex_, std::try_to_lock);
    if (!held)
        return std::nullopt;
    const auto entry = std::ranges::find(entries_, name, &Entry::name);
    return entry == entries_.end() ? std::nullopt : std::optional<SigningKey>(entry->key);
}

void SigningKeyCache::keep(const Digest& name, const SigningKey& key) {
    const std::unique_lock held(mutex_, std::try_to_lock);
    if (!held || std::ranges::find(entries_, name, &Entry::name) != entries_.end())
        return; // another thread was faster
    entries_[next_] = {name, key.digest()};
    next_ = (next_ + 1) % entries_.size();
}

} // namespace awsfed
