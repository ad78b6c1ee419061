#include "cache/request_key.h"

#include "cache/sized.h"

namespace awsfed {

void RequestText::add(std::string_view name, std::string_view value) {
    append_sized(text_, name);
    append_sized(text_, value);
}

RequestKey RequestText::key(std::string_view store_key) const { return Sha256().hmac(store_key, text_.reveal()); }

} // namespace awsfed
