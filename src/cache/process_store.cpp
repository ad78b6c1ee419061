#include "cache/process_store.h"

#include "base/time.h"

namespace awsfed {

class ProcessStore::HeldLock : public Store::Lock {
public:
    HeldLock(std::shared_ptr<State> state, std::string name) : state_(std::move(state)), name_(std::move(name)) {}
    HeldLock(const HeldLock&) = delete;
    HeldLock& operator=(const HeldLock&) = delete;
    ~HeldLock() override {
        const std::lock_guard lock(state_->mutex);
        state_->locked.erase(name_);
    }

private:
    std::shared_ptr<State> state_;
    std::string name_;
};

Result<std::optional<std::string>> ProcessStore::get(const std::string& name, const Cancel& /*cancel*/) const {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->records.find(name);
    if (found == state_->records.end() || found->second.end <= time_since_boot())
        return std::nullopt;
    return found->second.bytes;
}

Result<void> ProcessStore::put(const std::string& name, std::string_view bytes, std::chrono::milliseconds life,
                               const Cancel& /*cancel*/) const {
    const auto now = time_since_boot();
    const std::lock_guard lock(state_->mutex);
    std::erase_if(state_->records, [&](const auto& one) { return one.second.end <= now; });
    state_->records.insert_or_assign(name, Record{std::string(bytes), now + life});
    return {};
}

Result<void> ProcessStore::erase(const std::string& name, const Cancel& /*cancel*/) const {
    const std::lock_guard lock(state_->mutex);
    state_->records.erase(name);
    return {};
}

Result<std::vector<std::string>> ProcessStore::names(const Cancel& /*cancel*/) const {
    const std::lock_guard lock(state_->mutex);
    std::vector<std::string> names;
    for (const auto& [name, record] : state_->records)
        names.push_back(name);
    return names;
}

Result<std::unique_ptr<Store::Lock>> ProcessStore::try_lock(const std::string& name, const Cancel& /*cancel*/) const {
    const std::lock_guard lock(state_->mutex);
    if (!state_->locked.insert(name).second)
        return nullptr;
    return std::make_unique<HeldLock>(state_, name);
}

} // namespace awsfed
