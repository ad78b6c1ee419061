#include "policy/glob.h"

#include "base/text.h"
#include "base/unicode.h"
#include "policy/pattern.h"

#include <algorithm>

namespace awsfed::policy {

namespace {

constexpr std::size_t arn_segments = 6;
constexpr Symbol replacement_character = 0xFFFD;

Symbol take_symbol(std::string_view& utf8) {
    const Symbol point = take_character(utf8);
    return is_character(point) ? point : replacement_character;
}

Symbols read(std::string_view text, GlobVariables* variables, bool wildcards) {
    Symbols symbols;
    symbols.reserve(text.size());
    while (!text.empty()) {
        const auto found = variables != nullptr ? read_variable(text) : std::nullopt;
        if (found) {
            const std::string_view key = found->key;
            if (key == "*" || key == "?" || key == "$")
                symbols += static_cast<Symbol>(key.front());
            else
                symbols += variables->symbol_of({lower_ascii(key), std::optional<std::string>(found->fallback)});
            text.remove_prefix(found->size);
            continue;
        }
        const Symbol point = take_symbol(text);
        symbols += !wildcards || (point != U'*' && point != U'?') ? point : point == U'*' ? any_run : any_one;
    }
    return symbols;
}

// "*?" and "?*" mean the same, as do "**" and "*".
void make_canonical(Symbols& symbols) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < symbols.size();) {
        Symbol run = 0;
        for (; i < symbols.size() && (is_run(symbols[i]) || is_one(symbols[i])); ++i) {
            if (is_one(symbols[i]))
                symbols[kept++] = symbols[i];
            else
                run = symbols[i];
        }
        if (run != 0)
            symbols[kept++] = run;
        if (i < symbols.size())
            symbols[kept++] = symbols[i++];
    }
    symbols.resize(kept);
}

// Does one symbol of a pattern, but a run, take one symbol of a text?
bool takes(Symbol pattern, Symbol text) {
    if (pattern == any_one)
        return is_character(text) || is_one(text);
    if (pattern == segment_one)
        return (is_character(text) && text != U':') || text == segment_one;
    return pattern == text;
}

bool run_takes(Symbol run, Symbol text) {
    return run == any_run || (text != U':' && text != any_run && text != any_one && !is_variable(text));
}

} // namespace

Symbol GlobVariables::symbol_of(const GlobVariable& variable) {
    const auto found = std::ranges::find(known_, variable);
    const auto index = static_cast<Symbol>(found - known_.begin());
    if (found == known_.end())
        known_.push_back(variable);
    return first_variable + index;
}

Glob::Glob(Symbols symbols) : symbols_(std::move(symbols)) { make_canonical(symbols_); }

Glob Glob::of(std::string_view pattern, GlobVariables* variables) { return Glob(read(pattern, variables, true)); }

Glob Glob::literal(std::string_view text, GlobVariables* variables) { return Glob(read(text, variables, false)); }

std::optional<Glob> Glob::as_arn() const {
    Symbols symbols = symbols_;
    std::size_t segment = 1;
    for (Symbol& symbol : symbols) {
        if (segment == arn_segments)
            break;
        if (symbol == U':')
            ++segment;
        else if (symbol == any_run)
            symbol = segment_run;
        else if (symbol == any_one)
            symbol = segment_one;
    }
    if (segment < arn_segments)
        return std::nullopt;
    return Glob(std::move(symbols));
}

bool Glob::is_literal() const {
    return std::ranges::none_of(symbols_, [](Symbol symbol) { return is_run(symbol) || is_one(symbol); });
}

bool Glob::has_variables() const { return std::ranges::any_of(symbols_, is_variable); }

std::size_t Glob::head_size() const {
    return static_cast<std::size_t>(std::ranges::find_if_not(symbols_, is_character) - symbols_.begin());
}

bool Glob::matches(std::string_view text) const { return matches(symbols_of(text)); }

// Two fingers; when they disagree the last run takes one symbol more. An earlier run never needs to, for what
// stands behind it was found at its first place. Runs within a segment end there, so that the same holds for them.
bool Glob::matches(std::u32string_view text) const {
    constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::size_t at = 0;
    std::size_t run = none; // place of the last run
    std::size_t taken = 0;  // how far it reaches in the text
    for (std::size_t i = 0; i < text.size();) {
        // A run in the text is taken by a run alone, not by itself as if it were a letter.
        if (at < symbols_.size() && is_run(symbols_[at])) {
            run = at++;
            taken = i;
        } else if (at < symbols_.size() && takes(symbols_[at], text[i])) {
            ++at;
            ++i;
        } else if (run != none && run_takes(symbols_[run], text[taken])) {
            at = run + 1;
            i = ++taken;
        } else {
            return false;
        }
    }
    while (at < symbols_.size() && is_run(symbols_[at]))
        ++at;
    return at == symbols_.size();
}

std::optional<Glob> Glob::resolved(const ValueOf& value_of) const {
    Symbols symbols;
    for (const Symbol symbol : symbols_) {
        if (!is_variable(symbol)) {
            symbols += symbol;
            continue;
        }
        const auto value = value_of(symbol);
        if (!value)
            return std::nullopt;
        symbols += *value;
    }
    return Glob(std::move(symbols));
}

std::string Glob::text(const GlobVariables* variables) const {
    std::string text;
    for (std::size_t i = 0; i < symbols_.size(); ++i) {
        const Symbol symbol = symbols_[i];
        if (is_run(symbol))
            text += '*';
        else if (is_one(symbol))
            text += '?';
        else if (is_variable(symbol)) {
            const GlobVariable& variable = (*variables)[symbol];
            text += "${" + variable.key + (variable.otherwise ? ", '" + *variable.otherwise + "'" : "") + "}";
        } else if (symbol == U'*' || symbol == U'?')
            text += symbol == U'*' ? "${*}" : "${?}";
        else if (symbol == U'$' && i + 1 < symbols_.size() && symbols_[i + 1] == U'{')
            text += "${$}";
        else
            text += utf8_of({&symbol, 1});
    }
    return text;
}

std::optional<Symbols> value_of(const GlobVariable& variable, const RequestContext& context) {
    if (const auto* values = context.find(variable.key))
        return values->size() == 1 ? std::optional(symbols_of(values->front())) : std::nullopt;
    return variable.otherwise ? std::optional(symbols_of(*variable.otherwise)) : std::nullopt;
}

Symbols symbols_of(std::string_view utf8) {
    Symbols symbols;
    symbols.reserve(utf8.size());
    while (!utf8.empty())
        symbols += take_symbol(utf8);
    return symbols;
}

std::string utf8_of(std::u32string_view characters) {
    std::string utf8;
    for (const Symbol point : characters) {
        const auto tail = [&](unsigned shift) { utf8 += static_cast<char>(0x80U | ((point >> shift) & 0x3FU)); };
        if (point < 0x80) {
            utf8 += static_cast<char>(point);
            continue;
        }
        if (point < 0x800) {
            utf8 += static_cast<char>(0xC0U | (point >> 6));
        } else if (point < 0x10000) {
            utf8 += static_cast<char>(0xE0U | (point >> 12));
            tail(6);
        } else {
            utf8 += static_cast<char>(0xF0U | (point >> 18));
            tail(12);
            tail(6);
        }
        tail(0);
    }
    return utf8;
}

} // namespace awsfed::policy
