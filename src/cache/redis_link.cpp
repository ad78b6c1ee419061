#include "cache/redis_link.h"

#include "base/locked_memory.h"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>
#include <new>
#include <vector>

namespace awsfed {

namespace {

// A command as it goes over the wire. It may hold the password, so it is wiped.
class Command {
public:
    explicit Command(std::span<const std::string_view> words) {
        std::vector<const char*> starts;
        std::vector<std::size_t> sizes;
        for (const std::string_view word : words) {
            starts.push_back(word.data());
            sizes.push_back(word.size());
        }
        size_ = redisFormatCommandArgv(&bytes_, static_cast<int>(words.size()), starts.data(), sizes.data());
        if (size_ < 0)
            throw std::bad_alloc();
    }
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;
    ~Command() {
        wipe(bytes_, static_cast<std::size_t>(size_));
        redisFreeCommand(bytes_);
    }
    std::string_view bytes() const { return {bytes_, static_cast<std::size_t>(size_)}; }

private:
    char* bytes_ = nullptr;
    long long size_ = 0; // as hiredis 1 has it
};

struct Refusal {
    std::string_view code;
    std::string_view setting;
    std::string_view why;
};
constexpr std::array refusals{
    Refusal{"WRONGPASS", "cache_password", "cache_user or cache_password is wrong"},
    Refusal{"NOAUTH", "cache_password", "it wants cache_password, and perhaps cache_user"},
    Refusal{"NOPERM", "cache_prefix", "cache_user may not use this command, or not keys that begin with cache_prefix"},
    Refusal{"OOM", "cache_url", "it is full, and removes nothing (maxmemory, maxmemory-policy)"},
    Refusal{"READONLY", "cache_url", "it is a replica that nobody may write to; cache_url must name the primary"},
    Refusal{"MOVED", "cache_url", "it is part of a cluster, where awsfed does not find its way"},
    Refusal{"CLUSTERDOWN", "cache_url", "it is part of a cluster, where awsfed does not find its way"},
    Refusal{"MASTERDOWN", "cache_url", "it is a replica whose primary is down"},
    Refusal{"LOADING", "cache_url", "it has just started, and still loads what it had"},
    Refusal{"BUSY", "cache_url", "somebody's script keeps it busy"},
    Refusal{"MISCONF", "cache_url", "it cannot write to its disk"},
};

// A server's code is in capital letters; anything else is not repeated.
std::string code_in(std::string_view text) {
    constexpr std::size_t code_chars_max = 20;
    const std::string_view word = text.substr(0, text.find(' '));
    const bool is_code = !word.empty() && word.size() <= code_chars_max &&
                         std::ranges::all_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
    return is_code ? std::string(word) : "an error";
}

Result<void> expect_ok(const RedisReply& reply, std::string_view what) {
    if (!reply.is_ok())
        return refusal_of(reply, what);
    return {};
}

} // namespace

Failure refusal_of(const RedisReply& reply, std::string_view what) {
    if (reply.kind != RedisReply::Kind::refusal)
        return fail(Code::store_failed, "The reply to {} is none that a Redis gives.", what).setting("cache_url");
    const std::string code = code_in(reply.text);
    const auto* const known = std::ranges::find(refusals, code, &Refusal::code);
    if (known == refusals.end())
        return fail(Code::store_failed, "It answers {} with {}.", what, code).setting("cache_url").peer(code);
    return fail(Code::store_failed, "It answers {} with {}: {}.", what, code, known->why)
        .setting(known->setting)
        .peer(code);
}

Result<std::unique_ptr<RedisLink>> RedisLink::open(const RedisTerms& terms, Instant end, const Cancel& cancel) {
    AWSFED_TRY(auto stream, Stream::open(terms.url, terms.network, end, cancel));
    std::unique_ptr<RedisLink> link(new RedisLink(std::move(stream)));
    if (!terms.password.empty()) {
        std::vector<std::string_view> words{"AUTH"};
        if (!terms.user.empty())
            words.emplace_back(terms.user);
        words.push_back(terms.password.reveal());
        AWSFED_TRY(const RedisReply reply, link->ask(words, end, cancel));
        AWSFED_CHECK(expect_ok(reply, "AUTH"));
    }
    if (terms.database != 0) {
        const std::string number = std::to_string(terms.database);
        AWSFED_TRY(const RedisReply reply, link->ask(std::array<std::string_view, 2>{"SELECT", number}, end, cancel));
        AWSFED_CHECK(expect_ok(reply, "SELECT"));
    }
    return link;
}

Result<RedisReply> RedisLink::ask(std::span<const std::string_view> words, Instant end, const Cancel& cancel) {
    const Command command(words);
    AWSFED_CHECK(stream_->send(command.bytes(), end, cancel));
    constexpr std::size_t portion = 16 * 1024;
    std::array<char, portion> room{};
    while (true) {
        AWSFED_TRY(const std::size_t got, stream_->receive(room, end, cancel));
        AWSFED_TRY(std::optional<RedisReply> reply, reader_.read({room.data(), got}));
        if (reply)
            return *std::move(reply);
    }
}

} // namespace awsfed
