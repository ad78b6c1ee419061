#include "cache/memory_store.h"

#include <doctest/doctest.h>

using namespace awsfed;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

RequestKey key(unsigned char number) { return {number}; }

constexpr std::chrono::hours hour(1);

Credentials session(std::string_view key_id) {
    Credentials keys;
    keys.access_key_id = Secret(key_id);
    return keys;
}

} // namespace

TEST_CASE("what was kept is found under its own key alone, and until it is over") {
    MemoryStore store;
    store.keep(key(1), session("ONE"), hour, minutes(15), seconds(100));
    CHECK_FALSE(store.find(key(2), seconds(100)));
    const auto found = store.find(key(1), seconds(100));
    REQUIRE(found);
    CHECK(found->credentials.access_key_id.reveal() == "ONE");
    CHECK(found->remaining == std::chrono::hours(1));
    CHECK(store.find(key(1), seconds(100 + 3599)));
    CHECK_FALSE(store.find(key(1), seconds(100 + 3600)));
    store.erase(key(1));
    CHECK_FALSE(store.find(key(1), seconds(100)));
}

TEST_CASE("what nears its end is said to need renewal, while it is still found") {
    MemoryStore store;
    store.keep(key(1), session("ONE"), hour, minutes(15), seconds(0));
    CHECK_FALSE(store.find(key(1), minutes(45) - seconds(1))->renew);
    CHECK(store.find(key(1), minutes(45))->renew);
}

TEST_CASE("the newer one takes the place of the older one") {
    MemoryStore store;
    store.keep(key(1), session("ONE"), hour, minutes(15), seconds(0));
    store.keep(key(1), session("TWO"), hour, minutes(15), seconds(0));
    CHECK(store.find(key(1), seconds(1))->credentials.access_key_id.reveal() == "TWO");
}

TEST_CASE("a full store lets go of what ends first") {
    MemoryStore store;
    const auto numbered = [](std::size_t number) {
        RequestKey made{};
        made[0] = static_cast<unsigned char>(number / 256);
        made[1] = static_cast<unsigned char>(number % 256);
        return made;
    };
    for (std::size_t i = 0; i <= MemoryStore::entries_max; ++i)
        store.keep(numbered(i), session("ONE"), i == 7 ? hour : 2 * hour, minutes(15), seconds(0));
    CHECK_FALSE(store.find(numbered(7), seconds(0)));
    CHECK(store.find(numbered(0), seconds(0)));
    CHECK(store.find(numbered(MemoryStore::entries_max), seconds(0)));
}
