#include "cache/file_store.h"

#include "base/random.h"
#include "base/text.h"
#include "base/time.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>
#include <system_error>

namespace awsfed {

namespace {

constexpr std::chrono::hours outdated_after(1); // a record's end, or the death of who was writing it
constexpr std::string_view lock_ending = ".lock";
constexpr std::string_view draft_ending = ".draft";

const SystemRandom system_random; // for names of drafts

std::string reason_of(int error) { return std::generic_category().message(error); }

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

// What lies in the folder beside records.
bool is_record(std::string_view name) { return !name.ends_with(lock_ending) && !name.ends_with(draft_ending); }

bool is_ours(std::string_view name) {
    return !is_record(name) || name.ends_with(".entry") || name.ends_with(".attempts") || name.ends_with(".session") ||
           name.ends_with(".codes");
}

class FolderReader {
public:
    explicit FolderReader(int directory) {
        Descriptor again(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (again.is_open())
            folder_.reset(::fdopendir(again.get()));
        if (folder_ != nullptr)
            (void)again.release();
    }
    bool is_open() const { return folder_ != nullptr; }
    const char* next() const { // null at the end
        const dirent* one = ::readdir(folder_.get()); // NOLINT(concurrency-mt-unsafe): of this reader alone
        return one != nullptr ? one->d_name : nullptr;
    }

private:
    struct Close {
        void operator()(DIR* folder) const { ::closedir(folder); }
    };
    std::unique_ptr<DIR, Close> folder_;
};

class FileLock : public Store::Lock {
public:
    explicit FileLock(Descriptor file) : file_(std::move(file)) {}
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    // Also where a child that was forked meanwhile still has the file open.
    ~FileLock() override { (void)::flock(file_.get(), LOCK_UN); }

private:
    Descriptor file_;
};

} // namespace

FileStore::FileStore(std::string folder, Descriptor directory)
    : folder_(std::move(folder)), directory_(std::move(directory)) {}

Failure FileStore::failed(std::string_view what, int error) const {
    return fail(Code::store_failed, "{} in {} failed: {}.", what, printable(folder_), reason_of(error));
}

Result<std::shared_ptr<const FileStore>> FileStore::open(std::string folder) {
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
    return std::shared_ptr<const FileStore>(new FileStore(std::move(folder), std::move(directory)));
}

Result<std::optional<std::string>> FileStore::get(const std::string& name, const Cancel& /*cancel*/) const {
    const Descriptor file(::openat(directory_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open() && errno == ENOENT)
        return std::nullopt;
    struct stat facts{};
    if (!file.is_open() || ::fstat(file.get(), &facts) != 0)
        return failed("Reading", errno);
    const auto size = static_cast<std::size_t>(facts.st_size);
    if (!S_ISREG(facts.st_mode) || facts.st_uid != ::geteuid() || size > record_bytes_max)
        return fail(Code::store_failed, "In {} lies something that awsfed did not put there.", printable(folder_));
    std::optional<std::string> bytes = read_all(file.get(), size);
    if (!bytes)
        return failed("Reading", errno);
    return bytes;
}

Result<void> FileStore::put(const std::string& name, std::string_view bytes, std::chrono::milliseconds life,
                            const Cancel& /*cancel*/) const {
    Draft draft(directory_.get(), system_random.hex(16).append(draft_ending));
    if (!draft.write(bytes, SystemClock().now() + life) || !draft.name(name))
        return failed("Writing", errno);
    remove_outdated();
    return {};
}

Result<void> FileStore::erase(const std::string& name, const Cancel& /*cancel*/) const {
    if (::unlinkat(directory_.get(), name.c_str(), 0) != 0 && errno != ENOENT)
        return failed("Removing an entry", errno);
    return {};
}

Result<std::vector<std::string>> FileStore::names(const Cancel& /*cancel*/) const {
    const FolderReader folder(directory_.get());
    if (!folder.is_open())
        return failed("Looking", errno);
    std::vector<std::string> names;
    while (const char* name = folder.next()) {
        if (is_ours(name) && is_record(name))
            names.emplace_back(name);
    }
    return names;
}

Result<std::unique_ptr<Store::Lock>> FileStore::try_lock(const std::string& name, const Cancel& /*cancel*/) const {
    const std::string file_name = name + std::string(lock_ending);
    Descriptor file(::openat(directory_.get(), file_name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.is_open())
        return failed("Locking", errno);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK || errno == EINTR)
            return nullptr;
        return failed("Locking", errno);
    }
    if (!has_name(file.get(), directory_.get(), file_name.c_str()))
        return nullptr;
    return std::make_unique<FileLock>(std::move(file));
}

// Records that are long over, drafts of processes that died, and locks that nobody holds.
void FileStore::remove_outdated() const {
    const FolderReader folder(directory_.get());
    const auto oldest = std::chrono::floor<std::chrono::seconds>(SystemClock().now() - outdated_after);
    while (const char* name = folder.is_open() ? folder.next() : nullptr) {
        struct stat facts{};
        if (!is_ours(name) || ::fstatat(directory_.get(), name, &facts, AT_SYMLINK_NOFOLLOW) != 0 ||
            facts.st_mtim.tv_sec >= oldest.time_since_epoch().count())
            continue;
        if (!std::string_view(name).ends_with(lock_ending)) {
            (void)::unlinkat(directory_.get(), name, 0);
            continue;
        }
        const Descriptor lock(::openat(directory_.get(), name, O_RDWR | O_NOFOLLOW | O_CLOEXEC));
        if (lock.is_open() && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0 &&
            has_name(lock.get(), directory_.get(), name))
            (void)::unlinkat(directory_.get(), name, 0); // while it is held: who waits looks again
    }
}

} // namespace awsfed
