#include "cache/ledger.h"

#include "base/slow_hash.h"
#include "base/text.h"
#include "cache/sized.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::chrono::hours kept_for(24 * 90); // a password that was accepted is good until the next one is
// The account's name, without the domain that may stand before or behind it: CORP\alice, alice@corp.example and alice
// are one. Users of one name in two domains share a budget then, and lose nothing that they know to be right. Case does
// not tell users apart, as it does not in Active Directory.
std::string account_name(std::string_view user) {
    user = trimmed(user);
    if (const std::size_t domain = user.find('\\'); domain != user.npos)
        user.remove_prefix(domain + 1);
    else
        user = user.substr(0, user.find('@'));
    return lower_ascii(user);
}

Ledger::Account read_account(SizedReader& reader) {
    Ledger::Account account;
    account.target = reader.next();
    account.user = reader.next();
    return account;
}

Failure held(const Attempts::Hold& hold, Time now) {
    if (hold.refused)
        return fail(Code::credentials_refused,
                    "This password was refused at {}, and is not sent again before {} lest the account be locked.",
                    iso_time(hold.since), iso_time(hold.until))
            .stage("sign-in/ledger")
            .advice("Set another password; it is tried at once. `awsfed forget` lets this one be tried again.");
    return fail(Code::attempts_spent, "Too many passwords of this user were sent that are not known to be right.")
        .stage("sign-in/ledger")
        .retry_after_ms(std::max<std::int64_t>(0, (hold.until - now).count()))
        .advice(fmt::format("The next one is sent after {}. `awsfed forget` lets it be tried before.",
                            iso_time(hold.until)));
}

} // namespace

Ledger::Ledger(std::shared_ptr<const SealedStore> store, SecretHashing hashing, AttemptRules rules,
               const Random& random, const Clock& clock)
    : store_(std::move(store)), hashing_(hashing), rules_(rules), random_(random), clock_(clock) {}

RequestKey Ledger::key_of(const Account& account) const {
    RequestText text;
    text.add("attempts at", account.target);
    text.add("of", account_name(account.user));
    return store_->key_of(text);
}

Ledger::Attempt Ledger::attempt(const Account& account, const Secret& secret) const {
    return {*this, account, key_of(account), secret.clone()};
}

// What is torn, foreign or of another version is begun anew; what cannot be read is not nothing.
Result<Attempts> Ledger::read(const RequestKey& key, const Cancel& cancel) const {
    const auto bytes = store_->get(RecordKind::attempts, key, cancel);
    if (!bytes && bytes.error().code != Code::entry_broken)
        return pass(bytes.error());
    if (bytes && *bytes) {
        SizedReader reader((*bytes)->reveal());
        (void)read_account(reader);
        if (std::optional<Attempts> found = Attempts::read(reader.next()); found && reader.is_over())
            return *std::move(found);
    }
    return Attempts(random_);
}

Result<void> Ledger::write(const Attempt& of, const Attempts& attempts, const Cancel& cancel) const {
    Secret bytes;
    append_sized(bytes, of.account_.target);
    append_sized(bytes, of.account_.user);
    append_sized(bytes, attempts.bytes().reveal());
    return store_->put(RecordKind::attempts, of.key_, bytes.reveal(), kept_for, random_, cancel);
}

std::optional<Ledger::Facts> Ledger::facts_of(std::string_view record) {
    SizedReader reader(record);
    Account account = read_account(reader);
    const auto attempts = Attempts::read(reader.next());
    if (!attempts || !reader.is_over())
        return std::nullopt;
    return Facts{std::move(account), attempts->size()};
}

Result<void> Ledger::forget(const Account& account, const Cancel& cancel) const {
    return store_->erase(RecordKind::attempts, key_of(account), cancel);
}

Digest Ledger::Attempt::hash(const Attempts& attempts) {
    if (!hash_ || hash_->first != attempts.salt()) {
        const std::string_view salt(reinterpret_cast<const char*>(attempts.salt().data()), attempts.salt().size());
        Secret salted(salt);
        salted.append(secret_.reveal());
        const Digest keyed = Sha256().hmac(ledger_->store_->hashing_key(), salted.reveal());
        hash_.emplace(attempts.salt(), ledger_->hashing_ == SecretHashing::slow ? slow_hash(keyed, salt) : keyed);
    }
    return hash_->second;
}

Result<void> Ledger::Attempt::judge(const Attempts& attempts) {
    const Time now = ledger_->clock_.now();
    if (attempts.size() == 0)
        return {};
    if (const auto hold = attempts.hold(hash(attempts), now, ledger_->rules_))
        return held(*hold, now);
    return {};
}

Result<void> Ledger::Attempt::check(const Cancel& cancel) {
    AWSFED_TRY(const Attempts attempts, ledger_->read(key_, cancel));
    return judge(attempts);
}

Result<void> Ledger::Attempt::begin(const Cancel& cancel) {
    AWSFED_TRY(lock_, ledger_->store_->lock(RecordKind::attempts, key_, cancel));
    auto attempts = ledger_->read(key_, cancel);
    Result<void> done = attempts ? judge(*attempts) : Result<void>(pass(attempts.error()));
    if (done) {
        attempts->begin(hash(*attempts), ledger_->clock_.now());
        done = ledger_->write(*this, *attempts, cancel);
    }
    begun_ = done.has_value();
    if (!begun_)
        lock_.reset();
    return done;
}

// The lock may have been given up, or lost, while a person was asked.
Result<void> Ledger::Attempt::settle(AttemptOutcome outcome, const Cancel& cancel) {
    if (!begun_)
        return {};
    std::unique_ptr<Store::Lock> lock = std::move(lock_);
    if (outcome == AttemptOutcome::open)
        return {};
    if (!lock) {
        AWSFED_TRY(lock, ledger_->store_->lock(RecordKind::attempts, key_, cancel));
    }
    AWSFED_TRY(Attempts attempts, ledger_->read(key_, cancel));
    attempts.settle(hash(attempts), outcome);
    return ledger_->write(*this, attempts, cancel);
}

} // namespace awsfed
