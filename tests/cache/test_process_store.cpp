#include "cache/process_store.h"

#include <doctest/doctest.h>

using namespace awsfed;

namespace {

const Cancel never;
constexpr std::chrono::hours hour(1);

} // namespace

TEST_CASE("what a process keeps for itself is there until it is over or erased") {
    const ProcessStore store;
    CHECK_FALSE(*store.get("a.entry", never));
    REQUIRE(store.put("a.entry", "one", hour, never));
    REQUIRE(store.put("b.entry", "two", std::chrono::milliseconds(0), never));
    CHECK(**store.get("a.entry", never) == "one");
    CHECK_FALSE(*store.get("b.entry", never));
    REQUIRE(store.put("a.entry", "three", hour, never)); // what is over goes with it
    CHECK(*store.names(never) == std::vector<std::string>{"a.entry"});
    REQUIRE(store.erase("a.entry", never));
    CHECK(store.names(never)->empty());
}

TEST_CASE("a lock within a process is one's alone, and outlives its store") {
    auto store = std::make_unique<ProcessStore>();
    auto mine = store->try_lock("a", never);
    REQUIRE(*mine);
    CHECK_FALSE(*store->try_lock("a", never));
    CHECK(*store->try_lock("b", never));
    mine->reset();
    CHECK(*store->try_lock("a", never));
    auto last = store->try_lock("a", never);
    store.reset();
    CHECK(*last);
}
