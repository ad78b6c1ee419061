#include "aws/canonical_request.h"

#include "base/encode.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace awsfed {

namespace {

constexpr auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }; // CR, LF: of a fold

constexpr std::size_t room_for_names = 128; // enough for nearly all

unsigned char lower_byte(char c) { return static_cast<unsigned char>(lower_ascii(c)); }

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F')
        return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

// Takes a byte from the front, or the escape of one. A '%' that begins no escape stands for itself.
char take_decoded(std::string_view& text) {
    if (text[0] == '%' && text.size() > 2) {
        const auto high = hex_digit(text[1]);
        const auto low = hex_digit(text[2]);
        if (high && low) {
            text.remove_prefix(3);
            return static_cast<char>(*high << 4U | *low);
        }
    }
    const char byte = text[0];
    text.remove_prefix(1);
    return byte;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    while (!text.empty())
        out += take_decoded(text);
    return out;
}

// Whatever was escaped, and how, only what must be is escaped behind this.
void append_encoded_again(Secret& out, std::string_view text) {
    while (!text.empty()) {
        const char byte = take_decoded(text);
        append_percent_encoded(out, {&byte, 1}, Percent::strict);
    }
}

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

// Most paths have nothing that any rule would change.
bool is_plain_path(std::string_view path) {
    return path.starts_with('/') && path.find("//") == path.npos && std::ranges::all_of(path, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                      c == '-';
           });
}

// Slashes stay. They are the only source of a "%2F", since a '%' of the path itself becomes "%25".
std::string encoded_path(std::string_view path) {
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
    bool is_first = true;
    for (auto at = value.begin(); at != value.end();) {
        const auto word = std::find_if_not(at, value.end(), is_blank);
        at = std::find_if(word, value.end(), is_blank);
        if (word == at)
            return;
        if (!is_first)
            out.append(' ');
        out.append({word, at});
        is_first = false;
    }
}

void append_lower(Secret& out, std::string_view name) {
    std::ranges::transform(name, out.grow(name.size()), [](char c) { return lower_ascii(c); });
}

void append_header_lines(Secret& out, const CanonicalHeaders& headers) {
    std::string_view last;
    for (const auto& [name, value] : headers.sorted) {
        if (equal_ignoring_case(name, last)) {
            out.append(',');
        } else {
            if (!last.empty())
                out.append('\n');
            append_lower(out, name);
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
    if (is_plain_path(path))
        return std::string(path);
    const std::string plain = rule.normalise ? normalised(path) : std::string(path.empty() ? "/" : path);
    return encoded_path(rule.encode_again ? std::string_view(plain) : percent_decoded(plain));
}

Secret canonical_query(std::string_view query) {
    struct Parameter {
        std::size_t begin, name_size, value_size; // in `encoded`
    };
    Secret encoded;
    std::vector<Parameter> parameters;
    while (!query.empty()) {
        const std::string_view parameter = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(parameter.size() + 1, query.size()));
        if (parameter.empty())
            continue;
        const std::size_t equals = std::min(parameter.find('='), parameter.size());
        const std::size_t begin = encoded.size();
        append_encoded_again(encoded, parameter.substr(0, equals));
        const std::size_t middle = encoded.size();
        append_encoded_again(encoded, parameter.substr(std::min(equals + 1, parameter.size())));
        parameters.push_back({begin, middle - begin, encoded.size() - middle});
    }
    const auto name_and_value = [&](const Parameter& p) {
        const std::string_view both = encoded.reveal().substr(p.begin, p.name_size + p.value_size);
        return std::pair(both.substr(0, p.name_size), both.substr(p.name_size));
    };
    std::ranges::sort(parameters, {}, name_and_value);

    Secret out;
    for (const Parameter& parameter : parameters) {
        const auto [name, value] = name_and_value(parameter);
        if (!out.empty())
            out.append('&');
        out.append(name);
        out.append('=');
        out.append(value);
    }
    return out;
}

bool is_never_signed(std::string_view name) {
    constexpr std::array<std::string_view, 16> names{"authorization",
                                                     "baggage",
                                                     "connection",
                                                     "expect",
                                                     "keep-alive",
                                                     "proxy-authenticate",
                                                     "proxy-authorization",
                                                     "te",
                                                     "traceparent",
                                                     "tracestate",
                                                     "trailer",
                                                     "transfer-encoding",
                                                     "upgrade",
                                                     "user-agent",
                                                     "x-amzn-trace-id",
                                                     "proxy-connection"};
    return std::ranges::any_of(names, [&](std::string_view never) {
        return never.size() == name.size() && equal_ignoring_case(never, name); // nearly no length fits
    });
}

CanonicalHeaders canonical_headers(std::vector<HeaderView> headers) {
    const auto is_before = [](std::string_view a, std::string_view b) {
        return std::ranges::lexicographical_compare(a, b, {}, lower_byte, lower_byte);
    };
    // A request has few headers: each goes to its place among those before it, behind those of its name.
    for (auto header = headers.begin(); header != headers.end(); ++header) {
        const auto place =
            std::ranges::upper_bound(headers.begin(), header, header->first, is_before, &HeaderView::first);
        std::rotate(place, header, header + 1);
    }
    CanonicalHeaders out{std::move(headers)};
    out.names.reserve(room_for_names);
    std::string_view last;
    for (const auto& [name, value] : out.sorted) {
        if (equal_ignoring_case(name, last))
            continue;
        if (!out.names.empty())
            out.names += ';';
        const std::size_t place = out.names.size();
        out.names += name;
        std::ranges::transform(name, out.names.begin() + static_cast<std::ptrdiff_t>(place),
                               [](char c) { return lower_ascii(c); });
        last = name;
    }
    return out;
}

Secret canonical_request(const CanonicalParts& parts) {
    std::size_t size = parts.method.size() + parts.path.size() + parts.query.size() + parts.headers.names.size() +
                       parts.body_hash.size() + 6; // the line ends between them
    for (const auto& [name, value] : parts.headers.sorted)
        size += name.size() + value.size() + 2;
    Secret out;
    out.reserve(size);
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
