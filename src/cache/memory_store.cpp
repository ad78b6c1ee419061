#include "cache/memory_store.h"

#include <algorithm>

namespace awsfed {

std::optional<Kept> MemoryStore::find(const RequestKey& key, Instant now) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.end <= now)
        return std::nullopt;
    const Entry& entry = found->second;
    return Kept{entry.credentials.clone(), entry.end - now, now >= entry.renew_at};
}

void MemoryStore::keep(const RequestKey& key, const Credentials& credentials, std::chrono::nanoseconds life,
                       std::chrono::nanoseconds renew_before, Instant now, const Whose& whose) {
    const Instant end = now + life;
    Entry entry{credentials.clone(), end - renew_before, end, whose};
    const std::lock_guard lock(mutex_);
    entries_.insert_or_assign(key, std::move(entry));
    if (entries_.size() > entries_max)
        entries_.erase(std::ranges::min_element(entries_, {}, [](const auto& one) { return one.second.end; }));
}

void MemoryStore::postpone_renewal(const RequestKey& key, std::chrono::nanoseconds pause, Instant now) {
    const std::lock_guard lock(mutex_);
    if (const auto found = entries_.find(key); found != entries_.end())
        found->second.renew_at = now + pause;
}

std::vector<MemoryStore::Facts> MemoryStore::facts(Instant now) const {
    std::vector<Facts> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : entries_) {
        const Credentials& keys = entry.credentials;
        if (entry.end > now)
            all.push_back({key, entry.whose, keys.role_arn, keys.account, keys.session_arn, entry.end - now});
    }
    return all;
}

void MemoryStore::erase(const RequestKey& key) {
    const std::lock_guard lock(mutex_);
    entries_.erase(key);
}

} // namespace awsfed
