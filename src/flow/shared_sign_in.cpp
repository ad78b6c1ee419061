#include "flow/shared_sign_in.h"

#include "base/time.h"

namespace awsfed {

namespace {

// AWS takes a response for five minutes; a clock may differ by one, and a call takes its time.
constexpr std::chrono::minutes good_for(2);

} // namespace

SharedSignIns::Brought SharedSignIns::find(const RequestKey& key) {
    const auto now = time_since_boot();
    const std::lock_guard lock(mutex_);
    std::erase_if(kept_, [&](const auto& one) { return now - one.second.since >= good_for; });
    const auto found = kept_.find(key);
    return found != kept_.end() ? found->second.signed_in : nullptr;
}

Result<SharedSignIns::Got> SharedSignIns::get(const RequestKey& key, const Cancel& cancel,
                                              const std::function<Result<Brought>()>& go) {
    if (Brought there = find(key))
        return Got{std::move(there)};
    bool is_own = false;
    AWSFED_TRY(Brought brought, flights_.fly(key, cancel, [&]() -> Result<Brought> {
        if (Brought there = find(key)) // another flight has landed just now
            return there;
        is_own = true;
        AWSFED_TRY(Brought made, go());
        const std::lock_guard lock(mutex_);
        kept_.insert_or_assign(key, Kept{made, time_since_boot()});
        return made;
    }));
    return Got{std::move(brought), is_own};
}

void SharedSignIns::drop(const RequestKey& key, const Brought& outdated) {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(key);
    if (found != kept_.end() && found->second.signed_in == outdated)
        kept_.erase(found);
}

void SharedSignIns::drop_all() {
    const std::lock_guard lock(mutex_);
    kept_.clear();
}

} // namespace awsfed
