#include "cache/redis_store.h"

#include "base/limits.h"
#include "base/random.h"
#include "base/text.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <mutex>
#include <set>

namespace awsfed {

namespace {

constexpr std::size_t links_max = 8;         // that are kept; as many threads at once find theirs open
constexpr std::size_t names_max = 100'000;   // in all: who has more keeps other things under the prefix, too
constexpr std::size_t name_chars_max = 80;   // as the interface has it
constexpr std::size_t token_bytes = 16;
constexpr std::chrono::seconds release_time(1); // for giving up a lock, which else ends by its lease

const SystemRandom system_random;

using Words = std::initializer_list<std::string_view>;

// Whose token it is gives up the lock; another one's, after the lease was over, stays.
constexpr std::string_view release_script =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end";

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= name_chars_max && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (lower_ascii(c) >= 'a' && lower_ascii(c) <= 'z') || c == '.';
    });
}

// For MATCH, whose pattern has characters of its own.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (std::string_view("*?[]^\\").find(c) != std::string_view::npos)
            out += '\\';
        out += c;
    }
    return out;
}

} // namespace

// The connections, and what is known of the server. May be used by many threads.
class RedisStore::Links {
public:
    using Instant = RedisLink::Instant;

    explicit Links(RedisTerms terms) : terms_(std::move(terms)), process_(::getpid()) {}

    std::string key_of(std::string_view name) const { return terms_.prefix + std::string(name); }
    std::string lock_key_of(std::string_view name) const { return terms_.prefix + "lock:" + std::string(name); }
    std::string pattern() const { return escaped(terms_.prefix) + "*"; }
    const std::string& prefix() const { return terms_.prefix; }
    std::chrono::milliseconds lease() const { return terms_.lease; }
    bool is_of_this_process() const { return ::getpid() == process_; }
    Instant end() const { return std::chrono::steady_clock::now() + terms_.network.timeout; }

    Result<RedisReply> ask(Words words, Instant end, const Cancel& cancel) {
        if (!is_of_this_process())
            return fail(Code::store_failed, "The connections to Redis are those of the process before it forked.");
        AWSFED_TRY(std::unique_ptr<RedisLink> link, take());
        if (link) {
            auto reply = link->ask(words, end, cancel);
            if (reply)
                return kept(std::move(link), *std::move(reply));
            if (reply.error().code != Code::network_failed)
                return failed(reply.error());
            // It was closed meanwhile. What is asked once more may have been done already: that does no harm, but that
            // a lock which nobody knows of stays until its lease is over.
        }
        auto fresh = RedisLink::open(terms_, end, cancel);
        if (!fresh)
            return failed(fresh.error());
        auto reply = (*fresh)->ask(words, end, cancel);
        if (!reply)
            return failed(reply.error());
        return kept(*std::move(fresh), *std::move(reply));
    }
    Result<RedisReply> ask(Words words, const Cancel& cancel) { return ask(words, end(), cancel); }

    // Of a reply that is another than was hoped for.
    Failure refused(const RedisReply& reply, std::string_view what) const {
        return named(refusal_of(reply, what).take());
    }

private:
    struct Idle {
        std::unique_ptr<RedisLink> link;
        Instant since;
    };

    // Null where none is open. A failure while the server is left alone: the one that made it so.
    Result<std::unique_ptr<RedisLink>> take() {
        const Instant now = Instant::clock::now();
        std::vector<Idle> outdated; // closed when the lock is released
        const std::lock_guard lock(mutex_);
        if (now < rests_until_)
            return pass(last_failure_);
        if (idle_.empty())
            return nullptr;
        if (now - idle_.back().since > kept_connection_idle_max) { // and so are all the others
            outdated.swap(idle_);
            return nullptr;
        }
        std::unique_ptr<RedisLink> link = std::move(idle_.back().link);
        idle_.pop_back();
        return link;
    }

    // Where it refuses, another one may answer by that name meanwhile: a replica is no primary. After a while names and
    // certificates are looked at anew.
    RedisReply kept(std::unique_ptr<RedisLink> link, RedisReply reply) {
        const Instant now = Instant::clock::now();
        if (reply.kind == RedisReply::Kind::refusal || now - link->made() > kept_connection_age_max)
            return reply;
        const std::lock_guard lock(mutex_);
        if (idle_.size() < links_max)
            idle_.push_back({std::move(link), now});
        return reply;
    }

    Failure named(Error error) const {
        if (error.code == Code::cancelled)
            return pass(std::move(error));
        const std::string setting = error.setting.empty() ? "cache_url" : error.setting;
        return fail(Code::store_failed, "The Redis of cache_url ({}) cannot be used. {}", terms_.url.host_and_port(),
                    error.message)
            .setting(setting)
            .peer(std::move(error.peer))
            .advice(
                "Check that the Redis runs, and what cache_url, cache_user, cache_password, cache_prefix and ca_file "
                "say of it.");
    }

    // What a call met that was cancelled says nothing of the server.
    Failure failed(const Error& met) {
        Error error = named(met).take();
        if (error.code != Code::cancelled) {
            const std::lock_guard lock(mutex_);
            rests_until_ = std::chrono::steady_clock::now() + rest;
            last_failure_ = error;
            idle_.clear();
        }
        return pass(std::move(error));
    }

    const RedisTerms terms_;
    const pid_t process_;
    std::mutex mutex_; // of all below
    std::vector<Idle> idle_; // the longest idle first
    Instant rests_until_{};
    Error last_failure_;
};

class RedisStore::HeldLock : public Store::Lock {
public:
    HeldLock(std::shared_ptr<Links> links, std::string key, std::string token)
        : links_(std::move(links)), key_(std::move(key)), token_(std::move(token)) {}
    HeldLock(const HeldLock&) = delete;
    HeldLock& operator=(const HeldLock&) = delete;
    ~HeldLock() override {
        const Cancel never;
        try {
            const auto end = std::min(links_->end(), RedisLink::Instant::clock::now() + release_time);
            (void)links_->ask({"EVAL", release_script, "1", key_, token_}, end, never);
        } catch (...) { // NOLINT(bugprone-empty-catch): then it ends by its lease
        }
    }

private:
    std::shared_ptr<Links> links_;
    std::string key_, token_;
};

RedisStore::RedisStore(RedisTerms terms) : links_(std::make_shared<Links>(std::move(terms))) {}

Result<std::optional<std::string>> RedisStore::get(const std::string& name, const Cancel& cancel) const {
    AWSFED_TRY(RedisReply reply, links_->ask({"GET", links_->key_of(name)}, cancel));
    if (reply.kind == RedisReply::Kind::nothing)
        return std::nullopt;
    if (reply.kind != RedisReply::Kind::text || reply.text.size() > record_bytes_max)
        return links_->refused(reply, "GET");
    return std::move(reply.text);
}

Result<void> RedisStore::put(const std::string& name, std::string_view bytes, std::chrono::milliseconds life,
                             const Cancel& cancel) const {
    if (life <= std::chrono::milliseconds(0)) // nobody misses it, and Redis takes no such time
        return erase(name, cancel);
    const std::string ms = std::to_string(life.count());
    AWSFED_TRY(const RedisReply reply, links_->ask({"SET", links_->key_of(name), bytes, "PX", ms}, cancel));
    if (!reply.is_ok())
        return links_->refused(reply, "SET");
    return {};
}

Result<void> RedisStore::erase(const std::string& name, const Cancel& cancel) const {
    AWSFED_TRY(const RedisReply reply, links_->ask({"DEL", links_->key_of(name)}, cancel));
    if (reply.kind != RedisReply::Kind::number)
        return links_->refused(reply, "DEL");
    return {};
}

// Round by round, in the time of one question: a Redis may hold millions of keys, and a false one may never end.
Result<std::vector<std::string>> RedisStore::names(const Cancel& cancel) const {
    using Kind = RedisReply::Kind;
    const auto end = links_->end();
    const std::string pattern = links_->pattern();
    std::set<std::string> found; // a key may be named twice
    std::string cursor = "0";
    do {
        AWSFED_TRY(const RedisReply reply,
                   links_->ask({"SCAN", cursor, "MATCH", pattern, "COUNT", "500"}, end, cancel));
        if (reply.kind != Kind::list || reply.items.size() != 2 || reply.items[0].kind != Kind::text ||
            reply.items[1].kind != Kind::list)
            return links_->refused(reply, "SCAN");
        cursor = reply.items[0].text;
        for (const RedisReply& item : reply.items[1].items) {
            const std::string_view key = item.text;
            if (key.starts_with(links_->prefix()) && is_name(key.substr(links_->prefix().size())))
                found.emplace(key.substr(links_->prefix().size()));
        }
        if (found.size() > names_max)
            return links_->refused(RedisReply{}, "SCAN");
    } while (cursor != "0");
    return std::vector<std::string>(found.begin(), found.end());
}

Result<std::unique_ptr<Store::Lock>> RedisStore::try_lock(const std::string& name, const Cancel& cancel) const {
    std::string key = links_->lock_key_of(name);
    std::string token = system_random.hex(token_bytes);
    const std::string ms = std::to_string(links_->lease().count());
    AWSFED_TRY(const RedisReply reply, links_->ask({"SET", key, token, "NX", "PX", ms}, cancel));
    if (reply.kind == RedisReply::Kind::nothing)
        return nullptr;
    if (!reply.is_ok())
        return links_->refused(reply, "SET");
    return std::make_unique<HeldLock>(links_, std::move(key), std::move(token));
}

} // namespace awsfed
