// What a Redis answers, read by hiredis out of bytes that are not believed (security rule 12).
#pragma once

#include "base/result.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct redisReader;

namespace awsfed {

struct RedisReply {
    enum class Kind { nothing, text, number, list, refusal };

    Kind kind = Kind::nothing;
    std::string text{};      // of a refusal: what the server says, code first
    long long number = 0;
    std::vector<RedisReply> items{};

    bool is_ok() const { return kind == Kind::text && text == "OK"; }
};

// One reply after the other. After a failure it is of no use.
class RedisReplyReader {
public:
    static constexpr std::size_t reply_bytes_max = 1024 * 1024; // a record has 256 KiB, a round of names some 100 KiB
    static constexpr std::size_t list_items_max = 10'000;       // a round of names has some hundred
    static constexpr int list_depth_max = 2;                    // names stand in a list within a list

    RedisReplyReader();
    ~RedisReplyReader();
    RedisReplyReader(const RedisReplyReader&) = delete;
    RedisReplyReader& operator=(const RedisReplyReader&) = delete;

    // Takes bytes that came, and gives the reply that they complete; empty: more are needed. store_failed where they
    // are no reply, are more than one, or are too large.
    Result<std::optional<RedisReply>> read(std::string_view bytes);

private:
    struct Functions;

    std::unique_ptr<Functions> functions_;
    redisReader* reader_;
    std::size_t bytes_ = 0; // of the reply that is being read
};

} // namespace awsfed
