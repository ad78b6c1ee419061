// A connection to a Redis, by somebody whom it knows.
#pragma once

#include "base/secret.h"
#include "cache/redis_reply.h"
#include "http/stream.h"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace awsfed {

struct RedisTerms {
    Url url; // https, or http to this machine: it carries what Redis speaks, not HTTP
    std::string user{};
    Secret password{}; // empty: nobody signs in
    int database = 0;
    std::string prefix{}; // of all keys
    std::chrono::milliseconds lease{60'000}; // of a lock
    NetworkTerms network{}; // its timeout is that of all that one question takes
};

// For one thread at a time. After a failure it is of no use.
class RedisLink {
public:
    using Instant = Stream::Instant;

    static Result<std::unique_ptr<RedisLink>> open(const RedisTerms& terms, Instant end, const Cancel& cancel);

    // What it says, be it a refusal.
    Result<RedisReply> ask(std::span<const std::string_view> words, Instant end, const Cancel& cancel);

    Instant made() const { return made_; }

private:
    explicit RedisLink(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

    std::unique_ptr<Stream> stream_;
    RedisReplyReader reader_;
    Instant made_ = Instant::clock::now();
};

// Of a reply that refuses, why: in words of ours, since those of a server may repeat what it was sent. `what` was
// asked.
Failure refusal_of(const RedisReply& reply, std::string_view what);

} // namespace awsfed
