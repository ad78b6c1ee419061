// The store that the settings name, opened: a folder, a Redis, or what the host program has.
#pragma once

#include "base/cancel.h"
#include "cache/sealed_store.h"
#include "settings/settings.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace awsfed {

// Whether the settings name a store. Otherwise what is kept dies with the process.
bool keeps_in_store(const Settings& settings);

// Those of one context. What is connected stays so from one call to the next, for as long as the settings that name it
// are the same. May be used by many threads.
class StorePlaces {
public:
    // For the values of "cache" that keep more than memory does. store_failed where it cannot be used, as far as that
    // can be seen without asking over the network.
    Result<std::shared_ptr<const SealedStore>> open(const Settings& settings, const Cancel& cancel);

    // For cache=host; null: none.
    void set_host_store(std::shared_ptr<const Store> store);

private:
    struct Connected {
        RequestKey terms; // all of them, the password too
        std::shared_ptr<const Store> store;
    };

    Result<std::shared_ptr<const Store>> place_of(const Settings& settings, const Cancel& cancel);
    Result<std::shared_ptr<const Store>> redis_of(const Settings& settings, const Cancel& cancel);
    Result<std::shared_ptr<const Store>> host_store() const;

    mutable std::mutex mutex_; // of all below
    std::string naming_key_; // of Connected::terms; drawn when it is needed
    std::vector<Connected> connected_; // the oldest first
    std::shared_ptr<const Store> host_store_;
};

} // namespace awsfed
