#include "idp/totp.h"

#include "base/text.h"
#include "http/form_value.h"
#include "http/url.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace awsfed {

namespace {

constexpr std::size_t key_bytes_min = 10; // 80 bits: what apps are given at the least; RFC 4226 asks for 128
constexpr std::size_t key_bytes_max = 128;

Failure unusable(std::string_view what) {
    return fail(Code::setting_invalid, "totp_secret {}.", what).setting("totp_secret");
}

int base32_value(char c) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a';
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

// RFC 4648, 6; blanks and dashes are for people.
Result<Secret> base32_decode(std::string_view text) {
    constexpr int bits_of_char = 5;
    Secret out;
    unsigned buffer = 0;
    int bits = 0;
    bool is_padded = false;
    for (const char c : text) {
        if (c == ' ' || c == '-')
            continue;
        is_padded = is_padded || c == '=';
        if (c == '=')
            continue;
        const int value = base32_value(c);
        if (value < 0 || is_padded)
            return unusable("is not in base32 (A to Z and 2 to 7)");
        buffer = (buffer << bits_of_char | static_cast<unsigned>(value)) & 0xfff;
        bits += bits_of_char;
        if (bits >= 8) {
            bits -= 8;
            out.append(static_cast<char>(buffer >> bits & 0xff));
        }
    }
    if (bits >= bits_of_char || (buffer & ((1U << bits) - 1)) != 0)
        return unusable("is not whole: a piece of it is missing");
    if (out.size() < key_bytes_min || out.size() > key_bytes_max)
        return unusable("is shorter or longer than that of any app");
    return out;
}

// A number of the address, its default where it is not there.
std::optional<int> number_in(std::string_view query, std::string_view name, int usual) {
    const auto found = form_value(query, name);
    if (!found)
        return usual;
    int number = 0;
    const std::string_view text = found->reveal();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// libcurl reads it once it has a scheme that it knows; what it calls host is the kind of code then. It does not get the
// query, which has the secret: its memory is not ours to wipe.
Result<Totp> read_address(std::string_view rest) {
    rest = rest.substr(0, rest.find('#'));
    const std::size_t question = std::min(rest.find('?'), rest.size());
    const std::string_view query = rest.substr(std::min(question + 1, rest.size()));
    const auto url = Url::parse("https://" + std::string(rest.substr(0, question)));
    if (!url || url->host() != "totp")
        return unusable("is no otpauth: address for codes by time (otpauth://totp/...)");
    const auto secret = form_value(query, "secret");
    const auto digits = number_in(query, "digits", 6);
    const auto period = number_in(query, "period", 30);
    if (!secret || !digits || *digits < 6 || *digits > 8 || !period || *period < 10 || *period > 300)
        return unusable("is an otpauth: address without a secret, or with other digits (6 to 8) or another period "
                        "(10 to 300) than any app's");
    Totp totp;
    totp.digits = *digits;
    totp.period = std::chrono::seconds(*period);
    const auto hash = form_value(query, "algorithm");
    const std::string name = hash ? lower_ascii(hash->reveal()) : "sha1";
    if (name != "sha1" && name != "sha256" && name != "sha512")
        return unusable("names another algorithm than SHA1, SHA256 and SHA512");
    totp.hash = name == "sha1" ? CodeHash::sha1 : name == "sha256" ? CodeHash::sha256 : CodeHash::sha512;
    AWSFED_TRY(totp.key, base32_decode(secret->reveal()));
    return totp;
}

} // namespace

Result<Totp> Totp::read(const Secret& text) {
    constexpr std::string_view scheme = "otpauth://";
    const std::string_view given = trimmed(text.reveal());
    if (equal_ignoring_case(given.substr(0, scheme.size()), scheme))
        return read_address(given.substr(scheme.size()));
    Totp totp;
    AWSFED_TRY(totp.key, base32_decode(given));
    return totp;
}

std::int64_t Totp::step_at(Time now) const {
    return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch() / period;
}

Time Totp::begin_of(std::int64_t step) const { return Time(period * step); }

Secret Totp::code_of(std::int64_t step) const {
    return one_time_code(hash, key, static_cast<std::uint64_t>(step), digits);
}

} // namespace awsfed
