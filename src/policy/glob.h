// A pattern of IAM as a sequence of symbols: characters, wildcards and policy variables. Variables are opaque here:
// what holds for any text in their place can be told without knowing it.
#pragma once

#include "policy/request.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::policy {

// A code point, or one of these, which lie above all code points.
using Symbol = char32_t;
using Symbols = std::u32string;
inline constexpr Symbol any_run = 0x110000; // * : any text, also none
inline constexpr Symbol any_one = 0x110001; // ? : one character
inline constexpr Symbol segment_run = 0x110002; // the same, but no colon: in the first five segments of an ARN
inline constexpr Symbol segment_one = 0x110003;
inline constexpr Symbol first_variable = 0x110100;

constexpr bool is_character(Symbol symbol) { return symbol < any_run; }
constexpr bool is_run(Symbol symbol) { return symbol == any_run || symbol == segment_run; }
constexpr bool is_one(Symbol symbol) { return symbol == any_one || symbol == segment_one; }
constexpr bool is_variable(Symbol symbol) { return symbol >= first_variable; }

// ${key} or ${key, 'default'}.
struct GlobVariable {
    std::string key; // lower case
    std::optional<std::string> otherwise;

    friend bool operator==(const GlobVariable&, const GlobVariable&) = default;
};

// The variables of some documents, each with a symbol of its own.
class GlobVariables {
public:
    Symbol symbol_of(const GlobVariable& variable);
    const GlobVariable& operator[](Symbol symbol) const { return known_[symbol - first_variable]; }
    const std::vector<GlobVariable>& all() const { return known_; }

private:
    std::vector<GlobVariable> known_;
};

class Glob {
public:
    Glob() = default; // matches the empty text alone
    explicit Glob(Symbols symbols);

    // * and ? are wildcards. With variables (in documents of 2012) ${...} is one, and ${*} ${?} ${$} are characters.
    static Glob of(std::string_view pattern, GlobVariables* variables = nullptr);
    // * and ? are characters, as in the values of StringEquals.
    static Glob literal(std::string_view text, GlobVariables* variables = nullptr);
    // As ArnLike reads it: wildcards stay within their segment, but for the last. Empty without six segments.
    std::optional<Glob> as_arn() const;
    static std::optional<Glob> arn(std::string_view pattern, GlobVariables* variables = nullptr) {
        return of(pattern, variables).as_arn();
    }

    const Symbols& symbols() const { return symbols_; }
    bool is_literal() const; // one text alone, though variables may stand in it
    bool has_variables() const;
    std::size_t head_size() const; // symbols before the first wildcard or variable

    bool matches(std::string_view text) const;
    // A text of symbols, so that it may hold variables: only * takes those, or the same variable.
    bool matches(std::u32string_view text) const;

    // With others in place of its variables; empty where one has no value.
    using ValueOf = std::function<std::optional<Symbols>(Symbol variable)>;
    std::optional<Glob> resolved(const ValueOf& value_of) const;

    // As a pattern of a 2012 document: what is a character here but a wildcard there is written ${*}.
    std::string text(const GlobVariables* variables = nullptr) const;

    friend bool operator==(const Glob&, const Glob&) = default;
    friend auto operator<=>(const Glob&, const Glob&) = default;

private:
    Symbols symbols_; // in their canonical order: in a run of wildcards every ? stands before one *
};

// What a variable stands for in a request: nothing, when its key has several values.
std::optional<Symbols> value_of(const GlobVariable& variable, const RequestContext& context);

Symbols symbols_of(std::string_view utf8);
std::string utf8_of(std::u32string_view characters);

} // namespace awsfed::policy
