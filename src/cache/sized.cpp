#include "cache/sized.h"

#include <cstdint>

namespace awsfed {

namespace {

constexpr std::size_t size_bytes = sizeof(std::uint64_t);

} // namespace

void append_sized(Secret& out, std::string_view text) {
    std::uint64_t size = text.size();
    for (std::size_t i = 0; i < size_bytes; ++i) { // the same on every machine
        out.append(static_cast<char>(size & 0xFFU));
        size >>= 8U;
    }
    out.append(text);
}

std::string_view SizedReader::next() {
    std::uint64_t size = 0;
    if (rest_.size() >= size_bytes) {
        for (std::size_t i = size_bytes; i-- > 0;)
            size = size << 8U | static_cast<unsigned char>(rest_[i]);
    }
    if (rest_.size() < size_bytes || size > rest_.size() - size_bytes) {
        failed_ = true;
        rest_ = {};
        return {};
    }
    const std::string_view text = rest_.substr(size_bytes, size);
    rest_.remove_prefix(size_bytes + size);
    return text;
}

} // namespace awsfed
