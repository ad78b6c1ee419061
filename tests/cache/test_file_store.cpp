#include "cache/entry.h"
#include "cache/file_store.h"
#include "cache/sealed_store.h"

#include "temporary_folder.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>

using namespace awsfed;

namespace {

const Cancel never;
const SystemRandom random_bytes;
constexpr std::string_view store_key = "0123456789abcdef";
constexpr RequestKey one{1};
constexpr RequestKey two{2};

Credentials session(std::string_view key_id) {
    Credentials keys;
    keys.access_key_id = Secret(key_id);
    keys.secret_access_key = Secret("wJalrXUtnFEMI");
    keys.session_token = Secret("a token");
    keys.issued = SystemClock().now();
    keys.expiration = *keys.issued + std::chrono::hours(1);
    keys.role_arn = "arn:aws:iam::123456789012:role/build";
    keys.account = "123456789012";
    keys.region = "eu-central-1";
    keys.session_arn = "arn:aws:sts::123456789012:assumed-role/build/b-1";
    keys.source_identity = "alice";
    keys.answer = {{"AssumedRoleUser/Arn", keys.session_arn}, {"Empty", ""}};
    return keys;
}

struct Scene {
    TemporaryFolder folder;
    std::string path = folder.path("deep/kept");
    SealedStore store = open(store_key);

    SealedStore open(std::string_view key) const {
        auto opened = FileStore::open(path);
        REQUIRE(opened);
        return {*std::move(opened), key};
    }
    Result<void> keep(const RequestKey& key, const Credentials& keys) const {
        const Entry entry{.credentials = keys.clone(),
                          .kept = SystemClock().now(),
                          .kept_since_boot = time_since_boot(),
                          .connector = "deploy",
                          .user = "alice"};
        return store.put(RecordKind::credentials, key, bytes_of(entry).reveal(), *keys.expiration - SystemClock().now(),
                         random_bytes, never);
    }
    static Result<std::optional<Entry>> find(const SealedStore& store, const RequestKey& key) {
        AWSFED_TRY(const std::optional<Secret> bytes, store.get(RecordKind::credentials, key, never));
        return bytes ? read_entry(bytes->reveal()) : std::nullopt;
    }
    static Result<std::unique_ptr<Store::Lock>> try_lock(const SealedStore& store, const RequestKey& key) {
        return store.try_lock(RecordKind::credentials, key, never);
    }
    auto lock(const RequestKey& key, const Cancel& cancel = never) const {
        return store.lock(RecordKind::credentials, key, cancel);
    }
    // The one entry that is there.
    std::string entry() const {
        for (const auto& file : std::filesystem::directory_iterator(path)) {
            if (file.path().extension() == ".entry")
                return file.path();
        }
        return {};
    }
    static std::string read(const std::string& file) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static void write(const std::string& file, std::string_view bytes) {
        std::ofstream(file, std::ios::binary) << bytes;
    }
    std::string found(const RequestKey& key) const {
        const auto entry = find(store, key);
        if (!entry)
            return std::string(row_of(entry.error().code).text);
        return *entry ? std::string((*entry)->credentials.access_key_id.reveal()) : "nothing";
    }
};

} // namespace

TEST_CASE("what was kept comes back whole, also to another process") {
    const Scene scene;
    REQUIRE(scene.keep(one, session("ASIAONE")));
    const auto found = Scene::find(scene.open(store_key), one);
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->connector == "deploy");
    CHECK((*found)->user == "alice");
    CHECK((*found)->principal.empty());
    const Credentials* back = &(*found)->credentials;
    const Credentials expected = session("ASIAONE");
    CHECK(back->access_key_id.reveal() == "ASIAONE");
    CHECK(back->secret_access_key.reveal() == "wJalrXUtnFEMI");
    CHECK(back->session_token.reveal() == "a token");
    CHECK(*back->expiration - *back->issued == std::chrono::hours(1));
    CHECK(back->role_arn == expected.role_arn);
    CHECK(back->account == expected.account);
    CHECK(back->region == expected.region);
    CHECK(back->session_arn == expected.session_arn);
    CHECK(back->source_identity == expected.source_identity);
    CHECK(back->answer == expected.answer);
    CHECK(scene.found(two) == "nothing");
    REQUIRE(scene.store.erase(RecordKind::credentials, one, never));
    CHECK(scene.found(one) == "nothing");
    CHECK(scene.store.erase(RecordKind::credentials, one, never));
}

TEST_CASE("security rule 11: an entry is nothing without the key, and nothing under another request") {
    const Scene scene;
    REQUIRE(scene.keep(one, session("ASIAONE")));
    const std::string bytes = Scene::read(scene.entry());
    for (const std::string_view plain : {"ASIAONE", "wJalrXUtnFEMI", "a token", "build", "alice", "123456789012"})
        CHECK(bytes.find(plain) == bytes.npos);
    CHECK(row_of(Scene::find(scene.open("another key, as long"), one).error().code).text == "entry-broken");
    std::filesystem::rename(scene.entry(), scene.path + "/" + hex(two) + ".entry");
    CHECK(scene.found(two) == "entry-broken");
}

TEST_CASE("an entry that was changed or torn anywhere is none, and gives way to the next") {
    const Scene scene;
    REQUIRE(scene.keep(one, session("ASIAONE")));
    const std::string file = scene.entry();
    const std::string right = Scene::read(file);
    for (std::size_t i = 0; i < right.size(); ++i) {
        std::string changed = right;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        Scene::write(file, changed);
        CHECK(scene.found(one) == "entry-broken");
        Scene::write(file, right.substr(0, i));
        CHECK(scene.found(one) == "entry-broken");
    }
    REQUIRE(scene.keep(one, session("ASIATWO")));
    CHECK(scene.found(one) == "ASIATWO");
}

TEST_CASE("the folder and what is in it are the user's alone, and no other folder is taken") {
    const Scene scene;
    REQUIRE(scene.keep(one, session("ASIAONE")));
    CHECK(std::filesystem::status(scene.path).permissions() == std::filesystem::perms::owner_all);
    for (const auto& file : std::filesystem::directory_iterator(scene.path))
        CHECK((file.status().permissions() & ~(std::filesystem::perms::owner_read |
                                               std::filesystem::perms::owner_write)) == std::filesystem::perms::none);
    std::filesystem::permissions(scene.path, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
    CHECK(FileStore::open(scene.path).error().code == Code::store_failed);
    std::filesystem::create_symlink(scene.path, scene.folder.path("link"));
    CHECK(FileStore::open(scene.folder.path("link")).error().code == Code::store_failed);
}

TEST_CASE("a folder's name may end with a slash") {
    const Scene scene;
    CHECK(FileStore::open(scene.folder.path("new") + "//"));
    CHECK(std::filesystem::status(scene.folder.path("new")).permissions() == std::filesystem::perms::owner_all);
    std::filesystem::create_symlink(scene.path, scene.folder.path("link"));
    CHECK(FileStore::open(scene.folder.path("link") + "/").error().code == Code::store_failed);
}

TEST_CASE("what somebody else put in the place of an entry is not read, and does not keep one waiting") {
    const Scene scene;
    const std::string file = scene.path + "/" + hex(one) + ".entry";
    SUBCASE("a link") { std::filesystem::create_symlink("/etc/passwd", file); }
    SUBCASE("a pipe") { REQUIRE(::mkfifo(file.c_str(), 0600) == 0); }
    SUBCASE("a folder") { std::filesystem::create_directory(file); }
    std::string told = "store-failed";
    SUBCASE("nothing at all") {
        Scene::write(file, "");
        told = "entry-broken";
    }
    CHECK(scene.found(one) == told);
}

TEST_CASE("a lock is one's alone until it is given up, or its owner dies") {
    const Scene scene;
    {
        const auto mine = scene.lock(one);
        REQUIRE(mine);
        CHECK_FALSE(*Scene::try_lock(scene.open(store_key), one));
        CHECK(*Scene::try_lock(scene.store, two));
        Cancel enough;
        enough.now();
        CHECK(scene.lock(one, enough).error().code == Code::cancelled);
    }
    const pid_t child = ::fork();
    if (child == 0) {
        const auto held = scene.lock(one);
        ::raise(SIGSTOP);
        ::_exit(held ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, WUNTRACED) == child);
    CHECK_FALSE(*Scene::try_lock(scene.store, one));
    ::kill(child, SIGKILL);
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(*Scene::try_lock(scene.store, one));
}

TEST_CASE("a lock that is given up is free, also while a child that was forked meanwhile lives on") {
    const Scene scene;
    std::unique_ptr<Store::Lock> mine = *scene.lock(one);
    const pid_t child = ::fork();
    if (child == 0) {
        ::pause();
        ::_exit(0);
    }
    mine.reset();
    CHECK(*Scene::try_lock(scene.store, one));
    ::kill(child, SIGKILL);
    CHECK(::waitpid(child, nullptr, 0) == child);
}

TEST_CASE("nobody waits for ever for one who has a lock and does not go on") {
    const Scene scene;
    const auto mine = scene.lock(one);
    REQUIRE(mine);
    CHECK(scene.store.lock(RecordKind::credentials, one, never, std::chrono::milliseconds(50)).error().code ==
          Code::store_busy);
}

TEST_CASE("what is kept grows old by whichever clock of the machine says that more time has gone by") {
    using std::chrono::minutes;
    Credentials keys = session("ASIAONE"); // of an hour, by whatever clock
    keys.issued = *keys.issued + std::chrono::hours(7);
    keys.expiration = *keys.expiration + std::chrono::hours(7);
    const Time then{std::chrono::hours(1000)};
    const Entry entry{.credentials = std::move(keys), .kept = then, .kept_since_boot = minutes(100)};
    CHECK(remaining_of(entry, then, minutes(100)) == minutes(60));
    CHECK(remaining_of(entry, then + minutes(10), minutes(110)) == minutes(50));
    CHECK(remaining_of(entry, then - minutes(30), minutes(110)) == minutes(50)); // it was set back
    CHECK(remaining_of(entry, then + minutes(10), minutes(1)) == minutes(50));   // the machine was restarted
    CHECK(remaining_of(entry, then + minutes(70), minutes(110)) == minutes(-10));
}

TEST_CASE("what is long over is removed with the next entry, what is in use is not") {
    const Scene scene;
    Credentials over = session("ASIAOVER");
    over.expiration = SystemClock().now() - std::chrono::hours(2);
    REQUIRE(scene.keep(one, over));
    const std::string draft = scene.path + "/00.draft";
    const std::string lock = scene.path + "/" + hex(two) + ".entry.lock";
    const auto held = scene.lock(two);
    REQUIRE(held);
    Scene::write(draft, "torn");
    for (const std::string& file : {draft, lock})
        std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
    Scene::write(scene.path + "/notes.txt", "not ours");
    REQUIRE(scene.keep(two, session("ASIATWO")));
    CHECK(scene.found(one) == "nothing");
    CHECK_FALSE(std::filesystem::exists(draft));
    CHECK(std::filesystem::exists(lock));
    CHECK(std::filesystem::exists(scene.path + "/notes.txt"));
    CHECK(scene.found(two) == "ASIATWO");
}
