// Texts one after the other, each behind its size: however they are spread, two lists of them never look the same.
#pragma once

#include "base/secret.h"

#include <string_view>

namespace awsfed {

void append_sized(Secret& out, std::string_view text); // eight bytes of its size, the lowest first

class SizedReader {
public:
    explicit SizedReader(std::string_view bytes) : rest_(bytes) {}

    std::string_view next(); // empty where there is none; then the reader has failed
    bool is_over() const { return rest_.empty(); }
    bool failed() const { return failed_; }

private:
    std::string_view rest_;
    bool failed_ = false;
};

} // namespace awsfed
