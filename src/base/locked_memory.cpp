#include "base/locked_memory.h"

#include <string.h> // NOLINT: explicit_bzero is in no other
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <new>
#include <type_traits>

namespace awsfed {

namespace {

struct Pages {
    char* bytes = nullptr; // null: there is no memory left
    bool locked = false;
};

// Locking is tolerated to fail: RLIMIT_MEMLOCK is small in many containers, and a password in
// swappable memory is better than no sign-in. docs/design/secrets.md says so.
Pages map_pages(std::size_t bytes) {
    void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return {};
    const bool locked = ::mlock(pages, bytes) == 0;
    (void)::madvise(pages, bytes, MADV_DONTDUMP);
    (void)::madvise(pages, bytes, MADV_WIPEONFORK);
    return {static_cast<char*>(pages), locked};
}

std::size_t whole_pages(std::size_t bytes) {
    static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return (bytes + page - 1) / page * page;
}

enum class Unlocked { keep, refuse };

// Most secrets live for microseconds, and five system calls for each would cost more than the signature that they are
// for. So they come from a few slots of one size that are mapped once and kept. Which are taken is one bit each,
// outside of the pages: there is no lock that a fork could find held.
class Slots {
public:
    Slots(std::size_t slot_bytes, std::size_t count, Unlocked unlocked)
        : slot_bytes_(slot_bytes), count_(count), free_{low_bits(count), count > 64 ? low_bits(count - 64) : 0} {
        const Pages pages = map_pages(count * slot_bytes);
        pages_ = pages.bytes;
        if (pages_ != nullptr && !pages.locked && unlocked == Unlocked::refuse) {
            (void)::munmap(pages_, count * slot_bytes);
            pages_ = nullptr;
        }
        if (pages_ == nullptr)
            free_[0] = free_[1] = 0;
    }

    std::size_t slot_bytes() const { return slot_bytes_; }

    char* take() {
        for (std::atomic<std::uint64_t>& group : free_) {
            std::uint64_t bits = group.load(std::memory_order_relaxed);
            while (bits != 0) {
                const std::uint64_t lowest = bits & (~bits + 1);
                if (group.compare_exchange_weak(bits, bits & ~lowest, std::memory_order_acquire,
                                                std::memory_order_relaxed)) {
                    const auto number = static_cast<std::size_t>(&group - free_.data()) * 64 +
                                        static_cast<std::size_t>(std::countr_zero(lowest));
                    return pages_ + number * slot_bytes_;
                }
            }
        }
        return nullptr;
    }

    bool give_back(char* bytes) {
        if (pages_ == nullptr || bytes < pages_ || bytes >= pages_ + count_ * slot_bytes_)
            return false;
        const auto number = static_cast<std::size_t>(bytes - pages_) / slot_bytes_;
        free_[number / 64].fetch_or(std::uint64_t{1} << (number % 64), std::memory_order_release);
        return true;
    }

private:
    static constexpr std::uint64_t low_bits(std::size_t count) {
        return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    }

    std::size_t slot_bytes_;
    std::size_t count_; // 128 at most
    char* pages_ = nullptr;
    std::array<std::atomic<std::uint64_t>, 2> free_;
};

static_assert(std::is_trivially_destructible_v<Slots>);

constexpr std::size_t slot_sizes[] = {1024, 4096, 16 * 1024, 64 * 1024};

// Each is mapped when the first secret of its size comes, and kept for the life of the process: a secret may outlive
// any static object that has something to destroy. All together are 640 KiB. Short secrets stay in their slots even
// where these cannot be locked; larger ones then get pages of their own, of which as many are locked as the system
// allows.
Slots& short_slots() {
    static Slots kept(slot_sizes[0], 128, Unlocked::keep); // passwords, keys, headers
    return kept;
}
Slots& page_slots() {
    static Slots kept(slot_sizes[1], 16, Unlocked::refuse); // session tokens, bodies, STS answers
    return kept;
}
Slots& assertion_slots() {
    static Slots kept(slot_sizes[2], 12, Unlocked::refuse); // in its forms; sign-in pages
    return kept;
}
Slots& large_slots() {
    static Slots kept(slot_sizes[3], 4, Unlocked::refuse); // what has grown beyond
    return kept;
}

// The slots of the smallest size that is enough; null for what is larger.
Slots* slots_for(std::size_t size) {
    if (size <= slot_sizes[0])
        return &short_slots();
    if (size <= slot_sizes[1])
        return &page_slots();
    if (size <= slot_sizes[2])
        return &assertion_slots();
    return size <= slot_sizes[3] ? &large_slots() : nullptr;
}

} // namespace

LockedMemory allocate_locked(std::size_t size) {
    if (Slots* slots = slots_for(size)) {
        if (char* slot = slots->take())
            return {slot, slots->slot_bytes()};
    }
    const std::size_t whole = whole_pages(size);
    const Pages pages = map_pages(whole);
    if (pages.bytes == nullptr)
        throw std::bad_alloc();
    return {pages.bytes, whole};
}

void free_locked(LockedMemory memory, std::size_t used) noexcept {
    if (memory.bytes == nullptr)
        return;
    wipe(memory.bytes, used);
    if (Slots* slots = slots_for(memory.size); slots != nullptr && slots->give_back(memory.bytes))
        return;
    (void)::munmap(memory.bytes, memory.size);
}

void wipe(void* bytes, std::size_t size) { ::explicit_bzero(bytes, size); }

} // namespace awsfed
