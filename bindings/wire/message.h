// Messages by which another language calls awsfed: numbers, texts and lists, one behind the other, little end first.
// Both sides know the order of what they send; nothing in a message says what it is.
//
//   number  8 bytes
//   text    4 bytes of length (-1: none, NULL), then so many bytes
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace awsfed::wire {

static_assert(std::endian::native == std::endian::little, "messages are copied as they lie in memory");

// Memory that is wiped before it is given back: messages carry passwords and keys.
template <class T>
struct WipingAllocator {
    using value_type = T;
    WipingAllocator() = default;
    template <class U>
    WipingAllocator(const WipingAllocator<U>&) noexcept {} // NOLINT: the form that the standard asks for
    T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
    void deallocate(T* at, std::size_t n) noexcept {
        explicit_bzero(at, n * sizeof(T));
        std::allocator<T>().deallocate(at, n);
    }
    friend bool operator==(WipingAllocator, WipingAllocator) { return true; }
};
using Bytes = std::vector<char, WipingAllocator<char>>;

// Reads a message. Past its end everything is 0 or NULL, and ok() is false.
class Reader {
public:
    explicit Reader(std::string_view message) : left_(message) {}

    std::int64_t number() { return raw<std::int64_t>(); }

    // Points into the message; data() is null for none.
    std::string_view text() {
        const auto length = raw<std::int32_t>();
        if (length < 0)
            return {};
        return take(static_cast<std::size_t>(length)).value_or(std::string_view());
    }

    bool ok() const { return ok_; }
    bool is_at_end() const { return left_.empty(); }

private:
    template <class T>
    T raw() {
        T value{};
        if (const auto bytes = take(sizeof value))
            std::memcpy(&value, bytes->data(), sizeof value);
        return value;
    }

    std::optional<std::string_view> take(std::size_t n) {
        if (n > left_.size()) {
            ok_ = false;
            left_ = {};
            return std::nullopt;
        }
        const std::string_view taken = left_.substr(0, n);
        left_.remove_prefix(n);
        return taken;
    }

    std::string_view left_;
    bool ok_ = true;
};

// Writes a message.
class Writer {
public:
    void number(std::int64_t value) { raw(value); }

    // A text of 2 GiB or more, of which there is none, is written as none.
    void text(const char* data, std::size_t size) {
        const bool is_there = data != nullptr && size <= std::numeric_limits<std::int32_t>::max();
        raw(is_there ? static_cast<std::int32_t>(size) : -1);
        if (is_there)
            bytes_.insert(bytes_.end(), data, data + size);
    }
    void text(std::string_view text) { this->text(text.data(), text.size()); }

    void clear() { bytes_.clear(); }
    std::string_view message() const { return {bytes_.data(), bytes_.size()}; }

private:
    template <class T>
    void raw(T value) {
        char bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        bytes_.insert(bytes_.end(), bytes, bytes + sizeof value);
    }

    Bytes bytes_;
};

} // namespace awsfed::wire
