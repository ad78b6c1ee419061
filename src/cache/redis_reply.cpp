#include "cache/redis_reply.h"

#include <hiredis/hiredis.h>

#include <new>

namespace awsfed {

namespace {

struct FreeReply {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

RedisReply copy_of(const redisReply& from) {
    RedisReply reply;
    switch (from.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        reply.kind = RedisReply::Kind::text;
        reply.text.assign(from.str, from.len);
        break;
    case REDIS_REPLY_ERROR:
        reply.kind = RedisReply::Kind::refusal;
        reply.text.assign(from.str, from.len);
        break;
    case REDIS_REPLY_INTEGER:
        reply.kind = RedisReply::Kind::number;
        reply.number = from.integer;
        break;
    case REDIS_REPLY_ARRAY:
        reply.kind = RedisReply::Kind::list;
        for (std::size_t i = 0; i < from.elements; ++i)
            reply.items.push_back(copy_of(*from.element[i]));
        break;
    default: break;
    }
    return reply;
}

} // namespace

// hiredis's own, but for lists: it would make room for as many items as a server says that it will send.
struct RedisReplyReader::Functions {
    redisReplyObjectFunctions own{}, bounded{};

    // The number is an int in hiredis 0.14, and a size_t later.
    template <class Number>
    static void* new_list(const redisReadTask* task, Number items) {
        int depth = 1;
        for (const redisReadTask* parent = task->parent; parent != nullptr; parent = parent->parent)
            ++depth;
        if (depth > list_depth_max || static_cast<std::size_t>(items) > list_items_max)
            return nullptr;
        return static_cast<const Functions*>(task->privdata)->own.createArray(task, items);
    }
};

RedisReplyReader::RedisReplyReader() : functions_(std::make_unique<Functions>()), reader_(redisReaderCreate()) {
    if (reader_ == nullptr)
        throw std::bad_alloc();
    functions_->own = functions_->bounded = *reader_->fn;
    functions_->bounded.createArray = Functions::new_list;
    reader_->fn = &functions_->bounded;
    reader_->privdata = functions_.get();
}

RedisReplyReader::~RedisReplyReader() { redisReaderFree(reader_); }

Result<std::optional<RedisReply>> RedisReplyReader::read(std::string_view bytes) {
    bytes_ += bytes.size();
    if (bytes_ > reply_bytes_max)
        return fail(Code::store_failed, "The reply is longer than {} bytes.", reply_bytes_max);
    void* found = nullptr;
    if (redisReaderFeed(reader_, bytes.data(), bytes.size()) != REDIS_OK ||
        redisReaderGetReply(reader_, &found) != REDIS_OK)
        return fail(Code::store_failed, "The reply is none that a Redis gives.");
    if (found == nullptr)
        return std::nullopt;
    const std::unique_ptr<redisReply, FreeReply> reply(static_cast<redisReply*>(found));
    if (reader_->pos != reader_->len) // nobody asked for more
        return fail(Code::store_failed, "There is something behind the reply.");
    bytes_ = 0;
    return copy_of(*reply);
}

} // namespace awsfed
