#include "flow/redis_terms.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace awsfed;
using namespace std::chrono_literals;

namespace {

const Cancel never;
using Values = std::vector<std::pair<std::string, std::string>>;

Result<RedisTerms> read(const Values& values, std::string_view password = {}) {
    Settings settings;
    for (const auto& [name, value] : values)
        REQUIRE(settings.set(name, value));
    if (!password.empty())
        REQUIRE(settings.set_secret("cache_password", password));
    return redis_terms(settings, never);
}

} // namespace

TEST_CASE("the address of a Redis says host, port, database and whether there is TLS") {
    struct Row {
        std::string url, read;
        int database;
    };
    for (const Row& row : {Row{"rediss://cache.example", "https://cache.example:6379/", 0},
                           Row{"rediss://Cache.example:443/3", "https://cache.example/", 3},
                           Row{" rediss://[::1]:7000/ ", "https://[::1]:7000/", 0},
                           Row{"redis://127.0.0.1:80/15", "http://127.0.0.1/", 15}}) {
        const auto terms = read({{"cache_url", row.url}, {"http_loopback", "true"}});
        REQUIRE(terms);
        CHECK(terms->url.text() == row.read);
        CHECK(terms->database == row.database);
        CHECK(terms->prefix == "awsfed:");
    }
}

TEST_CASE("security rule 2: what is no address of a Redis, or has no TLS, is refused by the name of its setting") {
    for (const std::string url : {"cache.example", "https://cache.example", "rediss://", "rediss://u@cache.example",
                                  "rediss://u:p@cache.example", "rediss://cache.example/x", "rediss://cache.example/-1",
                                  "rediss://cache.example/1/2", "rediss://cache.example/99999",
                                  "rediss://cache.example?db=1", "redis://cache.example", "redis://10.0.0.1"}) {
        CAPTURE(url);
        const auto terms = read({{"cache_url", url}, {"http_loopback", "true"}});
        REQUIRE_FALSE(terms);
        CHECK(terms.error().code == Code::store_failed);
        CHECK(terms.error().setting == "cache_url");
        CHECK(terms.error().message.find("u:p") == std::string::npos);
    }
    CHECK_FALSE(read({{"cache_url", "redis://127.0.0.1"}}));
    CHECK(read({}).error().setting == "cache_url");
    CHECK(read({{"cache_url", "rediss://h"}, {"cache_prefix", "a b"}}).error().setting == "cache_prefix");
    CHECK(read({{"cache_url", "rediss://h"}, {"cache_user", "u"}}).error().setting == "cache_password");
}

TEST_CASE("nobody waits for a Redis as for a provider, and its lock lasts as long as two exchanges may") {
    const auto usual = read({{"cache_url", "rediss://h"}, {"proxy", "http://p:1"}}, "pw");
    REQUIRE(usual);
    CHECK(usual->network.timeout == 5s);
    CHECK(usual->lease == 60s);
    CHECK(usual->network.proxy.empty());
    const auto hasty = read({{"cache_url", "rediss://h"}, {"timeout", "2s"}});
    CHECK(hasty->network.timeout == 2s);
    CHECK(hasty->network.connect_timeout == 2s);
    CHECK(hasty->lease == 10s);
}

TEST_CASE("terms that differ in anything do not share connections") {
    const auto name = [](const Values& values, std::string_view password = {}) {
        Values all{{"cache_url", "rediss://h"}};
        all.insert(all.end(), values.begin(), values.end());
        return text_of(*read(all, password)).key("k");
    };
    CHECK(name({}) == name({}));
    CHECK(name({}) != name({{"cache_url", "rediss://h/1"}}));
    CHECK(name({}) != name({{"cache_prefix", "other:"}}));
    CHECK(name({}, "one") != name({}, "two"));
    CHECK(name({}) != name({{"ca_file", "/x"}}));
    CHECK(name({}) != name({{"client_certificate", "/x"}}));
}
