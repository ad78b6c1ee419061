#include "cache/file_store.h"

#include "base/aead.h"
#include "base/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>
#include <system_error>
#include <thread>

namespace awsfed {

namespace {

constexpr std::size_t entry_bytes_max = 256 * 1024;
constexpr std::chrono::milliseconds look_around(20); // flock does not know a Cancel
constexpr std::chrono::hours outdated_after(1);      // its credentials' end, or the death of who was writing it
constexpr std::string_view entry_form = "awsfed entry 1\n";

std::string reason_of(int error) { return std::generic_category().message(error); }

std::string entry_name(const RequestKey& key) { return hex(key) + ".entry"; }
std::string lock_name(const RequestKey& key) { return hex(key) + ".lock"; }

// Each use has a key of its own.
Secret derived(std::string_view key, std::string_view use) {
    Digest made = Sha256().hmac(key, use);
    Secret out(bytes_of(made));
    wipe(made.data(), made.size());
    return out;
}

std::string context_of(const RequestKey& key) { return std::string(entry_form).append(bytes_of(key)); }

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// Empty where it cannot be read to its end.
std::optional<std::string> read_all(int fd, std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::read(fd, bytes.data() + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return std::nullopt;
        done += static_cast<std::size_t>(got);
    }
    return bytes;
}

// Whether the name is still that file's: somebody may have removed it, and somebody else made another one.
bool has_name(int file, int directory, const char* name) {
    struct stat mine{}, there{};
    return ::fstat(file, &mine) == 0 && ::fstatat(directory, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
}

timespec timespec_of(Time time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return {seconds.time_since_epoch().count(), 0};
}

// A file that goes again, unless it was given its name.
class Draft {
public:
    Draft(int directory, std::string name)
        : directory_(directory), name_(std::move(name)),
          file_(::openat(directory, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) {}
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() {
        if (file_.is_open() && !named_)
            (void)::unlinkat(directory_, name_.c_str(), 0);
    }

    // Its time says until when it is of use, to whoever cleans up.
    bool write(std::string_view bytes, Time until) const {
        const timespec times[2] = {timespec_of(until), timespec_of(until)};
        return file_.is_open() && write_all(file_.get(), bytes) && ::futimens(file_.get(), times) == 0;
    }
    bool name(const std::string& name) {
        named_ = ::renameat(directory_, name_.c_str(), directory_, name.c_str()) == 0;
        return named_;
    }

private:
    int directory_;
    std::string name_;
    Descriptor file_;
    bool named_ = false;
};

} // namespace

FileStore::FileStore(std::string folder, Descriptor directory, std::string_view key)
    : folder_(std::move(folder)), directory_(std::move(directory)), naming_key_(derived(key, "awsfed: requests")),
      sealing_key_(derived(key, "awsfed: entries")) {}

Failure FileStore::failed(std::string_view what, int error) const {
    return fail(Code::store_failed, "{} in {} failed: {}.", what, printable(folder_), reason_of(error));
}

Result<FileStore> FileStore::open(std::string folder, std::string_view key) {
    while (folder.size() > 1 && folder.ends_with('/')) // its parent would be itself, and a link would be followed
        folder.pop_back();
    const std::filesystem::path path(folder);
    std::error_code ignored; // what is not there then is told below
    std::filesystem::create_directories(path.parent_path(), ignored);
    (void)::mkdir(folder.c_str(), 0700);
    Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat facts{};
    if (!directory.is_open() || ::fstat(directory.get(), &facts) != 0)
        return fail(Code::store_failed, "The folder {} cannot be opened: {}.", printable(folder), reason_of(errno))
            .setting("cache_folder");
    if (facts.st_uid != ::geteuid() || (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return fail(Code::store_failed, "The folder {} is not this user's alone.", printable(folder))
            .setting("cache_folder");
    return FileStore(std::move(folder), std::move(directory), key);
}

Result<std::optional<Entry>> FileStore::find(const RequestKey& key) const {
    const Descriptor file(
        ::openat(directory_.get(), entry_name(key).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open() && errno == ENOENT)
        return std::nullopt;
    struct stat facts{};
    if (!file.is_open() || ::fstat(file.get(), &facts) != 0)
        return failed("Reading", errno);
    const auto size = static_cast<std::size_t>(facts.st_size);
    if (!S_ISREG(facts.st_mode) || facts.st_uid != ::geteuid() || size > entry_bytes_max)
        return fail(Code::store_failed, "In {} lies something that awsfed did not put there.", printable(folder_));
    const std::optional<std::string> sealed = read_all(file.get(), size);
    const std::optional<Secret> plain =
        sealed && sealed->starts_with(entry_form)
            ? unseal(sealing_key_.reveal(), std::string_view(*sealed).substr(entry_form.size()), context_of(key))
            : std::nullopt;
    std::optional<Entry> found = plain ? read_entry(plain->reveal()) : std::nullopt;
    if (!found)
        return fail(Code::store_failed, "An entry in {} is broken, or of another key.", printable(folder_));
    return found;
}

Result<void> FileStore::keep(const RequestKey& key, const Credentials& credentials, const Random& random) const {
    const Entry entry{credentials.clone(), SystemClock().now(), time_since_boot()};
    const Secret plain = bytes_of(entry);
    std::string bytes(entry_form);
    bytes += seal(sealing_key_.reveal(), plain.reveal(), context_of(key), random);
    Draft draft(directory_.get(), random.hex(16) + ".draft");
    if (!draft.write(bytes, entry.kept + life_of(credentials)) || !draft.name(entry_name(key)))
        return failed("Writing", errno);
    remove_outdated();
    return {};
}

Result<void> FileStore::erase(const RequestKey& key) const {
    if (::unlinkat(directory_.get(), entry_name(key).c_str(), 0) != 0 && errno != ENOENT)
        return failed("Removing an entry", errno);
    return {};
}

Result<std::optional<FileStore::Lock>> FileStore::try_lock(const RequestKey& key) const {
    const std::string name = lock_name(key);
    Descriptor file(::openat(directory_.get(), name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.is_open())
        return failed("Locking", errno);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK || errno == EINTR)
            return std::nullopt;
        return failed("Locking", errno);
    }
    return has_name(file.get(), directory_.get(), name.c_str()) ? std::optional(Lock(std::move(file))) : std::nullopt;
}

FileStore::Lock::~Lock() {
    if (file_.is_open())
        (void)::flock(file_.get(), LOCK_UN);
}

Result<FileStore::Lock> FileStore::lock(const RequestKey& key, const Cancel& cancel,
                                        std::chrono::milliseconds patience) const {
    const auto end = time_since_boot() + patience;
    while (!cancel.cancelled()) {
        AWSFED_TRY(std::optional<Lock> lock, try_lock(key));
        if (lock)
            return *std::move(lock);
        if (time_since_boot() >= end)
            return fail(Code::store_failed, "Another process holds a lock in {} for more than {} s.",
                        printable(folder_), std::chrono::duration_cast<std::chrono::seconds>(patience).count());
        std::this_thread::sleep_for(look_around);
    }
    return fail(Code::cancelled, "The call was cancelled.");
}

// Entries that are long over, drafts of processes that died, and locks that nobody holds.
void FileStore::remove_outdated() const {
    struct Close {
        void operator()(DIR* folder) const { ::closedir(folder); }
    };
    const int again = ::openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, Close> folder(again < 0 ? nullptr : ::fdopendir(again));
    if (folder == nullptr) {
        if (again >= 0)
            ::close(again);
        return;
    }
    const auto oldest = std::chrono::floor<std::chrono::seconds>(SystemClock().now() - outdated_after);
    while (const dirent* one = ::readdir(folder.get())) { // NOLINT(concurrency-mt-unsafe): of this call alone
        const std::string_view name = one->d_name;
        struct stat facts{};
        if (!(name.ends_with(".entry") || name.ends_with(".draft") || name.ends_with(".lock")) ||
            ::fstatat(directory_.get(), one->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0 ||
            facts.st_mtim.tv_sec >= oldest.time_since_epoch().count())
            continue;
        if (name.ends_with(".lock")) {
            const Descriptor lock(::openat(directory_.get(), one->d_name, O_RDWR | O_NOFOLLOW | O_CLOEXEC));
            if (!lock.is_open() || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 ||
                !has_name(lock.get(), directory_.get(), one->d_name))
                continue;
            (void)::unlinkat(directory_.get(), one->d_name, 0); // while it is held: who waits looks again
            continue;
        }
        (void)::unlinkat(directory_.get(), one->d_name, 0);
    }
}

} // namespace awsfed
