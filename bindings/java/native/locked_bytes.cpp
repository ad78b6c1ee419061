#include "locked_bytes.h"

#include <cstring>
#include <new>
#include <sys/mman.h>

namespace awsfed::java {

// A mapping of its own: unlocking a part of the heap would unlock what others have on the same page.
LockedBytes::LockedBytes(std::size_t size) : data_(nullptr), size_(size + 1) {
    data_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data_ == MAP_FAILED)
        throw std::bad_alloc();
    mlock(data_, size_); // may be refused: then it can be swapped, and is still wiped
    madvise(data_, size_, MADV_DONTDUMP);
}

LockedBytes::~LockedBytes() {
    explicit_bzero(data_, size_);
    munmap(data_, size_);
}

} // namespace awsfed::java
