#include "aws/canonical_request.h"

#include "base/encode.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace awsfed {

namespace {

constexpr std::string_view blanks = " \t\r\n"; // CR and LF: of a folded header

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F')
        return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

// A '%' that begins no escape stands for itself.
Secret percent_decoded(std::string_view text) {
    Secret out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const auto high = hex_digit(text[i + 1]);
            const auto low = hex_digit(text[i + 2]);
            if (high && low) {
                out.append(static_cast<char>(*high << 4U | *low));
                i += 2;
                continue;
            }
        }
        out.append(text[i]);
    }
    return out;
}

Secret encoded_again(std::string_view text) { return percent_encoded(percent_decoded(text).reveal(), Percent::strict); }

std::string normalised(std::string_view path) {
    std::vector<std::string_view> segments;
    bool ends_with_slash = true;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view segment = path.substr(0, end);
        ends_with_slash = end != path.size() || segment == "." || segment == "..";
        path.remove_prefix(std::min(end + 1, path.size()));
        if (segment == ".." && !segments.empty())
            segments.pop_back();
        else if (!segment.empty() && segment != "." && segment != "..")
            segments.push_back(segment);
    }
    std::string out;
    for (const std::string_view segment : segments) {
        out += '/';
        out += segment;
    }
    if (segments.empty() || ends_with_slash)
        out += '/';
    return out;
}

bool is_plain_path(std::string_view path) {
    return std::ranges::all_of(path, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '-';
    });
}

// Slashes stay. They are the only source of a "%2F", since a '%' of the path itself becomes "%25".
std::string encoded_path(std::string_view path) {
    if (is_plain_path(path))
        return std::string(path);
    const Secret encoded = percent_encoded(path, Percent::strict);
    std::string_view rest = encoded.reveal();
    constexpr std::string_view slash = "%2F";
    std::string out;
    for (std::size_t at = rest.find(slash); at != rest.npos; at = rest.find(slash)) {
        out += rest.substr(0, at);
        out += '/';
        rest.remove_prefix(at + slash.size());
    }
    return out += rest;
}

void append_header_value(Secret& out, std::string_view value) {
    while (true) {
        const std::size_t begin = value.find_first_not_of(blanks);
        if (begin == value.npos)
            return;
        const std::size_t end = std::min(value.find_first_of(blanks, begin), value.size());
        out.append(value.substr(begin, end - begin));
        value.remove_prefix(end);
        if (value.find_first_not_of(blanks) != value.npos)
            out.append(' ');
    }
}

void append_header_lines(Secret& out, const CanonicalHeaders& headers) {
    std::string_view last;
    for (const auto& [name, value] : headers.sorted) {
        if (name == last) {
            out.append(',');
        } else {
            if (!last.empty())
                out.append('\n');
            out.append(name);
            out.append(':');
        }
        append_header_value(out, value);
        last = name;
    }
    if (!last.empty())
        out.append('\n');
}

} // namespace

std::string canonical_path(std::string_view path, PathRule rule) {
    const std::string plain = rule.normalise ? normalised(path) : std::string(path.empty() ? "/" : path);
    return encoded_path(rule.encode_again ? std::string_view(plain) : percent_decoded(plain).reveal());
}

Secret canonical_query(std::string_view query) {
    std::vector<std::pair<Secret, Secret>> parameters;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view parameter = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (parameter.empty())
            continue;
        const std::size_t equals = std::min(parameter.find('='), parameter.size());
        const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
        parameters.emplace_back(encoded_again(parameter.substr(0, equals)), encoded_again(value));
    }
    std::ranges::sort(parameters, {}, [](const auto& p) { return std::pair(p.first.reveal(), p.second.reveal()); });

    Secret out;
    for (const auto& [name, value] : parameters) {
        if (!out.empty())
            out.append('&');
        out.append(name.reveal());
        out.append('=');
        out.append(value.reveal());
    }
    return out;
}

bool is_never_signed(std::string_view name) {
    constexpr std::array<std::string_view, 13> names{"authorization",
                                                     "connection",
                                                     "expect",
                                                     "keep-alive",
                                                     "proxy-authenticate",
                                                     "proxy-authorization",
                                                     "te",
                                                     "trailer",
                                                     "transfer-encoding",
                                                     "upgrade",
                                                     "user-agent",
                                                     "x-amzn-trace-id",
                                                     "proxy-connection"};
    return std::ranges::any_of(names, [&](std::string_view never) { return equal_ignoring_case(never, name); });
}

CanonicalHeaders canonical_headers(std::span<const HeaderView> headers) {
    CanonicalHeaders out;
    for (const auto& [name, value] : headers) {
        std::string lower = lower_ascii(name);
        const auto place =
            std::ranges::upper_bound(out.sorted, lower, {}, &std::pair<std::string, std::string_view>::first);
        out.sorted.emplace(place, std::move(lower), value);
    }
    std::string_view last;
    for (const auto& [name, value] : out.sorted) {
        if (name == last)
            continue;
        out.names += out.names.empty() ? "" : ";";
        out.names += name;
        last = name;
    }
    return out;
}

Secret canonical_request(const CanonicalParts& parts) {
    Secret out;
    for (const std::string_view line : {parts.method, parts.path, parts.query}) {
        out.append(line);
        out.append('\n');
    }
    append_header_lines(out, parts.headers);
    out.append('\n');
    out.append(parts.headers.names);
    out.append('\n');
    out.append(parts.body_hash);
    return out;
}

} // namespace awsfed
