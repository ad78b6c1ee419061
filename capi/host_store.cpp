// The host's own store, as awsfed_context_store is given it.
#include "cache/process_store.h"
#include "cache/store.h"
#include "guarded.h"

#include <utility>

using namespace awsfed;
using namespace awsfed::capi;

// What a function of the host gives: no more of it than is of use (security rule 12).
struct awsfed_store_reply {
    static constexpr std::size_t items_max = 100'000;
    static constexpr std::size_t name_bytes_max = 80;

    std::size_t item_bytes_max = 0;
    std::vector<std::string> items{};
    bool is_too_much = false;

    void add(const void* bytes, std::size_t n) {
        is_too_much = is_too_much || n > item_bytes_max || items.size() >= items_max || (bytes == nullptr && n > 0);
        if (!is_too_much)
            items.emplace_back(n == 0 ? "" : static_cast<const char*>(bytes), n);
    }
};

namespace {

struct HostFunctions {
    awsfed_store_get_fn get = nullptr;
    awsfed_store_put_fn put = nullptr;
    awsfed_store_erase_fn erase = nullptr;
    awsfed_store_names_fn names = nullptr;
    awsfed_store_lock_fn lock = nullptr;
    awsfed_store_unlock_fn unlock = nullptr;
    void* user = nullptr;
};

// The host is told when no call can follow: when the store and all its locks are gone.
class Host {
public:
    Host(HostFunctions functions, awsfed_done_fn done) : functions_(functions), done_(done) {}
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;
    ~Host() {
        if (done_ != nullptr)
            done_(functions_.user);
    }

    // What it returns, where that is no failure. It may be written in C++, and throw.
    template <class... Args, class... Given>
    Result<int> ask(std::string_view what, int (*function)(void*, Args...), Given... given) const {
        int answer = -1;
        try {
            answer = function(functions_.user, given...);
        } catch (...) { // NOLINT(bugprone-empty-catch): it failed
        }
        if (answer < 0)
            return fail(Code::store_failed, "The host program's store failed to {}.", what)
                .setting("cache")
                .advice("The log of the host program may tell why.");
        return answer;
    }
    const HostFunctions& functions() const { return functions_; }

private:
    HostFunctions functions_;
    awsfed_done_fn done_;
};

class HostLock : public Store::Lock {
public:
    HostLock(std::shared_ptr<const Host> host, std::string name) : host_(std::move(host)), name_(std::move(name)) {}
    HostLock(const HostLock&) = delete;
    HostLock& operator=(const HostLock&) = delete;
    ~HostLock() override {
        try {
            host_->functions().unlock(host_->functions().user, name_.c_str(), name_.size());
        } catch (...) { // NOLINT(bugprone-empty-catch): a host in C++ may throw, and nobody can mend it here
        }
    }

private:
    std::shared_ptr<const Host> host_;
    std::string name_;
};

class HostStore : public Store {
public:
    explicit HostStore(std::shared_ptr<const Host> host) : host_(std::move(host)) {}

    Result<std::optional<std::string>> get(const std::string& name, const Cancel& /*cancel*/) const override {
        awsfed_store_reply reply{.item_bytes_max = record_bytes_max};
        AWSFED_CHECK(host_->ask("read", host_->functions().get, name.c_str(), name.size(), &reply));
        if (reply.is_too_much || reply.items.size() > 1)
            return too_much();
        if (reply.items.empty())
            return std::nullopt;
        return std::move(reply.items.front());
    }
    Result<void> put(const std::string& name, std::string_view bytes, std::chrono::milliseconds life,
                     const Cancel& /*cancel*/) const override {
        AWSFED_CHECK(host_->ask("write", host_->functions().put, name.c_str(), name.size(),
                                static_cast<const void*>(bytes.data()), bytes.size(), std::int64_t{life.count()}));
        return {};
    }
    Result<void> erase(const std::string& name, const Cancel& /*cancel*/) const override {
        AWSFED_CHECK(host_->ask("erase", host_->functions().erase, name.c_str(), name.size()));
        return {};
    }
    Result<std::vector<std::string>> names(const Cancel& /*cancel*/) const override {
        awsfed_store_reply reply{.item_bytes_max = awsfed_store_reply::name_bytes_max};
        AWSFED_CHECK(host_->ask("tell its names", host_->functions().names, &reply));
        if (reply.is_too_much)
            return too_much();
        return std::move(reply.items);
    }
    Result<std::unique_ptr<Lock>> try_lock(const std::string& name, const Cancel& cancel) const override {
        if (host_->functions().lock == nullptr)
            return process_.try_lock(name, cancel);
        AWSFED_TRY(const int is_ours, host_->ask("lock", host_->functions().lock, name.c_str(), name.size()));
        if (is_ours == 0)
            return nullptr;
        return std::make_unique<HostLock>(host_, name);
    }

private:
    static Failure too_much() {
        return fail(Code::store_failed, "The host program's store gave more than was ever kept there.")
            .setting("cache");
    }

    std::shared_ptr<const Host> host_;
    ProcessStore process_; // for its locks, where the host has none
};

} // namespace

void awsfed_store_reply_add(awsfed_store_reply* r, const void* bytes, size_t n) {
    if (r == nullptr)
        return;
    try {
        r->add(bytes, n);
    } catch (...) { // there is no memory for it
        r->is_too_much = true;
    }
}

awsfed_status awsfed_context_store(awsfed_context* c, awsfed_store_get_fn get, awsfed_store_put_fn put,
                                   awsfed_store_erase_fn erase, awsfed_store_names_fn names, awsfed_store_lock_fn lock,
                                   awsfed_store_unlock_fn unlock, void* user, awsfed_done_fn done, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(c);
        if (get == nullptr) {
            c->context->stores().set_host_store(nullptr);
            if (done != nullptr)
                done(user);
            return {};
        }
        AWSFED_NEEDS(put);
        AWSFED_NEEDS(erase);
        AWSFED_NEEDS(names);
        if ((lock == nullptr) != (unlock == nullptr))
            return fail(Code::usage, "The functions lock and unlock must both be there, or none of them.");
        const HostFunctions functions{get, put, erase, names, lock, unlock, user};
        c->context->stores().set_host_store(
            std::make_shared<const HostStore>(std::make_shared<const Host>(functions, done)));
        return {};
    });
}
