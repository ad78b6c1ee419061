#include "policy/pattern.h"

#include "base/text.h"

#include <algorithm>

namespace awsfed::policy {

namespace {

using Piece = Pattern::Piece;

std::size_t character_size(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t size = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    return std::min(size, text.size() - at);
}

// A place between two bytes of a pattern whose variables have their values.
struct Cursor {
    std::size_t piece = 0;
    std::size_t byte = 0;
    friend bool operator==(const Cursor&, const Cursor&) = default;
};

// A pattern with the values of its variables.
class Resolved {
public:
    Resolved(const std::vector<Piece>& pieces, const RequestContext& context) : pieces_(pieces), context_(context) {}

    Cursor begin() const { return normal({0, 0}); }
    Cursor end() const { return {pieces_.size(), 0}; }
    const Piece& piece(Cursor at) const { return pieces_[at.piece]; }
    bool is_wildcard(Cursor at) const { return pieces_[at.piece].kind >= Piece::Kind::star; }

    // Of a literal or variable, all of it.
    std::string_view value(std::size_t piece) const {
        const Piece& one = pieces_[piece];
        if (one.kind != Piece::Kind::variable)
            return one.text;
        const std::vector<std::string>* values = context_.find(one.text);
        return values != nullptr ? std::string_view(values->front()) : std::string_view(*one.fallback);
    }
    char byte(Cursor at) const { return value(at.piece)[at.byte]; }

    Cursor next(Cursor at) const {
        return is_wildcard(at) ? normal({at.piece + 1, 0}) : normal({at.piece, at.byte + 1});
    }

private:
    // Never behind the last byte of a piece.
    Cursor normal(Cursor at) const {
        while (at.piece < pieces_.size() && !is_wildcard(at) && at.byte >= value(at.piece).size())
            at = {at.piece + 1, 0};
        return at;
    }

    const std::vector<Piece>& pieces_;
    const RequestContext& context_;
};

// Two pointers: when it goes wrong, the last star takes one character more.
template <class Same>
bool match(const Resolved& pattern, Cursor at, Cursor end, std::string_view text, Same same) {
    Cursor after_star;
    bool has_star = false;
    std::size_t star_from = 0;
    std::size_t here = 0;
    for (;;) {
        if (at != end && pattern.is_wildcard(at) && pattern.piece(at).kind == Piece::Kind::star) {
            at = after_star = pattern.next(at);
            has_star = true;
            star_from = here;
            continue;
        }
        if (at == end && here == text.size())
            return true;
        if (at != end && here == text.size())
            return false;
        if (at != end && pattern.is_wildcard(at)) {
            here += character_size(text, here);
            at = pattern.next(at);
            continue;
        }
        if (at != end && same(pattern.byte(at), text[here])) {
            ++here;
            at = pattern.next(at);
            continue;
        }
        if (!has_star)
            return false;
        if (at == end && after_star == end) // only the star's own end can lie at the text's end
            return true;
        star_from += character_size(text, star_from);
        here = star_from;
        at = after_star;
    }
}

// The same over a text in which each * and ? is a wildcard.
bool match_plain(std::string_view pattern, std::string_view text) {
    std::size_t at = 0;
    std::size_t here = 0;
    std::size_t after_star = std::string_view::npos;
    std::size_t star_from = 0;
    while (here < text.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            after_star = ++at;
            star_from = here;
            if (at == pattern.size())
                return true;
        } else if (at < pattern.size() && pattern[at] == '?') {
            here += character_size(text, here);
            ++at;
        } else if (at < pattern.size() && pattern[at] == text[here]) {
            ++here;
            ++at;
        } else if (after_star != std::string_view::npos) {
            star_from += character_size(text, star_from);
            here = star_from;
            at = after_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

constexpr auto same_byte = [](char a, char b) { return a == b; };

} // namespace

Pattern::Pattern(std::string_view text, Reading reading) {
    read(text, reading);
    has_variables_ = std::ranges::any_of(pieces_, [](const Piece& one) { return one.kind == Piece::Kind::variable; });
    const auto is = [this](std::size_t at, Piece::Kind kind) { return pieces_[at].kind == kind; };
    if (pieces_.empty())
        pieces_.emplace_back();
    if (pieces_.size() == 1 && is(0, Piece::Kind::star))
        shape_ = Shape::everything;
    else if (pieces_.size() == 1 && is(0, Piece::Kind::literal))
        shape_ = Shape::exact;
    else if (pieces_.size() == 2 && is(0, Piece::Kind::literal) && is(1, Piece::Kind::star))
        shape_ = Shape::beginning;
    else if (reading.wildcards && !(reading.variables && text.contains("${"))) {
        shape_ = Shape::plain;
        plain_ = text;
    }
}

void Pattern::add_text(std::string_view text) {
    if (text.empty())
        return;
    if (pieces_.empty() || pieces_.back().kind != Piece::Kind::literal)
        pieces_.emplace_back();
    pieces_.back().text += text;
}

void Pattern::read(std::string_view text, Reading reading) {
    while (!text.empty()) {
        const std::optional<Variable> variable = reading.variables ? read_variable(text) : std::nullopt;
        if (variable && (variable->key == "*" || variable->key == "?" || variable->key == "$")) {
            add_text(variable->key);
            text.remove_prefix(variable->size);
        } else if (variable) {
            std::optional<std::string> fallback;
            if (variable->fallback)
                fallback.emplace(*variable->fallback);
            pieces_.push_back({Piece::Kind::variable, lower_ascii(variable->key), std::move(fallback)});
            text.remove_prefix(variable->size);
        } else if (reading.wildcards && (text.front() == '*' || text.front() == '?')) {
            const bool star = text.front() == '*';
            if (!star || pieces_.empty() || pieces_.back().kind != Piece::Kind::star) // ** is *
                pieces_.push_back({star ? Piece::Kind::star : Piece::Kind::one, {}});
            text.remove_prefix(1);
        } else {
            const std::size_t plain = std::max<std::size_t>(text.find_first_of("$*?"), 1);
            add_text(text.substr(0, plain));
            text.remove_prefix(std::min(plain, text.size()));
        }
    }
}

bool Pattern::resolvable(const RequestContext& context) const {
    return !has_variables_ || std::ranges::all_of(pieces_, [&](const Piece& one) {
        if (one.kind != Piece::Kind::variable)
            return true;
        const std::vector<std::string>* values = context.find(one.text);
        return values != nullptr ? values->size() == 1 : one.fallback.has_value();
    });
}

bool Pattern::matches(std::string_view text, const RequestContext& context) const {
    switch (shape_) {
    case Shape::everything: return true;
    case Shape::exact: return text == pieces_.front().text;
    case Shape::beginning: return text.starts_with(pieces_.front().text);
    case Shape::plain: return match_plain(plain_, text);
    case Shape::general: break;
    }
    if (!resolvable(context))
        return false;
    const Resolved pattern(pieces_, context);
    return match(pattern, pattern.begin(), pattern.end(), text, same_byte);
}

bool Pattern::equals_ignoring_case(std::string_view text, const RequestContext& context) const {
    if (!resolvable(context))
        return false;
    const Resolved pattern(pieces_, context);
    return match(pattern, pattern.begin(), pattern.end(), text,
                 [](char a, char b) { return lower_ascii(a) == lower_ascii(b); });
}

bool Pattern::matches_arn(std::string_view arn, const RequestContext& context) const {
    if (!resolvable(context))
        return false;
    const Resolved pattern(pieces_, context);
    Cursor at = pattern.begin();
    for (int part = 0; part < 6; ++part) {
        const bool last = part == 5;
        Cursor end = at;
        while (end != pattern.end() && (last || pattern.is_wildcard(end) || pattern.byte(end) != ':'))
            end = pattern.next(end);
        const std::size_t colon = last ? arn.npos : arn.find(':');
        if (!last && (end == pattern.end() || colon == arn.npos))
            return false;
        if (!match(pattern, at, end, arn.substr(0, colon), same_byte))
            return false;
        if (last)
            break;
        arn.remove_prefix(colon + 1);
        at = pattern.next(end);
    }
    return true;
}

std::optional<Variable> read_variable(std::string_view text) {
    if (!text.starts_with("${"))
        return std::nullopt;
    const std::size_t close = text.find_first_of("{}", 2);
    if (close == text.npos || text[close] == '{')
        return std::nullopt;
    std::string_view inside = text.substr(2, close - 2);
    Variable found{close + 1, {}, {}};
    const std::size_t comma = inside.find(',');
    found.key = trimmed(inside.substr(0, comma));
    if (comma == inside.npos)
        return found;
    inside = trimmed(inside.substr(comma + 1));
    if (inside.size() >= 2 && inside.starts_with('\'') && inside.ends_with('\''))
        found.fallback = inside.substr(1, inside.size() - 2);
    else
        found.well_formed = false;
    return found;
}

} // namespace awsfed::policy
