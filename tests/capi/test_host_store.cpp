// A store of the host's own, behind cache=host: what it may do, and what becomes of it where it does worse.
#include "awsfed.hpp"

#include "fakes/identity_provider.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

// What a host would have in a database, and what it would do on a bad day.
struct Shelf : awsfed::Store {
    std::mutex mutex;
    std::map<std::string, std::string> records;
    std::set<std::string> locked;
    std::string garbage; // given instead of everything
    bool throws = false;
    int asked = 0;

    std::optional<std::string> get(std::string_view name) override {
        const std::lock_guard lock(mutex);
        use();
        if (!garbage.empty())
            return garbage;
        const auto found = records.find(std::string(name));
        return found == records.end() ? std::nullopt : std::optional(found->second);
    }
    void put(std::string_view name, std::string_view bytes, std::chrono::milliseconds life) override {
        const std::lock_guard lock(mutex);
        use();
        CHECK(life > std::chrono::minutes(1));
        CHECK(name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz.") == std::string_view::npos);
        records.insert_or_assign(std::string(name), std::string(bytes));
    }
    void erase(std::string_view name) override {
        const std::lock_guard lock(mutex);
        use();
        records.erase(std::string(name));
    }
    std::vector<std::string> names() override { return {}; }
    bool lock(std::string_view name) override {
        const std::lock_guard lock(mutex);
        use();
        return locked.insert(std::string(name)).second;
    }
    void unlock(std::string_view name) noexcept override {
        const std::lock_guard lock(mutex);
        locked.erase(std::string(name));
    }

private:
    void use() {
        ++asked;
        if (throws)
            throw std::runtime_error("the database is away");
    }
};

struct Scene {
    awsfed::FakeIdentityProvider host;
    std::shared_ptr<Shelf> shelf = std::make_shared<Shelf>();
    std::string warnings;

    Scene() { host.start(); }
    awsfed::Settings settings() {
        awsfed::Settings settings = host.settings();
        settings.set("role_arn", host.role).set("cache", "host").set_secret("cache_key", "0123456789abcdef");
        return settings;
    }
    // As another process would.
    std::string obtain() { return obtain(settings(), shelf); }
    std::string obtain(const awsfed::Settings& settings, std::shared_ptr<awsfed::Store> store) {
        awsfed::Context context;
        context.log_to(AWSFED_LOG_WARNING, [&](awsfed_log_level, std::string_view, std::string_view text) {
            warnings.append(text).append("\n");
        });
        if (store)
            context.keep_in(std::move(store));
        return std::string(context.obtain(settings).access_key_id());
    }
    bool warned(std::string_view of) const { return warnings.find(of) != std::string::npos; }
};

} // namespace

TEST_CASE("what one process brought, the next one finds in the host's store, and nobody can read it there") {
    Scene scene;
    CHECK(scene.obtain() == scene.host.access_key_id);
    CHECK(scene.obtain() == scene.host.access_key_id);
    CHECK(scene.host.password_posts == 1);
    CHECK(scene.warnings.empty());
    CHECK(scene.shelf->locked.empty());
    REQUIRE(scene.shelf->records.size() == 2); // the credentials, and that the password was right
    for (const auto& [name, bytes] : scene.shelf->records) {
        for (const std::string& secret : {scene.host.access_key_id, scene.host.secret_access_key,
                                          scene.host.session_token, scene.host.role, scene.host.password})
            CHECK((name + bytes).find(secret) == std::string::npos);
    }
}

TEST_CASE("security rule 12: what a host's store gives is not believed, and costs a sign-in at the most") {
    Scene scene;
    scene.obtain();
    std::string word = "is broken";
    SUBCASE("garbage") { scene.shelf->garbage = "garbage"; }
    SUBCASE("nothing at all") { scene.shelf->garbage = std::string(1, '\0'); }
    SUBCASE("more than was ever put there") {
        scene.shelf->garbage = std::string(300 * 1024, 'x');
        word = "more than was ever kept";
    }
    SUBCASE("another one's entry") {
        awsfed::Settings other = scene.settings();
        other.set("duration", "1800");
        const auto aside = std::make_shared<Shelf>();
        scene.obtain(other, aside);
        const auto entry = std::ranges::find_if(aside->records, [](const auto& one) {
            const std::string_view ending = ".entry";
            return one.first.size() > ending.size() &&
                   one.first.compare(one.first.size() - ending.size(), ending.size(), ending) == 0;
        });
        REQUIRE(entry != aside->records.end());
        scene.shelf->garbage = entry->second;
    }
    SUBCASE("an exception") {
        scene.shelf->throws = true;
        word = "store failed to";
    }
    const int before = scene.host.password_posts;
    CHECK(scene.obtain() == scene.host.access_key_id);
    CHECK(scene.host.password_posts == before + 1);
    CHECK(scene.warned(word));
}

TEST_CASE("without a key, or without a store, cache=host is told of, and done without") {
    Scene scene;
    awsfed::Settings keyless = scene.settings();
    keyless.set("cache_key", "");
    CHECK(scene.obtain(keyless, scene.shelf) == scene.host.access_key_id);
    CHECK(scene.warned("cache=host needs the setting cache_key"));
    CHECK(scene.obtain(scene.settings(), nullptr) == scene.host.access_key_id);
    CHECK(scene.warned("has given no store"));
    CHECK(scene.shelf->asked == 0);
}

TEST_CASE("a host's function that waits keeps nobody else waiting") {
    struct Slow : Shelf {
        std::atomic<bool> is_in = false, may_go = false;
        std::atomic<int> calls = 0;
        std::optional<std::string> get(std::string_view name) override {
            if (calls++ == 0) {
                is_in = true;
                while (!may_go)
                    std::this_thread::yield();
            }
            return Shelf::get(name);
        }
    };
    Scene scene;
    const auto slow = std::make_shared<Slow>();
    awsfed::Context context;
    context.keep_in(slow);
    std::thread waiting([&] { context.obtain(scene.settings()); });
    while (!slow->is_in)
        std::this_thread::yield();
    awsfed::Settings other = scene.settings();
    other.set("duration", "1800");
    CHECK(context.obtain(other).access_key_id() == scene.host.access_key_id); // while the first one is still in there
    CHECK_FALSE(slow->may_go);
    slow->may_go = true;
    waiting.join();
}

TEST_CASE("the host is told when its store is no longer used, and may change it at any time") {
    Scene scene;
    std::weak_ptr<Shelf> first = scene.shelf;
    awsfed::Context context(scene.settings());
    context.keep_in(std::exchange(scene.shelf, std::make_shared<Shelf>()));
    context.obtain();
    CHECK_FALSE(first.expired());
    context.keep_in(scene.shelf);
    CHECK(first.expired());
    awsfed::Settings other;
    other.set("duration", "1800");
    context.obtain(other);
    CHECK(scene.shelf->records.size() == 1);
    context.keep_in(nullptr);
    CHECK(scene.shelf.use_count() == 1);
}

TEST_CASE("functions that are missing are told of; without locks the threads of a process still wait for each other") {
    awsfed_context* context = nullptr;
    awsfed_error* error = nullptr;
    REQUIRE(awsfed_context_new(AWSFED_ABI, nullptr, &context, &error) == AWSFED_OK);
    const auto get = [](void*, const char*, size_t, awsfed_store_reply*) { return 0; };
    const auto put = [](void* user, const char*, size_t, const void*, size_t, int64_t) {
        return ++*static_cast<int*>(user);
    };
    const auto erase = [](void*, const char*, size_t) { return 0; };
    const auto names = [](void*, awsfed_store_reply*) { return 0; };
    const auto lock = [](void*, const char*, size_t) { return 1; };
    int puts = 0;
    CHECK(awsfed_context_store(context, get, nullptr, erase, names, nullptr, nullptr, &puts, nullptr, &error) ==
          AWSFED_E_USAGE);
    awsfed_error_free(error);
    CHECK(awsfed_context_store(context, get, put, erase, names, lock, nullptr, &puts, nullptr, &error) ==
          AWSFED_E_USAGE);
    awsfed_error_free(error);
    REQUIRE(awsfed_context_store(context, get, put, erase, names, nullptr, nullptr, &puts, nullptr, &error) ==
            AWSFED_OK);
    Scene scene;
    awsfed_credentials* keys = nullptr;
    CHECK(awsfed_obtain(context, scene.settings().get(), nullptr, &keys, &error) == AWSFED_OK);
    CHECK(puts == 3); // an attempt, what came of it, and what it brought
    awsfed_credentials_free(keys);
    awsfed_context_free(context);
    awsfed_store_reply_add(nullptr, "x", 1);
}
