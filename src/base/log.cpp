#include "base/log.h"

#include "base/base64.h"
#include "base/encode.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::size_t shortest_hidden = 4;

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
        out += "[secret]";
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
            text.replace(end - length, length, "[secret]");
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
        for (std::size_t offset = 0; offset < 3; ++offset)
            forms_.push_back(base64_core(secret, offset));
    }
    secrets_.clear();
    // The longest first: a short form may be a part of a longer one.
    std::sort(forms_.begin(), forms_.end(), [](const Secret& a, const Secret& b) { return a.size() > b.size(); });
}

std::string Redactor::redact(std::string_view text) const {
    make_forms();
    std::string out(text);
    for (const Secret& form : forms_) {
        for (std::size_t at = 0;
             form.size() >= shortest_hidden && (at = out.find(form.reveal(), at)) != std::string::npos;) {
            out.replace(at, form.size(), "[secret]");
            at += 8;
        }
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
