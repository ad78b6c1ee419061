#include "cache/flights.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace awsfed;
using std::chrono::milliseconds;

namespace {

const Cancel never;
constexpr RequestKey key{1};

Credentials session(std::string_view key_id) {
    Credentials keys;
    keys.access_key_id = Secret(key_id);
    return keys;
}

// So many callers at once, each with its own thread; what each was told.
std::vector<std::string> all_at_once(int callers, const std::function<Result<Credentials>(int)>& call) {
    std::vector<std::string> told(static_cast<std::size_t>(callers));
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i)
        threads.emplace_back([&, i] {
            const Result<Credentials> outcome = call(i);
            told[static_cast<std::size_t>(i)] =
                outcome ? std::string(outcome->access_key_id.reveal()) : std::string(row_of(outcome.error().code).text);
        });
    for (std::thread& thread : threads)
        thread.join();
    return told;
}

void wait_for(const std::function<bool()>& what) {
    while (!what())
        std::this_thread::sleep_for(milliseconds(1));
}

} // namespace

TEST_CASE("of twenty who ask at once one goes, and what he brings, a refusal too, is that of all") {
    for (const bool refused : {false, true}) {
        Flights flights;
        std::atomic<int> gone{0};
        std::atomic<int> here{0};
        const auto told = all_at_once(20, [&](int) {
            ++here;
            return flights.fly(key, never, [&]() -> Result<Credentials> {
                ++gone;
                wait_for([&] { return here == 20; });
                std::this_thread::sleep_for(
                    milliseconds(50)); // the others are on their way from the counter to the gate
                if (refused)
                    return fail(Code::credentials_refused, "No.");
                return session("ONE");
            });
        });
        CHECK(gone == 1);
        CHECK(told == std::vector<std::string>(20, refused ? "credentials-refused" : "ONE"));
        CHECK_FALSE(flights.is_up(key));
    }
}

TEST_CASE("one who gives up, or dies, leaves his place to one of the others") {
    for (const bool dies : {false, true}) {
        Flights flights;
        std::atomic<int> gone{0};
        std::atomic<int> here{0};
        const auto go = [&]() -> Result<Credentials> {
            const bool first = ++gone == 1;
            wait_for([&] { return here == 5; });
            std::this_thread::sleep_for(milliseconds(50));
            if (first && dies)
                throw std::runtime_error("dead");
            if (first)
                return fail(Code::cancelled, "Enough.");
            return session("TWO");
        };
        const auto told = all_at_once(5, [&](int) -> Result<Credentials> {
            ++here;
            try {
                return flights.fly(key, never, go);
            } catch (const std::runtime_error&) {
                return fail(Code::cancelled, "Dead.");
            }
        });
        CHECK(gone == 2);
        CHECK(std::count(told.begin(), told.end(), "TWO") == 4);
    }
}

TEST_CASE("what was brought for a smaller wish is not for a larger one, a refusal is") {
    for (const bool refused : {false, true}) {
        Flights flights;
        std::atomic<int> here{0};
        const auto told = all_at_once(2, [&](int i) {
            if (i == 1)
                wait_for([&] { return flights.is_up(key); });
            ++here;
            const auto go = [&, i]() -> Result<Credentials> {
                wait_for([&] { return here == 2; });
                std::this_thread::sleep_for(milliseconds(50));
                if (refused)
                    return fail(Code::credentials_refused, "No.");
                return session(i == 0 ? "SHORT" : "LONG");
            };
            return flights.fly(key, never, go, milliseconds(i));
        });
        const std::string no(row_of(Code::credentials_refused).text);
        CHECK(told == (refused ? std::vector{no, no} : std::vector<std::string>{"SHORT", "LONG"}));
    }
}

TEST_CASE("one who waits can stop waiting") {
    Flights flights;
    Cancel enough;
    std::atomic<bool> over{false};
    std::thread first([&] {
        (void)flights.fly(key, never, [&]() -> Result<Credentials> {
            wait_for([&] { return over.load(); });
            return session("ONE");
        });
    });
    wait_for([&] { return flights.is_up(key); });
    std::thread stopper([&] {
        std::this_thread::sleep_for(milliseconds(30));
        enough.now();
    });
    const auto outcome = flights.fly(key, enough, []() -> Result<Credentials> { return session("TWO"); });
    over = true;
    first.join();
    stopper.join();
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Code::cancelled);
}

TEST_CASE("flights for different keys do not wait for each other") {
    Flights flights;
    const auto inner = [&]() -> Result<Credentials> { return session("INNER"); };
    const auto outer = flights.fly(key, never, [&] { return flights.fly(RequestKey{2}, never, inner); });
    REQUIRE(outer);
    CHECK(outer->access_key_id.reveal() == "INNER");
}

TEST_CASE("after a failure that may pass one other goes, without a herd; what he brings is that of all") {
    for (const bool fails_again : {false, true}) {
        Flights flights;
        std::atomic<int> gone{0};
        std::atomic<int> here{0};
        const auto told = all_at_once(20, [&](int) {
            ++here;
            return flights.fly(key, never, [&]() -> Result<Credentials> {
                const int which = ++gone;
                wait_for([&] { return here == 20; });
                std::this_thread::sleep_for(milliseconds(50)); // the others are on their way to the gate
                if (which == 1 || fails_again)
                    return std::move(fail(Code::timeout, "No answer.")).retry_after_ms(0);
                return session("ONE");
            });
        });
        CHECK(gone == 2);
        CHECK(std::ranges::count(told, "timeout") == (fails_again ? 20 : 1));
        CHECK(std::ranges::count(told, "ONE") == (fails_again ? 0 : 19));
    }
}
