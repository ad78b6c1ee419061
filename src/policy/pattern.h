// A text of a policy with wildcards and variables, ready to be matched: linear in space, at most
// pattern times text in time, no memory taken.
#pragma once

#include "policy/request.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::policy {

class Pattern {
public:
    struct Reading {
        bool wildcards = true; // * and ? have their meaning
        bool variables = true; // ${key} has: the document is of 2012, and the place takes them
    };
    Pattern(std::string_view text, Reading reading);

    // A variable that has no value, or several, matches nothing. What it stands for is literal: a * in it is a star.
    bool matches(std::string_view text, const RequestContext& context) const;
    // The same without regard to case.
    bool equals_ignoring_case(std::string_view text, const RequestContext& context) const;
    // Part by part: a wildcard does not pass one of the first five colons, and both must have six parts.
    bool matches_arn(std::string_view arn, const RequestContext& context) const;

    bool has_variables() const { return has_variables_; }

    struct Piece {
        enum class Kind : unsigned char { literal, variable, star, one };
        Kind kind = Kind::literal;
        std::string text; // of a literal; of a variable its key in lower case
        std::optional<std::string> fallback = {}; // ${key, 'fallback'}
    };
    const std::vector<Piece>& pieces() const { return pieces_; }

private:
    enum class Shape : unsigned char { everything, exact, beginning, plain, general };

    void read(std::string_view text, Reading reading);
    void add_text(std::string_view text);
    bool resolvable(const RequestContext& context) const;

    std::vector<Piece> pieces_;
    std::string plain_; // of one without escapes and variables: as written, * and ? are wildcards
    Shape shape_ = Shape::general;
    bool has_variables_ = false;
};

// The variable that begins a text with "${": its length, and what stands in it. Empty when the braces do not close,
// or hold braces or a dollar's escape.
struct Variable {
    std::size_t size; // with ${ and }
    std::string_view key; // as written, without blanks; * ? or $ for the three escapes
    std::optional<std::string_view> fallback;
    bool well_formed = true;
};
std::optional<Variable> read_variable(std::string_view text);

} // namespace awsfed::policy
