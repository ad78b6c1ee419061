#include "base/secret.h"

#include <openssl/crypto.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <new>
#include <utility>

namespace awsfed {

namespace {

std::size_t whole_pages(std::size_t bytes) {
    static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return (bytes + page - 1) / page * page;
}

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

void unmap_pages(char* pages, std::size_t bytes) {
    if (pages == nullptr)
        return;
    OPENSSL_cleanse(pages, bytes);
    (void)::munmap(pages, bytes);
}

} // namespace

void wipe(void* bytes, std::size_t size) { OPENSSL_cleanse(bytes, size); }

Secret::Secret(std::string_view bytes) { append(bytes); }

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)),
      room_(std::exchange(other.room_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        unmap_pages(data_, room_);
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
        room_ = std::exchange(other.room_, 0);
    }
    return *this;
}

Secret::~Secret() { unmap_pages(data_, room_); }

bool Secret::equals(std::string_view bytes) const {
    return size_ == bytes.size() && CRYPTO_memcmp(reveal().data(), bytes.data(), size_) == 0;
}

void Secret::reserve(std::size_t bytes) {
    if (bytes < room_)
        return; // one byte is always left for the final NUL
    const std::size_t room = whole_pages(bytes + 1);
    char* pages = map_pages(room);
    if (size_ != 0)
        std::memcpy(pages, data_, size_);
    unmap_pages(data_, room_);
    data_ = pages;
    room_ = room;
}

void Secret::append(std::string_view bytes) {
    if (bytes.empty())
        return;
    std::memcpy(grow(bytes.size()), bytes.data(), bytes.size());
}

char* Secret::grow(std::size_t bytes) {
    if (size_ + bytes >= room_) // doubling keeps appending linear
        reserve(size_ + bytes > 2 * size_ ? size_ + bytes : 2 * size_);
    char* place = data_ + size_;
    size_ += bytes;
    data_[size_] = '\0';
    return place;
}

void Secret::truncate(std::size_t bytes) {
    if (bytes >= size_)
        return;
    OPENSSL_cleanse(data_ + bytes, size_ - bytes);
    size_ = bytes;
}

void Secret::clear() { *this = Secret(); }

} // namespace awsfed
