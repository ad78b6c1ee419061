// Memory for secrets: locked against swapping where the system allows it, left out of core dumps,
// empty in a forked child, and wiped when it is given back.
#pragma once

#include <cstddef>

namespace awsfed {

struct LockedMemory {
    char* bytes = nullptr;
    std::size_t size = 0; // at least what was asked for
};

// Never null: throws std::bad_alloc. The bytes are zero.
LockedMemory allocate_locked(std::size_t size);
// `used`: how many bytes at the beginning may be other than zero. These are wiped; a kilobyte takes longer to wipe than
// most secrets take to make.
void free_locked(LockedMemory memory, std::size_t used) noexcept;

// Overwrites bytes of somebody else's memory in a way that no compiler takes away.
void wipe(void* bytes, std::size_t size);

} // namespace awsfed
