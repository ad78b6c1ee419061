// The ledger of attempts (security rule 6): an attempt is written down before the password is sent.
#pragma once

#include "base/cancel.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "cache/attempts.h"
#include "cache/sealed_store.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace awsfed {

// How what is remembered of a secret is made. In a process, whose key dies with it, a keyed hash will do; what lies
// where others may get at it, and at its key, is made so that to guess is slow (scrypt, RFC 7914).
enum class SecretHashing { keyed, slow };

// May be used by many threads and processes.
class Ledger {
public:
    struct Account { // at an identity provider
        std::string target; // its origin
        std::string user;
    };
    // What a record says, to be shown. Empty for what is none.
    struct Facts {
        Account account;
        std::size_t attempts = 0;
    };
    static std::optional<Facts> facts_of(std::string_view record);

    // One password of one account, in one sign-in.
    class Attempt {
    public:
        Attempt(Attempt&&) = default;
        Attempt& operator=(Attempt&&) = delete;

        // Fails where the password must not be sent: credentials_refused where it was refused before,
        // attempts_spent where too many were tried; store_failed where the ledger cannot be read.
        Result<void> check(const Cancel& cancel);
        // As check, and writes the attempt down, or fails (store_failed, store_busy). From then on no other attempt for
        // the account begins until settle().
        Result<void> begin(const Cancel& cancel);
        // What came of the one that was begun last. It is open otherwise.
        Result<void> settle(AttemptOutcome outcome, const Cancel& cancel);
        bool is_begun() const { return begun_; }
        bool is_of(const Secret& secret) const { return secret_.equals(secret.reveal()); }

    private:
        friend class Ledger;
        Attempt(const Ledger& ledger, Account account, const RequestKey& key, Secret secret)
            : ledger_(&ledger), account_(std::move(account)), key_(key), secret_(std::move(secret)) {}
        Digest hash(const Attempts& attempts);
        Result<void> judge(const Attempts& attempts);

        const Ledger* ledger_;
        Account account_;
        RequestKey key_;
        Secret secret_;
        std::optional<std::pair<Attempts::Salt, Digest>> hash_{}; // made once, since it takes time
        std::unique_ptr<Store::Lock> lock_{};
        bool begun_ = false;
    };

    // `random` and `clock` must outlive it.
    Ledger(std::shared_ptr<const SealedStore> store, SecretHashing hashing, AttemptRules rules, const Random& random,
           const Clock& clock);

    Attempt attempt(const Account& account, const Secret& secret) const; // outlived by the ledger
    // Everything of that account may be tried again.
    Result<void> forget(const Account& account, const Cancel& cancel) const;

private:
    RequestKey key_of(const Account& account) const;
    Result<Attempts> read(const RequestKey& key, const Cancel& cancel) const;
    Result<void> write(const Attempt& of, const Attempts& attempts, const Cancel& cancel) const;

    std::shared_ptr<const SealedStore> store_;
    SecretHashing hashing_;
    AttemptRules rules_;
    const Random& random_;
    const Clock& clock_;
};

} // namespace awsfed
