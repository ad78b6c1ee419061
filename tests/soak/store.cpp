// Does its worst to a folder of kept credentials, and looks for an entry that is torn or another one's: store FOLDER
// [KILLS [SECONDS]]. Processes that write are killed KILLS times at any moment; then 25 write and 25 read for SECONDS.
#include "cache/entry.h"
#include "cache/file_store.h"
#include "cache/sealed_store.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>
#include <vector>

using namespace awsfed;

namespace {

constexpr std::string_view store_key = "0123456789abcdef";
constexpr int writers = 25;
constexpr int readers = 25;
constexpr int requests = 3; // few, so that all are at the same ones
const SystemRandom random_bytes;
const Cancel never;

RequestKey key_of(int request) { return {static_cast<unsigned char>(request + 1)}; }

// All parts tell the request and the number: whoever finds two that differ has found a torn entry.
Credentials session(int request, unsigned number) {
    const std::string mark = fmt::format("{}-{}", request, number);
    Credentials keys;
    keys.access_key_id = Secret(mark);
    keys.secret_access_key = Secret(mark);
    keys.session_token = Secret(mark + std::string(3000 + number % 3000, '.'));
    keys.issued = SystemClock().now();
    keys.expiration = *keys.issued + std::chrono::hours(1);
    keys.role_arn = mark;
    return keys;
}

bool is_whole(const Credentials& keys, int request) {
    const std::string& mark = keys.role_arn;
    return mark.starts_with(fmt::format("{}-", request)) && keys.access_key_id.reveal() == mark &&
           keys.secret_access_key.reveal() == mark && keys.session_token.reveal().starts_with(mark + ".");
}

// Empty when it is fine.
std::string fault_of(const SealedStore& store, int request, bool must_be_there) {
    const auto found = store.get(RecordKind::credentials, key_of(request), never);
    if (!found)
        return found.error().message;
    if (!*found)
        return must_be_there ? "an entry is gone" : "";
    const auto entry = read_entry((*found)->reveal());
    return entry && is_whole(entry->credentials, request) ? "" : "an entry is another one's, or of two halves";
}

SealedStore open_store(const std::string& folder) {
    auto store = FileStore::open(folder);
    if (!store) {
        fmt::print(stderr, "{}\n", store.error().message);
        std::_Exit(2);
    }
    return {*std::move(store), store_key};
}

Result<void> keep(const SealedStore& store, int request, unsigned number) {
    const Entry entry{
        .credentials = session(request, number), .kept = SystemClock().now(), .kept_since_boot = time_since_boot()};
    return store.put(RecordKind::credentials, key_of(request), bytes_of(entry).reveal(), std::chrono::hours(1),
                     random_bytes, never);
}

template <class Work>
pid_t child(Work&& work) {
    const pid_t made = ::fork();
    if (made == 0)
        std::_Exit(work());
    return made;
}

int write_on(const std::string& folder, unsigned seed, std::chrono::steady_clock::time_point until) {
    const SealedStore store = open_store(folder);
    std::minstd_rand random(seed);
    while (std::chrono::steady_clock::now() < until) {
        const int request = static_cast<int>(random() % requests);
        const auto lock = store.lock(RecordKind::credentials, key_of(request), never);
        if (!lock || !keep(store, request, static_cast<unsigned>(random())))
            return 1;
    }
    return 0;
}

int read_on(const std::string& folder, unsigned seed, std::chrono::steady_clock::time_point until) {
    const SealedStore store = open_store(folder);
    std::minstd_rand random(seed);
    while (std::chrono::steady_clock::now() < until) {
        const std::string fault = fault_of(store, static_cast<int>(random() % requests), true);
        if (!fault.empty()) {
            fmt::print("{}\n", fault);
            return 1;
        }
    }
    return 0;
}

bool survives_kills(const std::string& folder, int kills) {
    const SealedStore store = open_store(folder);
    std::minstd_rand random(7);
    for (int i = 0; i < kills; ++i) {
        const auto seed = static_cast<unsigned>(random());
        const pid_t writer =
            child([&] { return write_on(folder, seed, std::chrono::steady_clock::now() + std::chrono::minutes(1)); });
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 4000));
        ::kill(writer, SIGKILL);
        ::waitpid(writer, nullptr, 0);
        for (int request = 0; request < requests; ++request) {
            const std::string fault = fault_of(store, request, false);
            if (!fault.empty()) {
                fmt::print("after {} kills: {}\n", i + 1, fault);
                return false;
            }
        }
    }
    return true;
}

bool survives_crowd(const std::string& folder, int seconds) {
    const SealedStore store = open_store(folder);
    for (int request = 0; request < requests; ++request)
        (void)keep(store, request, 0);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    std::vector<pid_t> crowd;
    for (unsigned i = 0; i < writers; ++i)
        crowd.push_back(child([&] { return write_on(folder, i + 1, until); }));
    for (unsigned i = 0; i < readers; ++i)
        crowd.push_back(child([&] { return read_on(folder, i + 1, until); }));
    bool fine = true;
    for (const pid_t one : crowd) {
        int status = 0;
        ::waitpid(one, &status, 0);
        fine = fine && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return fine;
}

bool tell(const std::string& what, bool fine) {
    fmt::print("{} {}\n", fine ? "ok" : "FAIL", what);
    std::fflush(stdout);
    return fine;
}

} // namespace

int main(int argc, char** argv) {
    const int kills = argc > 2 ? std::atoi(argv[2]) : 1000;
    const int seconds = argc > 3 ? std::atoi(argv[3]) : 60;
    if (argc < 2 || kills < 1 || seconds < 1)
        return 2;
    const std::string folder = argv[1];
    bool fine =
        tell(fmt::format("{} writers were killed, and every entry is whole", kills), survives_kills(folder, kills));
    fine &= tell(fmt::format("{} wrote and {} read for {} s, and every entry was whole", writers, readers, seconds),
                 survives_crowd(folder, seconds));
    const auto drafts = std::count_if(std::filesystem::directory_iterator(folder), {},
                                      [](const auto& file) { return file.path().extension() == ".draft"; });
    fmt::print("{} drafts of the killed are left, to be removed in an hour\n", drafts);
    return fine ? 0 : 1;
}
