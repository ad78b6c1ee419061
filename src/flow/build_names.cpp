#include "flow/build_names.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/session_tag.h"
#include "base/text.h"
#include "base/unicode.h"

#include <algorithm>
#include <vector>

namespace awsfed {

namespace {

constexpr std::size_t hash_digits = 8;
constexpr std::string_view braces = "{}";

struct Piece {
    std::string text;
    bool is_value = false; // of the build data
};

Result<std::vector<Piece>> pieces_of(std::string_view text, const BuildData& data) {
    if (static_cast<std::size_t>(std::ranges::count(text, '{')) > build_data_places_max)
        return fail(Code::setting_invalid, "There is build data in more than {} places.", build_data_places_max);
    std::vector<Piece> pieces;
    while (!text.empty()) {
        const std::size_t brace = std::min(text.find_first_of(braces), text.size());
        if (brace != 0)
            pieces.push_back({std::string(text.substr(0, brace)), false});
        text.remove_prefix(brace);
        if (text.empty())
            break;
        const std::size_t end = text.find_first_of(braces, 1);
        if (text.front() != '{' || end == text.npos || text[end] != '}')
            return fail(Code::setting_invalid, "A brace has no partner: {{NAME}} stands for what build_data has.");
        const std::string_view name = text.substr(1, end - 1);
        const auto found = data.find(name);
        if (found == data.end())
            return fail(Code::setting_invalid, "build_data has no \"{}\".", printable(name, 64));
        pieces.push_back({found->second, true});
        text.remove_prefix(end + 1);
    }
    return pieces;
}

bool is_allowed(char c, std::string_view marks) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.find(c) != marks.npos;
}

std::string legal(std::string_view text, std::string_view marks) {
    std::string out;
    for (const char c : text) {
        if (is_allowed(c, marks))
            out += c;
        else if (!out.ends_with('-'))
            out += '-';
    }
    return out;
}

std::size_t size_of(const std::vector<Piece>& pieces) {
    std::size_t size = 0;
    for (const Piece& piece : pieces)
        size += piece.text.size();
    return size;
}

std::vector<Piece>::iterator longest_value(std::vector<Piece>& pieces) {
    return std::ranges::max_element(pieces, {},
                                    [](const Piece& piece) { return piece.is_value ? piece.text.size() : 0; });
}

bool ends_as_with_hash(std::string_view text) {
    if (text.size() <= hash_digits || text[text.size() - hash_digits - 1] != '-')
        return false;
    return text.substr(text.size() - hash_digits).find_first_not_of("0123456789abcdef") == text.npos;
}

// Makes the values legal. The first that was not, or that another one with its hash might be taken for.
std::vector<Piece>::iterator first_changed(std::vector<Piece>& pieces, std::string_view marks) {
    auto first = pieces.end();
    for (auto piece = pieces.begin(); piece != pieces.end(); ++piece) {
        if (!piece->is_value)
            continue;
        std::string made = legal(piece->text, marks);
        if (first == pieces.end() && (made != piece->text || ends_as_with_hash(made)))
            first = piece;
        piece->text = std::move(made);
    }
    return first;
}

// Takes the last letter off the longest value, until the rest fits.
void shorten(std::vector<Piece>& pieces, std::size_t chars_max) {
    for (Piece& piece : pieces) { // no value keeps more, so letter by letter is quick
        if (piece.is_value)
            piece.text.resize(std::min(piece.text.size(), chars_max));
    }
    while (size_of(pieces) > chars_max) {
        const auto longest = longest_value(pieces);
        if (!longest->is_value || longest->text.empty())
            return;
        longest->text.pop_back();
    }
}

std::string joined(const std::vector<Piece>& pieces) {
    std::string out;
    for (const Piece& piece : pieces)
        out += piece.text;
    return out;
}

} // namespace

Result<std::string> made_name(std::string_view text, const BuildData& data, NameRule rule) {
    if (text.find_first_of(braces) == text.npos)
        return std::string(text);
    AWSFED_TRY(std::vector<Piece> pieces, pieces_of(text, data));
    const std::string whole = joined(pieces);
    auto hashed = first_changed(pieces, rule.marks);
    if (hashed == pieces.end()) {
        if (size_of(pieces) <= rule.chars_max)
            return joined(pieces);
        hashed = longest_value(pieces); // the first that is cut
    }
    shorten(pieces, rule.chars_max - hash_digits - 1);
    hashed->text += "-" + hex(sha256(whole)).substr(0, hash_digits);
    return joined(pieces);
}

Result<std::string> made_tag_value(std::string_view text, const BuildData& data) {
    if (text.find_first_of(braces) == text.npos)
        return std::string(text);
    AWSFED_TRY(const std::vector<Piece> pieces, pieces_of(text, data));
    std::string out;
    for (const Piece& piece : pieces) {
        std::string_view rest = piece.text;
        while (!rest.empty()) {
            const std::string_view before = rest;
            take_character(rest);
            const std::string_view character = before.substr(0, before.size() - rest.size());
            out += piece.is_value && !is_tag_text(character) ? " " : character;
        }
    }
    return out;
}

} // namespace awsfed
