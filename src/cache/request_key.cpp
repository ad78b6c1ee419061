#include "cache/request_key.h"

#include <cstdint>

namespace awsfed {

void RequestText::add(std::string_view name, std::string_view value) {
    add_sized(name);
    add_sized(value);
}

void RequestText::add_sized(std::string_view bytes) {
    std::uint64_t size = bytes.size();
    for (std::size_t i = 0; i < sizeof size; ++i) { // the same on every machine
        text_.append(static_cast<char>(size & 0xFFU));
        size >>= 8U;
    }
    text_.append(bytes);
}

RequestKey RequestText::key(std::string_view store_key) const { return Sha256().hmac(store_key, text_.reveal()); }

} // namespace awsfed
