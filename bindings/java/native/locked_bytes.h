// Room for the bytes of a secret on their way through the binding: locked where the system allows it, left out of core
// dumps, and wiped when it goes.
#pragma once

#include <cstddef>
#include <string_view>

namespace awsfed::java {

class LockedBytes {
public:
    // Throws std::bad_alloc.
    explicit LockedBytes(std::size_t size);
    ~LockedBytes();
    LockedBytes(const LockedBytes&) = delete;
    LockedBytes& operator=(const LockedBytes&) = delete;

    void* data() { return data_; }
    std::size_t size() const { return size_; }

private:
    void* data_;
    std::size_t size_;
};

} // namespace awsfed::java
