#include "cache/ledger.h"

#include "cache/file_store.h"
#include "cache/process_store.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

using namespace awsfed;

namespace {

const Cancel never;
const SystemRandom random_bytes;
const SystemClock system_clock;
const Ledger::Account alice{.target = "https://adfs.example", .user = "CORP\\alice"};

std::shared_ptr<const SealedStore> sealed(std::shared_ptr<const Store> place,
                                          std::string_view key = "0123456789abcdef") {
    return std::make_shared<const SealedStore>(std::move(place), key);
}

struct Scene {
    TemporaryFolder folder;
    std::string path = folder.path("kept");
    AttemptRules rules{};

    Ledger in_process{sealed(std::make_shared<const ProcessStore>()), SecretHashing::keyed, rules, random_bytes,
                      system_clock};
    Ledger in_files() const {
        return {sealed(*FileStore::open(path)), SecretHashing::slow, rules, random_bytes, system_clock};
    }
};

std::string outcome(const Result<void>& done) { return done ? "sent" : std::string(row_of(done.error().code).text); }

std::string tries(const Ledger& ledger, const Ledger::Account& account, std::string_view password,
                  AttemptOutcome comes_out) {
    auto attempt = ledger.attempt(account, Secret(password));
    const auto begun = attempt.begin(never);
    CHECK(attempt.settle(comes_out, never));
    return outcome(begun);
}

} // namespace

TEST_CASE("what was refused is known to the next one, in this process or another") {
    const Scene scene;
    const std::vector<Ledger> ledgers = [&] {
        std::vector<Ledger> made;
        made.push_back(scene.in_process);
        made.push_back(scene.in_files());
        return made;
    }();
    for (const Ledger& ledger : ledgers) {
        CHECK(tries(ledger, alice, "wrong", AttemptOutcome::refused) == "sent");
        CHECK(tries(ledger, alice, "wrong", AttemptOutcome::refused) == "credentials-refused");
        CHECK(tries(ledger, alice, "right", AttemptOutcome::accepted) == "sent");
        CHECK(tries(ledger, alice, "right", AttemptOutcome::open) == "sent");
    }
    const Ledger another = scene.in_files();
    CHECK(outcome(another.attempt(alice, Secret("wrong")).check(never)) == "credentials-refused");
    CHECK(outcome(another.attempt(alice, Secret("right")).check(never)) == "sent");
}

TEST_CASE("a user is one, however his name is written, and another one at another provider") {
    const Scene scene;
    tries(scene.in_process, alice, "wrong", AttemptOutcome::refused);
    CHECK(tries(scene.in_process, {alice.target, " corp\\ALICE "}, "wrong", AttemptOutcome::open) ==
          "credentials-refused");
    for (const std::string_view spelling : {"alice", "alice@corp.example", "Alice@CORP.EXAMPLE"})
        CHECK(tries(scene.in_process, {alice.target, std::string(spelling)}, "wrong", AttemptOutcome::open) ==
              "credentials-refused");
    CHECK(tries(scene.in_process, {alice.target, "CORP\\bob"}, "wrong", AttemptOutcome::open) == "sent");
    CHECK(tries(scene.in_process, {"https://other.example", alice.user}, "wrong", AttemptOutcome::open) == "sent");
}

TEST_CASE("what is forgotten may be tried again") {
    const Scene scene;
    const Ledger ledger = scene.in_files();
    tries(ledger, alice, "wrong", AttemptOutcome::refused);
    REQUIRE(ledger.forget(alice, never));
    CHECK(tries(ledger, alice, "wrong", AttemptOutcome::open) == "sent");
}

TEST_CASE("of twenty who try the same wrong password at once one sends it") {
    const Scene scene;
    std::atomic<int> sent = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 20; ++i)
        threads.emplace_back([&] {
            auto attempt = scene.in_process.attempt(alice, Secret("wrong"));
            if (!attempt.begin(never))
                return;
            ++sent;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            CHECK(attempt.settle(AttemptOutcome::refused, never));
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(sent == 1);
}

TEST_CASE("who dies between the writing and the sending has made an attempt") {
    const Scene scene;
    for (int i = 0; i < 3; ++i) {
        const Ledger ledger = scene.in_files();
        auto lost = ledger.attempt(alice, Secret("right"));
        CHECK(lost.begin(never));
    }
    CHECK(tries(scene.in_files(), alice, "right", AttemptOutcome::open) == "attempts-spent");
}

TEST_CASE("a ledger that cannot be written says so before anything is sent") {
    const Scene scene;
    const Ledger ledger = scene.in_files();
    std::filesystem::remove(scene.path);
    CHECK(tries(ledger, alice, "right", AttemptOutcome::open) == "store-failed");
}

TEST_CASE("a ledger that is torn, or of another key, is begun anew") {
    const Scene scene;
    tries(scene.in_files(), alice, "wrong", AttemptOutcome::refused);
    for (const auto& file : std::filesystem::directory_iterator(scene.path))
        std::ofstream(file.path(), std::ios::binary) << "torn";
    CHECK(tries(scene.in_files(), alice, "wrong", AttemptOutcome::refused) == "sent");
    CHECK(tries(scene.in_files(), alice, "wrong", AttemptOutcome::refused) == "credentials-refused");
}

TEST_CASE("an attempt whose lock was given up while a person was asked is settled all the same") {
    const Scene scene;
    auto attempt = scene.in_process.attempt(alice, Secret("wrong"));
    REQUIRE(attempt.begin(never));
    REQUIRE(attempt.settle(AttemptOutcome::open, never));
    CHECK(tries(scene.in_process, {alice.target, "bob"}, "x", AttemptOutcome::open) == "sent");
    REQUIRE(attempt.settle(AttemptOutcome::refused, never));
    CHECK(tries(scene.in_process, alice, "wrong", AttemptOutcome::open) == "credentials-refused");
}

namespace {

// What can be written, and at times not be read.
class Deaf : public ProcessStore {
public:
    bool is_deaf = false;

    Result<std::optional<std::string>> get(const std::string& name, const Cancel& cancel) const override {
        if (is_deaf)
            return fail(Code::store_failed, "It cannot be read.");
        return ProcessStore::get(name, cancel);
    }
};

} // namespace

TEST_CASE("security rule 6: a ledger that cannot be read is not an empty one, and is not written over") {
    const auto place = std::make_shared<Deaf>();
    const Ledger ledger(sealed(place), SecretHashing::keyed, {}, random_bytes, system_clock);
    CHECK(tries(ledger, alice, "wrong", AttemptOutcome::refused) == "sent");
    place->is_deaf = true;
    CHECK(tries(ledger, alice, "wrong", AttemptOutcome::refused) == "store-failed");
    place->is_deaf = false;
    CHECK(tries(ledger, alice, "wrong", AttemptOutcome::refused) == "credentials-refused");
}
