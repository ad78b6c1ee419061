#include "base/log.h"

#include "base/base64.h"
#include "base/encode.h"
#include "base/unicode.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace awsfed {

namespace {

constexpr std::size_t shortest_hidden = 4;
constexpr std::string_view shown = "[secret]";

// The letters of the base64 text that depend on the secret alone when it stands `offset` bytes into
// a group of three.
Secret base64_core(std::string_view secret, std::size_t offset) {
    Secret shifted;
    shifted.append(std::string_view("\0\0", offset));
    shifted.append(secret);
    const Secret encoded = base64_encode(shifted.reveal());
    const std::size_t first = offset == 0 ? 0 : offset + 1;
    const std::size_t bits = shifted.size() * 8;
    return Secret(encoded.reveal().substr(first, bits / 6 - first));
}

Secret in_url_alphabet(std::string_view base64) {
    Secret out;
    out.reserve(base64.size());
    for (const char c : base64)
        out.append(c == '+' ? '-' : c == '/' ? '_' : c);
    return out;
}

// The number that as many hex digits write.
std::optional<std::uint32_t> hex_number(std::string_view text, std::size_t at, std::size_t digits) {
    if (at + digits > text.size())
        return {};
    std::uint32_t number = 0;
    const char* end = text.data() + at + digits;
    const auto [stop, error] = std::from_chars(text.data() + at, end, number, 16);
    return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

// Each takes one character off both, if the text has what the secret has, in its way to write it.
bool take_octet(std::string_view& text, std::string_view& secret) { // %2F, %2f
    if (!text.starts_with('%') || hex_number(text, 1, 2) != static_cast<unsigned char>(secret.front()))
        return false;
    text.remove_prefix(3);
    secret.remove_prefix(1);
    return true;
}

bool take_code_point(std::string_view& text, std::string_view& secret) { // \u002F, \uD83D\uDD11
    const auto high = text.starts_with("\\u") ? hex_number(text, 2, 4) : std::nullopt;
    if (!high)
        return false;
    const auto low = *high >> 10U == 0x36 && text.substr(6).starts_with("\\u") ? hex_number(text, 8, 4) : std::nullopt;
    const std::uint32_t point = low ? 0x10000 + ((*high & 0x3FFU) << 10U) + (*low & 0x3FFU) : *high;
    std::string_view rest = secret;
    if (take_character(rest) != point)
        return false;
    text.remove_prefix(low ? 12 : 6);
    secret = rest;
    return true;
}

bool take_letter(std::string_view& text, std::string_view& secret) { // as it is, \", \/, or + for a blank
    const bool is_quoted = text.size() > 1 && text[0] == '\\' && text[1] == secret.front();
    if (!is_quoted && text.front() != secret.front() && (text.front() != '+' || secret.front() != ' '))
        return false;
    text.remove_prefix(is_quoted ? 2 : 1);
    secret.remove_prefix(1);
    return true;
}

// How much of the beginning of a text is the secret as somebody may write it into a URL or JSON: which characters are
// escaped there differs from library to library. 0: it is not there.
std::size_t escaped_length(std::string_view text, std::string_view secret) {
    const std::size_t all = text.size();
    while (!secret.empty()) {
        if (text.empty() || !(take_octet(text, secret) || take_code_point(text, secret) || take_letter(text, secret)))
            return 0;
    }
    return all - text.size();
}

std::string without_escaped(std::string text, std::string_view secret) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (const std::size_t length = escaped_length(std::string_view(text).substr(at), secret)) {
            text.replace(at, length, shown);
            at += shown.size() - 1;
        }
    }
    return text;
}

// A server may quote a part of a long secret. Every run of this many bytes of it is hidden.
constexpr std::size_t telling_piece = 24;

std::string without_pieces(const std::string& text, std::string_view secret) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t length = telling_piece;
        const bool hit = at + length <= text.size() &&
                         secret.find(std::string_view(text).substr(at, length)) != std::string_view::npos;
        if (!hit) {
            out += text[at++];
            continue;
        }
        while (at + length < text.size() &&
               secret.find(std::string_view(text).substr(at, length + 1)) != std::string_view::npos)
            ++length;
        out += shown;
        at += length;
    }
    return out;
}

// Where a text was cut ("hunter2-Se..."), what is left may be the beginning of a secret.
std::string without_cut_ends(std::string text, std::string_view secret) {
    constexpr std::string_view cut = "...";
    for (std::size_t end = text.find(cut); end != std::string::npos; end = text.find(cut, end + cut.size())) {
        for (std::size_t length = std::min(end, secret.size()); length >= shortest_hidden; --length) {
            if (std::string_view(text).substr(end - length, length) != secret.substr(0, length))
                continue;
            text.replace(end - length, length, shown);
            end = text.find(cut, end - length);
            break;
        }
    }
    return text;
}

} // namespace

void Redactor::add(std::string_view secret) {
    if (secret.size() >= shortest_hidden)
        secrets_.emplace_back(secret);
}

void Redactor::make_forms() const {
    if (secrets_.empty())
        return;
    for (const Secret& one : secrets_) {
        const std::string_view secret = one.reveal();
        forms_.emplace_back(secret);
        forms_.push_back(percent_encoded(secret, Percent::form));
        forms_.push_back(percent_encoded(secret, Percent::strict));
        forms_.push_back(json_escaped(secret));
        for (std::size_t offset = 0; offset < 3; ++offset) {
            forms_.push_back(base64_core(secret, offset));
            forms_.push_back(in_url_alphabet(forms_.back().reveal()));
        }
    }
    secrets_.clear();
    // The longest first: a short form may be a part of a longer one.
    std::sort(forms_.begin(), forms_.end(), [](const Secret& a, const Secret& b) { return a.size() > b.size(); });
}

std::string Redactor::redact(std::string_view text) const {
    make_forms();
    std::string out(text);
    const bool may_be_escaped = text.find_first_of("%\\+") != text.npos;
    for (const Secret& form : forms_) {
        if (form.size() < shortest_hidden)
            continue;
        for (std::size_t at = 0; (at = out.find(form.reveal(), at)) != std::string::npos; at += shown.size())
            out.replace(at, form.size(), shown);
        if (may_be_escaped)
            out = without_escaped(std::move(out), form.reveal());
    }
    // Only a text that is long enough can quote one; nearly no log line is looked at twice.
    for (const Secret& form : forms_) {
        if (form.size() > telling_piece && out.size() >= telling_piece)
            out = without_pieces(out, form.reveal());
        out = without_cut_ends(std::move(out), form.reveal());
    }
    return out;
}

Error Log::redact(Error error) const {
    for (std::string* text : {&error.message, &error.advice, &error.stage, &error.setting, &error.peer, &error.trace})
        *text = redactor_.redact(*text);
    return error;
}

} // namespace awsfed
