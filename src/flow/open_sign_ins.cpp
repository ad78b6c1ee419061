#include "flow/open_sign_ins.h"

#include "base/time.h"
#include "flow/signin.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::chrono::minutes good_for(2);
constexpr std::size_t kept_max = 8; // who leaves more behind will not come back for them

} // namespace

OpenSignIns::OpenSignIns() = default;
OpenSignIns::~OpenSignIns() = default;

template <class Which>
void OpenSignIns::move_to(std::vector<Kept>& dropped, Which&& which) {
    std::vector<Kept> stays;
    for (Kept& one : kept_)
        (which(one) ? dropped : stays).push_back(std::move(one));
    kept_.swap(stays);
}

void OpenSignIns::drop_old(std::vector<Kept>& dropped) {
    const auto now = time_since_boot();
    move_to(dropped, [&](const Kept& one) { return now - one.since >= good_for; });
}

void OpenSignIns::keep(const RequestKey& key, std::unique_ptr<SignIn> sign_in) {
    std::vector<Kept> dropped; // dies behind the lock, since with it may die what a host is told of
    const std::lock_guard lock(mutex_);
    drop_old(dropped);
    move_to(dropped, [&](const Kept& one) { return one.key == key; });
    if (kept_.size() == kept_max) {
        dropped.push_back(std::move(kept_.front()));
        kept_.erase(kept_.begin());
    }
    kept_.push_back({key, std::move(sign_in), time_since_boot()});
}

std::unique_ptr<SignIn> OpenSignIns::take(const RequestKey& key) {
    std::vector<Kept> dropped;
    const std::lock_guard lock(mutex_);
    drop_old(dropped);
    const auto found = std::ranges::find(kept_, key, &Kept::key);
    if (found == kept_.end())
        return nullptr;
    std::unique_ptr<SignIn> sign_in = std::move(found->sign_in);
    kept_.erase(found);
    return sign_in;
}

void OpenSignIns::drop_all() {
    std::vector<Kept> dropped;
    const std::lock_guard lock(mutex_);
    dropped.swap(kept_);
}

bool OpenSignIns::is_empty() {
    const std::lock_guard lock(mutex_);
    return kept_.empty();
}

} // namespace awsfed
