// A set of small numbers: which statements match, which conditions hold.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace awsfed::policy {

class Bits {
public:
    explicit Bits(std::size_t size = 0) : words_((size + 63) / 64) {}

    void set(std::size_t i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
    void flip(std::size_t i) { words_[i / 64] ^= std::uint64_t{1} << (i % 64); }
    bool operator[](std::size_t i) const { return ((words_[i / 64] >> (i % 64)) & 1U) != 0; }
    bool any() const {
        return std::ranges::any_of(words_, [](std::uint64_t word) { return word != 0; });
    }
    std::size_t words() const { return words_.size(); }

    // Sets of the same size alone.
    Bits& operator&=(const Bits& other) {
        for (std::size_t i = 0; i < words_.size(); ++i)
            words_[i] &= other.words_[i];
        return *this;
    }
    Bits& operator|=(const Bits& other) {
        for (std::size_t i = 0; i < words_.size(); ++i)
            words_[i] |= other.words_[i];
        return *this;
    }
    friend Bits operator&(Bits a, const Bits& b) { return a &= b; }
    bool meets(const Bits& other) const {
        for (std::size_t i = 0; i < words_.size(); ++i) {
            if ((words_[i] & other.words_[i]) != 0)
                return true;
        }
        return false;
    }
    // Is it, of the numbers in `mask`, a subset of the other?
    bool within(const Bits& other, const Bits& mask) const {
        for (std::size_t i = 0; i < words_.size(); ++i) {
            if ((words_[i] & ~other.words_[i] & mask.words_[i]) != 0)
                return false;
        }
        return true;
    }

    template <class Visit>
    void each(Visit visit) const {
        for (std::size_t i = 0; i < words_.size(); ++i) {
            for (std::uint64_t word = words_[i]; word != 0; word &= word - 1)
                visit(i * 64 + static_cast<std::size_t>(std::countr_zero(word)));
        }
    }

    friend bool operator==(const Bits&, const Bits&) = default;

    struct Hash {
        std::size_t operator()(const Bits& bits) const {
            std::uint64_t hash = 0;
            for (const std::uint64_t word : bits.words_)
                hash = (hash ^ word) * 0x9E3779B97F4A7C15U + (hash >> 31);
            return static_cast<std::size_t>(hash ^ (hash >> 32));
        }
    };

private:
    std::vector<std::uint64_t> words_;
};

} // namespace awsfed::policy
