#include "cache/code_steps.h"

#include "base/random.h"
#include "cache/process_store.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

using namespace awsfed;

namespace {

const SystemRandom random_source;
const Cancel never;
constexpr std::chrono::seconds period(30);

std::shared_ptr<const SealedStore> new_store() {
    return std::make_shared<const SealedStore>(std::make_shared<const ProcessStore>(),
                                               "a key of thirty-two random bytes");
}

} // namespace

TEST_CASE("a code is one caller's alone") {
    const CodeSteps steps(new_store(), random_source);
    const Secret app("secret"), other("another");
    CHECK(*steps.take(app, 100, period, never) == 100);
    CHECK(*steps.take(app, 100, period, never) == 101);
    CHECK(*steps.take(other, 100, period, never) == 100);
    CHECK(*steps.take(app, 105, period, never) == 105);
}

TEST_CASE("who would wait for too long is told so, a clock that was set back too") {
    const CodeSteps steps(new_store(), random_source);
    const Secret app("secret");
    for (int taken = 0; taken <= 4; ++taken)
        REQUIRE(steps.take(app, 100, period, never));
    CHECK(steps.take(app, 100, period, never).error().code == Code::store_busy);
    CHECK(steps.take(app, 50, period, never).error().code == Code::store_busy);
    CHECK(*steps.take(app, 101, period, never) == 105);
    REQUIRE(steps.forget(app, never));
    CHECK(*steps.take(app, 50, period, never) == 50);
}

TEST_CASE("however many ask at once, no code is given twice") {
    const CodeSteps steps(new_store(), random_source);
    const Secret app("secret");
    std::vector<std::int64_t> taken(5);
    std::vector<std::thread> threads;
    threads.reserve(taken.size());
    for (std::int64_t& step : taken)
        threads.emplace_back([&] { step = *steps.take(app, 100, period, never); });
    for (std::thread& thread : threads)
        thread.join();
    std::ranges::sort(taken);
    CHECK(taken == std::vector<std::int64_t>{100, 101, 102, 103, 104});
}
