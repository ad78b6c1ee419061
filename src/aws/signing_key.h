// The keys that SigV4 derives from a secret access key: whoever has one can sign for its day, region and service, and
// for nothing else.
#pragma once

#include "base/hash.h"
#include "base/locked_memory.h"

#include <array>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

namespace awsfed {

// Wipes itself.
class SigningKey {
public:
    explicit SigningKey(const Digest& digest) : digest_(digest) {}
    SigningKey(Sha256& hash, std::string_view key, std::string_view text) : digest_(hash.hmac(key, text)) {}
    SigningKey(const SigningKey&) = default;
    SigningKey& operator=(const SigningKey&) = default;
    ~SigningKey() { wipe(digest_.data(), digest_.size()); }

    std::string_view bytes() const { return bytes_of(digest_); }
    const Digest& digest() const { return digest_; }

private:
    Digest digest_;
};

// `scope` is "20150830/us-east-1/sts/aws4_request".
SigningKey derive_signing_key(Sha256& hash, std::string_view secret_access_key, std::string_view scope);

// The last few keys, for one caller after the other: to derive one takes as long as the rest of a signature. For many
// threads: one that finds the cache in use derives for itself, so nobody waits, and a child that was forked in the
// middle of a change goes on without it. The keys are in memory that is locked, empty in a forked child, and wiped with
// the cache; of the secret access key a hash is kept.
class SigningKeyCache {
public:
    static constexpr std::size_t keys_max = 8; // callers and days of one program at a time

    SigningKeyCache();
    SigningKeyCache(const SigningKeyCache&) = delete;
    SigningKeyCache& operator=(const SigningKeyCache&) = delete;
    ~SigningKeyCache();

    // The kept one, else a derived one, which is kept.
    SigningKey key(Sha256& hash, std::string_view secret_access_key, std::string_view scope);

private:
    struct Entry {
        Digest name; // of scope and secret access key; all zeros is no hash that anybody knows the text of
        Digest key;
    };

    std::optional<SigningKey> find(const Digest& name);
    void keep(const Digest& name, const SigningKey& key);

    LockedMemory memory_;
    std::span<Entry> entries_;
    std::mutex mutex_; // of the entries and the next line
    std::size_t next_ = 0; // the oldest
};

} // namespace awsfed
