#include "base/secret.h"

#include <openssl/crypto.h>

#include <cstring>

namespace awsfed {

Secret::Secret(std::string_view bytes) { append(bytes); }

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        free_locked({data_, room_}, size_);
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
        room_ = std::exchange(other.room_, 0);
    }
    return *this;
}

bool Secret::equals(std::string_view bytes) const {
    return size_ == bytes.size() && CRYPTO_memcmp(reveal().data(), bytes.data(), size_) == 0;
}

void Secret::reserve(std::size_t bytes) {
    if (bytes < room_)
        return; // one byte is always left for the final NUL
    const LockedMemory larger = allocate_locked(bytes + 1);
    if (size_ != 0)
        std::memcpy(larger.bytes, data_, size_);
    free_locked({data_, room_}, size_);
    data_ = larger.bytes;
    room_ = larger.size;
}

void Secret::truncate(std::size_t bytes) {
    if (bytes >= size_)
        return;
    wipe(data_ + bytes, size_ - bytes);
    size_ = bytes;
}

void Secret::clear() { *this = Secret(); }

} // namespace awsfed
