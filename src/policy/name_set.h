// Some of the actions of one service, by their places in it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace awsfed::policy {

class NameSet {
public:
    static constexpr std::size_t names_max = 1024; // the largest service has 826

    void add(std::size_t name) { words_[name / 64] |= std::uint64_t{1} << (name % 64); }
    void remove(std::size_t name) { words_[name / 64] &= ~(std::uint64_t{1} << (name % 64)); }
    bool has(std::size_t name) const { return (words_[name / 64] >> (name % 64) & 1U) != 0; }

    NameSet& operator|=(const NameSet& other) {
        for (std::size_t i = 0; i < words_.size(); ++i)
            words_[i] |= other.words_[i];
        return *this;
    }
    NameSet& operator&=(const NameSet& other) {
        for (std::size_t i = 0; i < words_.size(); ++i)
            words_[i] &= other.words_[i];
        return *this;
    }
    NameSet& operator-=(const NameSet& other) {
        for (std::size_t i = 0; i < words_.size(); ++i)
            words_[i] &= ~other.words_[i];
        return *this;
    }
    friend NameSet operator|(NameSet a, const NameSet& b) { return a |= b; }
    friend NameSet operator&(NameSet a, const NameSet& b) { return a &= b; }
    friend NameSet operator-(NameSet a, const NameSet& b) { return a -= b; }

    bool empty() const {
        return std::ranges::all_of(words_, [](std::uint64_t word) { return word == 0; });
    }
    bool meets(const NameSet& other) const { return !(*this & other).empty(); }
    bool within(const NameSet& other) const { return (*this - other).empty(); }
    std::size_t size() const {
        std::size_t bits = 0;
        for (const std::uint64_t word : words_)
            bits += static_cast<std::size_t>(std::popcount(word));
        return bits;
    }

    // Calls with each member's place, in order.
    void each(auto&& visit) const {
        for (std::size_t i = 0; i < words_.size(); ++i)
            for (std::uint64_t word = words_[i]; word != 0; word &= word - 1)
                visit(i * 64 + static_cast<std::size_t>(std::countr_zero(word)));
    }

    bool operator==(const NameSet&) const = default;

    struct Hash {
        std::size_t operator()(const NameSet& set) const {
            std::uint64_t hash = 0;
            for (const std::uint64_t word : set.words_)
                hash = (std::rotl(hash, 23) ^ word) * 0x9E3779B97F4A7C15U;
            return static_cast<std::size_t>(hash ^ hash >> 32U);
        }
    };

private:
    std::array<std::uint64_t, names_max / 64> words_{};
};

} // namespace awsfed::policy
