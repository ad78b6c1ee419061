// Random policies and requests, biased to the places where decisions change.
#pragma once

#include "policy/document.h"
#include "policy/request.h"

#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed::policy {

struct DiceOptions {
    bool conditions = true;
    bool inverted = true;  // NotAction, NotResource
    bool variables = true; // ${aws:username}
};

class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}

    Document document(const DiceOptions& options);
    // One that says nearly the same.
    Document neighbour(const Document& document, const DiceOptions& options);
    Request request();

    std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
    bool one_in(std::size_t n) { return below(n) == 0; }

private:
    Statement statement(const DiceOptions& options);
    Condition condition(const DiceOptions& options);
    std::vector<Word> some(std::span<const std::string_view> words, std::size_t most);
    template <class List>
    const auto& pick(const List& list) {
        return list[below(std::size(list))];
    }

    std::mt19937_64 engine_;
};

} // namespace awsfed::policy
