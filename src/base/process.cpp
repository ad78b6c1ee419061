#include "base/process.h"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <new>

namespace awsfed {

namespace {

using Id = std::atomic<pid_t>; // 0: not asked yet

// A place that the kernel clears in a forked child, for the life of the process. Null where it cannot: there are
// emulators that take any advice, and do nothing.
Id* place_cleared_by_fork() {
    constexpr std::size_t size = sizeof(Id); // of a page, which is the least that can be had
    constexpr int no_advice = -1;
    void* page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return nullptr;
    if (::madvise(page, size, no_advice) != 0 && ::madvise(page, size, MADV_WIPEONFORK) == 0)
        return new (page) Id(0);
    (void)::munmap(page, size);
    return nullptr;
}

} // namespace

pid_t process_id() {
    static Id* const kept = place_cleared_by_fork();
    if (kept == nullptr)
        return ::getpid();
    pid_t id = kept->load(std::memory_order_relaxed);
    if (id == 0) {
        id = ::getpid();
        kept->store(id, std::memory_order_relaxed);
    }
    return id;
}

} // namespace awsfed
