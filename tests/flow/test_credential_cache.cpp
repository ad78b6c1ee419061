#include "flow/credential_cache.h"

#include "cache/file_store.h"
#include "flow/sts_scene.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <random>
#include <thread>

using namespace awsfed;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string reading_policy =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}})";

const Cancel never;
const Log silent;
const SystemRandom random_bytes;

// Settings of a caller with keys of his own.
Settings own_keys(const StsScene& scene, const StsScene::Values& more = {}, std::string_view secret = "wJalrXUtnFEMI") {
    Settings settings = scene.settings({{"access_key_id", "AKIDEXAMPLE"}});
    for (const auto& [name, value] : more)
        REQUIRE(settings.set(name, value));
    REQUIRE(settings.set_secret("secret_access_key", secret));
    return settings;
}

std::string key_id(const Result<Credentials>& outcome) {
    return outcome ? std::string(outcome->access_key_id.reveal()) : std::string(row_of(outcome.error().code).text);
}

// A cache whose time stands still until somebody moves it.
struct Still {
    std::chrono::nanoseconds now = seconds(1000);
    int gone = 0;
    CredentialCache cache{random_bytes, [this] { return now; }};
    CacheTerms terms{.is_on = true, .key = {1}, .remaining_min = minutes(5), .lasts = true};

    std::string get(const CredentialCache::Go& go) { return key_id(cache.get(terms, silent, never, go)); }
    std::string get(std::string_view brought) {
        return get([&]() -> Result<Credentials> {
            ++gone;
            Credentials keys;
            keys.access_key_id = Secret(brought);
            keys.issued = Time{};
            keys.expiration = Time{} + std::chrono::hours(1);
            return keys;
        });
    }
    std::string get(const Error& error) {
        return get([&]() -> Result<Credentials> { return pass(error); });
    }
};

Error failure(Code code, std::int64_t retry_after_ms) {
    return std::move(fail(code, "No.").retry_after_ms(retry_after_ms)).take();
}

} // namespace

TEST_CASE("who asks for the same again gets the same, without a call") {
    const StsScene scene;
    const Context context(own_keys(scene));
    for (int i = 0; i < 3; ++i)
        CHECK(key_id(obtain(context, nullptr, never)) == StsScene::key_id_of("build"));
    CHECK(scene.calls() == 1);
}

TEST_CASE("another role, policy, duration or secret is another request") {
    const StsScene scene;
    const Context context(own_keys(scene));
    REQUIRE(obtain(context, nullptr, never));
    std::size_t calls = 1;
    for (const auto& [name, value] : StsScene::Values{{"role_arn", StsScene::role("deploy")},
                                                      {"policy", reading_policy},
                                                      {"duration", "900"},
                                                      {"role_session_name", "build-2"},
                                                      {"region", "eu-west-1"}}) {
        Settings other;
        REQUIRE(other.set(name, value));
        for (int i = 0; i < 2; ++i)
            CHECK(obtain(context, &other, never));
        CHECK(scene.calls() == ++calls);
    }
    Settings wrong;
    REQUIRE(wrong.set_secret("secret_access_key", "another"));
    CHECK(obtain(context, &wrong, never));
    CHECK(scene.calls() == ++calls);
}

TEST_CASE("how the credentials are had makes no other request") {
    const StsScene scene;
    const Context context(own_keys(scene));
    REQUIRE(obtain(context, nullptr, never));
    Settings patient;
    REQUIRE(patient.set("timeout", "10s"));
    CHECK(obtain(context, &patient, never));
    CHECK(scene.calls() == 1);
}

TEST_CASE("a policy file that was changed is another request") {
    const StsScene scene;
    const std::string file = scene.folder.write("policy.json", reading_policy, 0644);
    const Context context(own_keys(scene, {{"policy_file", file}}));
    REQUIRE(obtain(context, nullptr, never));
    scene.folder.write("policy.json", R"({"Statement":{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}})",
                       0644);
    REQUIRE(obtain(context, nullptr, never));
    REQUIRE(obtain(context, nullptr, never));
    CHECK(scene.calls() == 2);
}

TEST_CASE("with cache=off, and where too little is left, each call is made") {
    for (const auto& [name, value] : StsScene::Values{{"cache", "off"}, {"remaining_min", "2h"}}) {
        const StsScene scene;
        const Context context(own_keys(scene, {{name, value}}));
        for (int i = 0; i < 2; ++i)
            CHECK(obtain(context, nullptr, never));
        CHECK(scene.calls() == 2);
    }
}

TEST_CASE("a failure is not kept") {
    StsScene scene;
    const Context context(own_keys(scene));
    scene.status = 403;
    CHECK_FALSE(obtain(context, nullptr, never));
    scene.status = 200;
    CHECK(obtain(context, nullptr, never));
    CHECK(scene.calls() == 2);
}

TEST_CASE("twenty threads that ask at once make one call") {
    const StsScene scene;
    const Context context(own_keys(scene));
    std::array<std::string, 20> got;
    std::vector<std::thread> threads;
    for (std::string& one : got)
        threads.emplace_back([&] { one = key_id(obtain(context, nullptr, never)); });
    for (std::thread& thread : threads)
        thread.join();
    for (const std::string& one : got)
        CHECK(one == StsScene::key_id_of("build"));
    CHECK(scene.calls() == 1);
}

TEST_CASE("roles are never swapped, in whatever order they are asked for") {
    const StsScene scene;
    const Context context(own_keys(scene));
    const std::array<std::string, 2> names{"build", "deploy"};
    std::array<Settings, 2> calls;
    for (std::size_t i = 0; i < names.size(); ++i)
        REQUIRE(calls[i].set("role_arn", StsScene::role(names[i])));
    const auto many = [&](unsigned seed) {
        std::minstd_rand order(seed);
        int wrong = 0;
        for (int i = 0; i < 2500; ++i) {
            const std::size_t which = order() / 7 % 2;
            wrong += key_id(obtain(context, &calls[which], never)) != StsScene::key_id_of(names[which]) ? 1 : 0;
        }
        return wrong;
    };
    std::array<int, 4> wrong{};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < wrong.size(); ++i)
        threads.emplace_back([&, i] { wrong[i] = many(static_cast<unsigned>(i + 1)); });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(wrong == std::array<int, 4>{});
    CHECK(scene.calls() == 2);
}

TEST_CASE("what nears its end is renewed, before it is over") {
    Still still;
    CHECK(still.get("ONE") == "ONE");
    still.now += minutes(44);
    CHECK(still.get("TWO") == "ONE");
    still.now += minutes(5); // at the latest 12 minutes before the end
    CHECK(still.get("TWO") == "TWO");
    CHECK(still.gone == 2);
}

TEST_CASE("while it is still good, a failure that may pass does no harm") {
    Still still;
    CHECK(still.get("ONE") == "ONE");
    still.now += minutes(49);
    CHECK(still.get(failure(Code::timeout, 0)) == "ONE");
    CHECK(still.get("TWO") == "ONE"); // nobody tries again at once
    still.now += minutes(1);
    CHECK(still.get(failure(Code::credentials_refused, -1)) == row_of(Code::credentials_refused).text);
    still.now += minutes(7); // less than remaining_min is left
    CHECK(still.get(failure(Code::timeout, 0)) == row_of(Code::timeout).text);
}

TEST_CASE("what does not end is not kept, nor what nobody knows the age of") {
    for (const bool ends : {true, false}) {
        Still still;
        const auto go = [&]() -> Result<Credentials> {
            ++still.gone;
            Credentials keys;
            (ends ? keys.expiration : keys.issued) = SystemClock().now() + std::chrono::hours(1);
            return keys;
        };
        still.get(go);
        still.get(go);
        CHECK(still.gone == 2);
    }
}

TEST_CASE("an end that is farther than AWS knows any is not believed") {
    Still still;
    const auto for_ever = [&](std::string_view brought) {
        return still.get([&]() -> Result<Credentials> {
            Credentials keys;
            keys.access_key_id = Secret(brought);
            keys.issued = SystemClock().now();
            keys.expiration = read_time("9999-12-31T23:59:59Z", ZoneRule::utc_only);
            return keys;
        });
    };
    CHECK(for_ever("ONE") == "ONE");
    still.now += std::chrono::hours(35);
    CHECK(for_ever("TWO") == "ONE");
    still.now += std::chrono::hours(1);
    CHECK(for_ever("TWO") == "TWO");
}

TEST_CASE("how long an entry is good does not depend on how the service's clock differs from this one") {
    const TemporaryFolder folder;
    for (const int ahead : {-60, 4, 60}) {
        Still first, second;
        first.terms.store = second.terms.store = std::make_shared<const SealedStore>(
            *FileStore::open(folder.path(std::to_string(ahead))), "0123456789abcdef");
        const auto brings = [&](std::string_view name, minutes life) {
            return [=]() -> Result<Credentials> {
                Credentials keys;
                keys.access_key_id = Secret(name);
                keys.secret_access_key = Secret("fake");
                keys.issued = SystemClock().now() + minutes(ahead);
                keys.expiration = *keys.issued + life;
                return keys;
            };
        };
        CHECK(first.get(brings("SHORT", minutes(4))) == "SHORT");
        CHECK(second.get(brings("LONG", minutes(60))) == "LONG"); // less than remaining_min was left
        CHECK(first.get(brings("NEW", minutes(60))) == "LONG");
    }
}

TEST_CASE("credentials in files are for the next context, which may be another process's") {
    const StsScene scene;
    const std::string folder = scene.folder.path("kept");
    const auto context = [&](std::string_view cache_key, std::string_view secret = "wJalrXUtnFEMI") {
        Settings settings = own_keys(scene, {{"cache", "files"}, {"cache_folder", folder}}, secret);
        REQUIRE(settings.set_secret("cache_key", cache_key));
        return std::make_unique<Context>(std::move(settings));
    };
    for (int i = 0; i < 2; ++i)
        CHECK(key_id(obtain(*context("0123456789abcdef"), nullptr, never)) == StsScene::key_id_of("build"));
    CHECK(scene.calls() == 1);
    CHECK(obtain(*context("another key that is long"), nullptr, never));
    CHECK(scene.calls() == 2);
    CHECK(obtain(*context("0123456789abcdef", "another"), nullptr, never));
    CHECK(scene.calls() == 3);
}

TEST_CASE("a folder that cannot be used costs a call, never the job") {
    const StsScene scene;
    const std::string open_to_all = scene.folder.path("open");
    std::filesystem::create_directory(open_to_all);
    std::filesystem::permissions(open_to_all, std::filesystem::perms::all);
    const std::string file = scene.folder.write("file", "", 0600);
    for (const std::string& folder : {open_to_all, file, file + "/below", std::string("/proc/nothing/here")}) {
        Settings settings = own_keys(scene, {{"cache", "files"}, {"cache_folder", folder}});
        REQUIRE(settings.set_secret("cache_key", "0123456789abcdef"));
        Context context(std::move(settings));
        std::string told;
        context.set_log(LogLevel::warning,
                        std::make_shared<const Log::Sink>(
                            [&](LogLevel, std::string_view, std::string_view text) { told += text; }));
        CHECK(obtain(context, nullptr, never));
        CHECK(told.find("The folder ") != told.npos);
    }
}

TEST_CASE("a folder that was mended is used by the next call") {
    const StsScene scene;
    const std::string folder = scene.folder.write("kept", "", 0600);
    Settings settings = own_keys(scene, {{"cache", "files"}, {"cache_folder", folder}});
    REQUIRE(settings.set_secret("cache_key", "0123456789abcdef"));
    const Context context(std::move(settings));
    CHECK(obtain(context, nullptr, never));
    std::filesystem::remove(folder);
    CHECK(obtain(context, nullptr, never));
    CHECK(std::filesystem::is_directory(folder));
    CHECK_FALSE(std::filesystem::is_empty(folder));
}

TEST_CASE("a role that the action does not take is not asked of what is kept") {
    const StsScene scene;
    Settings settings = own_keys(scene, {{"sts_action", "get-session-token"}});
    const CredentialCache cache(random_bytes);
    StorePlaces places;
    CHECK(cache.terms_of(settings, places, silent, never)->role_arn.empty());
    REQUIRE(settings.set("sts_action", "assume-role"));
    CHECK(cache.terms_of(settings, places, silent, never)->role_arn == StsScene::role("build"));
}

TEST_CASE("the reference of a secret is followed once for each call") {
    const StsScene scene;
    const std::string runs = scene.folder.path("runs");
    const std::string command = scene.folder.write("secret.sh", "#!/bin/sh\necho . >> " + runs + "\necho fake\n", 0700);
    Settings settings = scene.settings({{"access_key_id", "AKIDEXAMPLE"}, {"allow_commands", "true"}});
    REQUIRE(settings.set("secret_access_key", "command:" + command));
    const Context context(std::move(settings));
    CHECK(obtain(context, nullptr, never));
    CHECK(std::filesystem::file_size(runs) == 2);
    CHECK(obtain(context, nullptr, never));
    CHECK(std::filesystem::file_size(runs) == 4);
    CHECK(scene.calls() == 1);
}

TEST_CASE("a secret on standard input, which can be read once, is enough for a call") {
    const StsScene scene;
    Settings settings = scene.settings({{"access_key_id", "AKIDEXAMPLE"}});
    REQUIRE(settings.set("secret_access_key", "stdin"));
    const Context context(std::move(settings));
    const int before = ::dup(0);
    const int file = ::open(scene.folder.write("in", "fake\n", 0600).c_str(), O_RDONLY | O_CLOEXEC);
    ::dup2(file, 0);
    CHECK(key_id(obtain(context, nullptr, never)) == StsScene::key_id_of("build"));
    ::dup2(before, 0);
    ::close(file);
    ::close(before);
}

TEST_CASE("a given response is never answered from what is kept") {
    const StsScene scene;
    Settings settings = scene.settings({{"idp", "assertion"}});
    REQUIRE(settings.set_secret("assertion", "PHNhbWxwOlJlc3BvbnNlLz4="));
    const CredentialCache cache(random_bytes);
    StorePlaces places;
    const auto terms = cache.terms_of(settings, places, silent, never);
    REQUIRE(terms);
    CHECK_FALSE(terms->is_on);
}
