#include "base/locked_memory.h"

#include <openssl/crypto.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <new>

namespace awsfed {

namespace {

// Locking is tolerated to fail: RLIMIT_MEMLOCK is small in many containers, and a password in
// swappable memory is better than no sign-in. docs/design/secrets.md says so.
char* map_pages(std::size_t bytes) {
    void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        throw std::bad_alloc();
    (void)::mlock(pages, bytes);
    (void)::madvise(pages, bytes, MADV_DONTDUMP);
    (void)::madvise(pages, bytes, MADV_WIPEONFORK);
    return static_cast<char*>(pages);
}

std::size_t whole_pages(std::size_t bytes) {
    static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return (bytes + page - 1) / page * page;
}

// Most secrets are short and live for microseconds, and five system calls for each would cost more than the
// signature that they are for. So short ones come from a few slots that are mapped once and kept. Which
// are taken is one bit each, outside of the pages: there is no lock that a fork could find held.
class Slots {
public:
    static constexpr std::size_t slot_bytes = 1024;

    Slots() : pages_(map_pages(count * slot_bytes)) {}

    char* take() {
        for (std::atomic<std::uint64_t>& group : free_) {
            std::uint64_t bits = group.load(std::memory_order_relaxed);
            while (bits != 0) {
                const std::uint64_t lowest = bits & (~bits + 1);
                if (group.compare_exchange_weak(bits, bits & ~lowest, std::memory_order_acquire,
                                                std::memory_order_relaxed)) {
                    const auto number = static_cast<std::size_t>(&group - free_.data()) * 64 +
                                        static_cast<std::size_t>(std::countr_zero(lowest));
                    return pages_ + number * slot_bytes;
                }
            }
        }
        return nullptr;
    }

    bool give_back(char* bytes) {
        if (bytes < pages_ || bytes >= pages_ + count * slot_bytes)
            return false;
        const auto number = static_cast<std::size_t>(bytes - pages_) / slot_bytes;
        free_[number / 64].fetch_or(std::uint64_t{1} << (number % 64), std::memory_order_release);
        return true;
    }

private:
    static constexpr std::size_t count = 128;
    char* pages_;
    std::array<std::atomic<std::uint64_t>, count / 64> free_{~std::uint64_t{0}, ~std::uint64_t{0}};
};

// Kept for the life of the process: a secret may outlive any static object.
Slots& slots() {
    static Slots& kept = *new Slots;
    return kept;
}

} // namespace

LockedMemory allocate_locked(std::size_t size) {
    if (size <= Slots::slot_bytes) {
        if (char* slot = slots().take())
            return {slot, Slots::slot_bytes};
    }
    const std::size_t whole = whole_pages(size);
    return {map_pages(whole), whole};
}

void free_locked(LockedMemory memory) noexcept {
    if (memory.bytes == nullptr)
        return;
    wipe(memory.bytes, memory.size);
    if (memory.size == Slots::slot_bytes && slots().give_back(memory.bytes))
        return;
    (void)::munmap(memory.bytes, memory.size);
}

void wipe(void* bytes, std::size_t size) { OPENSSL_cleanse(bytes, size); }

} // namespace awsfed
