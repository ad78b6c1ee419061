#include "cache/redis_store.h"

#include "fakes/redis_double.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>

using namespace awsfed;
using namespace std::chrono_literals;

namespace {

const Cancel never;

using Answer = RedisDouble::Answer;
constexpr auto quick = 1500ms; // on a machine that is busy with other things

RedisTerms terms_of(const RedisDouble& server, std::chrono::milliseconds timeout = 10s) {
    return {.url = *Url::parse(server.url()),
            .prefix = "p*:",
            .network = {.timeout = timeout, .connect_timeout = 5s, .http_loopback = true}};
}

struct Met {
    Error error;
    std::chrono::steady_clock::duration took{};
};

template <class Call>
Met failure_of(Call&& call) {
    const auto began = std::chrono::steady_clock::now();
    auto outcome = call();
    REQUIRE_FALSE(outcome);
    return {outcome.error(), std::chrono::steady_clock::now() - began};
}

} // namespace

TEST_CASE("security rule 12: what no Redis answers is refused, whatever it is, and told in words of ours") {
    const std::string deep = "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n$1\r\na\r\n";
    struct Row {
        Answer answer;
        std::string word;
    };
    for (const Row& row : {
             Row{{.bytes = "HTTP/1.1 400 Bad Request\r\n\r\n"}, "none that a Redis gives"},
             Row{{.bytes = "$-2\r\n"}, ""},
             Row{{.bytes = ":1\r\n"}, "none that a Redis gives"},
             Row{{.bytes = "*2\r\n$1\r\na\r\n$1\r\nb\r\n"}, "none that a Redis gives"},
             Row{{.bytes = "*2147483647\r\n"}, "none that a Redis gives"},
             Row{{.bytes = "*-5\r\n"}, ""},
             Row{{.bytes = deep}, "none that a Redis gives"},
             Row{{.bytes = "$-1\r\n$-1\r\n"}, "behind the reply"},
             Row{{.bytes = "$1073741824\r\n" + std::string(30'000, 'x'), .goes_on = true}, "longer than 1048576"},
             Row{{.bytes = "$300000\r\n" + std::string(300'000, 'x') + "\r\n"}, "none that a Redis gives"},
             Row{{.bytes = "+" + std::string(30'000, 'x'), .goes_on = true}, "longer than 1048576"},
             Row{{.closes = true}, "broke"},
             Row{{.bytes = "$5\r\nab", .closes = true}, "broke"},
             Row{{.bytes = "-WRONGPASS no hunter2\r\n"}, "cache_user or cache_password is wrong"},
             Row{{.bytes = "-OOM command not allowed\r\n"}, "it is full"},
             Row{{.bytes = "-READONLY You can't write\r\n"}, "cache_url must name the primary"},
             Row{{.bytes = "-MOVED 1 10.0.0.1:6379\r\n"}, "a cluster"},
             Row{{.bytes = "-ERR unknown command, with args beginning with: hunter2\r\n"}, "ERR"},
             Row{{.bytes = "-hunter2\r\n"}, "an error"},
         }) {
        CAPTURE(row.answer.bytes.substr(0, 40));
        const RedisDouble server([&](const std::string&) { return row.answer; });
        const RedisStore store(terms_of(server));
        const Met met = failure_of([&] { return store.get("a.entry", never); });
        CHECK(met.error.code == Code::store_failed);
        CHECK(met.error.message.find(row.word) != std::string::npos);
        CHECK(met.error.message.find("hunter2") == std::string::npos);
        CHECK_FALSE(met.error.setting.empty());
    }
}

TEST_CASE("a server that says one byte after the other, for ever, is given up in time") {
    const RedisDouble server([](const std::string&) { return Answer{.bytes = "+", .goes_on = true}; });
    const RedisStore store(terms_of(server, 200ms));
    const Met met = failure_of([&] { return store.get("a.entry", never); });
    CHECK(met.error.message.find("in time") != std::string::npos);
    CHECK(met.error.setting == "timeout");
    CHECK(met.took < quick);
}

TEST_CASE("a call that waits for a silent server can be cancelled, and says nothing of the server") {
    std::atomic<bool> is_silent = true;
    const RedisDouble server([&](const std::string&) { return Answer{.bytes = is_silent ? "" : "$-1\r\n"}; });
    const RedisStore store(terms_of(server));
    Cancel cancel;
    std::thread other([&] {
        while (server.asked().empty())
            std::this_thread::yield();
        cancel.now();
    });
    const Met met = failure_of([&] { return store.get("a.entry", cancel); });
    other.join();
    CHECK(met.error.code == Code::cancelled);
    CHECK(met.took < quick);
    is_silent = false;
    CHECK(store.get("a.entry", never));
}

TEST_CASE("a server that failed is left alone for a while: a hundred callers do not wait for it") {
    const RedisDouble server([](const std::string&) { return Answer{}; });
    const RedisStore store(terms_of(server, 200ms));
    const Met first = failure_of([&] { return store.get("a.entry", never); });
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i)
        CHECK(store.put("a.entry", "x", 1h, never).error().message == first.error.message);
    CHECK(std::chrono::steady_clock::now() - began < quick);
    CHECK(server.connections() == 1);
}

TEST_CASE("one connection serves one question after the other; where it broke, another one is made, without a signal") {
    std::atomic<bool> closes = false;
    const RedisDouble server([&](const std::string& asked) {
        return Answer{.bytes = asked.find("SET") != std::string::npos ? "+OK\r\n" : "$-1\r\n", .closes = closes};
    });
    const RedisStore store(terms_of(server));
    for (int i = 0; i < 3; ++i)
        CHECK(store.get("a.entry", never));
    CHECK(server.connections() == 1);
    closes = true;
    CHECK(store.get("a.entry", never));
    closes = false;
    CHECK(store.put("a.entry", "x", 1h, never));
    CHECK(server.connections() == 2);
}

TEST_CASE("a server that refuses is asked by a new connection next time: another one may have its name by then") {
    const RedisDouble server([](const std::string&) { return Answer{.bytes = "-READONLY a replica\r\n"}; });
    const RedisStore store(terms_of(server));
    for (int i = 1; i <= 2; ++i) {
        CHECK_FALSE(store.put("a.entry", "x", 1h, never));
        CHECK(server.connections() == i);
    }
}

TEST_CASE("a lock is given up by its own token, once, under a name that is no record's") {
    const RedisDouble server([](const std::string& asked) {
        return Answer{.bytes = asked.find("EVAL") != std::string::npos ? ":1\r\n" : "+OK\r\n"};
    });
    {
        const RedisStore store(terms_of(server));
        auto lock = store.try_lock("a.entry", never);
        REQUIRE(lock);
        CHECK(*lock);
    }
    const std::string asked = server.asked();
    const std::size_t key = asked.find("$15\r\np*:lock:a.entry\r\n");
    REQUIRE(key != std::string::npos);
    const std::string token = asked.substr(key + 22, 5 + 32);
    CHECK(token.starts_with("$32\r\n"));
    CHECK(asked.find("NX\r\n$2\r\nPX\r\n$5\r\n60000\r\n") != std::string::npos);
    const std::size_t release = asked.find("EVAL");
    REQUIRE(release != std::string::npos);
    CHECK(asked.find(token, release) != std::string::npos);
    CHECK(asked.find("EVAL", release + 1) == std::string::npos);
}

TEST_CASE("a lock that somebody else has is none") {
    const RedisDouble server([](const std::string&) { return Answer{.bytes = "$-1\r\n"}; });
    const RedisStore store(terms_of(server));
    const auto lock = store.try_lock("a.entry", never);
    REQUIRE(lock);
    CHECK_FALSE(*lock);
}

TEST_CASE("names are those of records, whatever else lies there, and the prefix is no pattern") {
    const RedisDouble server([](const std::string& asked) {
        return Answer{.bytes =
                          asked.find("$1\r\n0\r\n") != std::string::npos
                              ? "*2\r\n$1\r\n7\r\n*3\r\n$10\r\np*:a.entry\r\n$15\r\np*:lock:a.entry\r\n$2\r\nxx\r\n"
                              : "*2\r\n$1\r\n0\r\n*2\r\n$10\r\np*:a.entry\r\n$10\r\np*:b.entry\r\n"};
    });
    const RedisStore store(terms_of(server));
    const auto names = store.names(never);
    REQUIRE(names);
    CHECK(*names == std::vector<std::string>{"a.entry", "b.entry"});
    CHECK(server.asked().find("p\\*:*") != std::string::npos);
}

TEST_CASE("rounds of names that never end are given up in time") {
    const RedisDouble server([](const std::string&) { return Answer{.bytes = "*2\r\n$1\r\n7\r\n*0\r\n"}; });
    const RedisStore store(terms_of(server, 300ms));
    CHECK(failure_of([&] { return store.names(never); }).took < quick);
}

TEST_CASE("security rule 2: a Redis without TLS is only one of this machine, and only where that is allowed") {
    const RedisDouble server([](const std::string&) { return Answer{.bytes = "$-1\r\n"}; });
    RedisTerms terms = terms_of(server);
    terms.network.http_loopback = false;
    CHECK(failure_of([&] { return RedisStore(std::move(terms)).get("a.entry", never); }).error.code ==
          Code::store_failed);
    CHECK(server.connections() == 0);
}
