// Randomness, and where it comes from. Passed in, so that tests decide what is drawn.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace awsfed {

class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<unsigned char> bytes) const = 0;
    std::string hex(std::size_t bytes) const; // lower case, two digits a byte
};

// OpenSSL's generator.
class SystemRandom : public Random {
public:
    void fill(std::span<unsigned char> bytes) const override;
};

} // namespace awsfed
