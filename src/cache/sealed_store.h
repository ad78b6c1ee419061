// A store under a key: what lies there is nothing to who does not have the key, neither what it is, nor for what; and a
// record that was moved or changed is none.
#pragma once

#include "base/random.h"
#include "base/secret.h"
#include "cache/request_key.h"
#include "cache/store.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

enum class RecordKind { credentials, attempts, session, codes };

// May be used by many threads and processes.
class SealedStore {
public:
    struct Record {
        RequestKey key;
        Secret bytes;
    };

    SealedStore(std::shared_ptr<const Store> store, std::string_view key);

    RequestKey key_of(const RequestText& text) const { return text.key(naming_key_.reveal()); }
    // For what is remembered of secrets: without the store's key, nothing of it can be guessed.
    std::string_view hashing_key() const { return hashing_key_.reveal(); }

    // Empty where there is none. entry_broken: something lies there that is no record of ours; it may be written over.
    Result<std::optional<Secret>> get(RecordKind kind, const RequestKey& key, const Cancel& cancel) const;
    Result<void> put(RecordKind kind, const RequestKey& key, std::string_view bytes, std::chrono::milliseconds life,
                     const Random& random, const Cancel& cancel) const;
    Result<void> erase(RecordKind kind, const RequestKey& key, const Cancel& cancel) const;
    // Those that can be read.
    Result<std::vector<Record>> all(RecordKind kind, const Cancel& cancel) const;

    // Waits for whoever has it; cancelled. store_busy where he has it for too long: he may be stopped.
    Result<std::unique_ptr<Store::Lock>> lock(RecordKind kind, const RequestKey& key, const Cancel& cancel,
                                              std::chrono::milliseconds patience = std::chrono::minutes(5)) const;
    // Null where somebody else has it.
    Result<std::unique_ptr<Store::Lock>> try_lock(RecordKind kind, const RequestKey& key, const Cancel& cancel) const;

private:
    std::shared_ptr<const Store> store_;
    Secret naming_key_, sealing_key_, hashing_key_;
};

} // namespace awsfed
