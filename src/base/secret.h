// Bytes that must not leak: a password, an assertion, a key, a request body that holds one.
//
// They live in locked memory (base/locked_memory.h) and are wiped when they die. A Secret cannot be copied by
// accident, compared with ==, or printed: it formats as "[secret]".
#pragma once

#include "base/locked_memory.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

namespace awsfed {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view bytes);
    Secret(Secret&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)),
          room_(std::exchange(other.room_, 0)) {}
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() {
        if (data_ != nullptr) // most have been moved from
            free_locked({data_, room_}, size_);
    }

    Secret clone() const { return Secret(reveal()); }

    // The bytes, for the moment of use. NUL-terminated behind the last one. Do not keep the view.
    std::string_view reveal() const { return {data_ ? data_ : "", size_}; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    // In time that depends on the lengths only.
    bool equals(std::string_view bytes) const;

    void append(std::string_view bytes) {
        if (!bytes.empty())
            std::memcpy(grow(bytes.size()), bytes.data(), bytes.size());
    }
    void append(char byte) { *grow(1) = byte; }
    void reserve(std::size_t bytes);
    void truncate(std::size_t bytes); // wipes what is cut off
    void clear();

    // Room for `bytes` bytes to be written by somebody else's function; what is not used is cut off
    // with truncate().
    char* grow(std::size_t bytes) {
        if (size_ + bytes >= room_) // doubling keeps appending linear
            reserve(size_ + bytes > 2 * size_ ? size_ + bytes : 2 * size_);
        char* place = data_ + size_;
        size_ += bytes;
        data_[size_] = '\0';
        return place;
    }

private:
    char* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t room_ = 0; // more than size_: there is always a NUL behind it; all behind size_ is NUL
};

} // namespace awsfed

template <>
struct fmt::formatter<awsfed::Secret> {
    constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
    auto format(const awsfed::Secret&, fmt::format_context& context) const {
        return fmt::format_to(context.out(), "[secret]");
    }
};
