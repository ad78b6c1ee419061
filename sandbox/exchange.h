// What came in and what goes out, without any word of the HTTP library.
//
// Bodies are plain text here: what the sandbox is sent are test data, and cpp-httplib holds them in plain
// memory anyway. What is promised is that none of them is shown (see journal.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed::sandbox {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Received {
    std::string method;
    std::string path;  // as on the wire, without the query
    std::string query{}; // as on the wire, without '?'
    Pairs headers{};     // in order of arrival
    std::string body{};

    // The first of that name, whatever its case; empty when there is none.
    std::string_view header(std::string_view name) const;
    std::string_view cookie(std::string_view name) const;
};

struct Answer {
    int status = 200;
    std::string type = "text/html; charset=utf-8";
    Pairs headers{};
    std::string body{};
    std::string outcome{}; // for the journal: "sign-in form", "AccessDenied"
    std::string why{};     // for the journal: the true reason of a refusal, which the client is not always told
};

// An application/x-www-form-urlencoded text. Empty when an escape is broken or the text is not UTF-8.
std::optional<Pairs> read_fields(std::string_view text);

// The value of the first field of that name.
const std::string* field(const Pairs& fields, std::string_view name);

// For text and quoted attribute values of HTML and XML alike.
std::string escaped(std::string_view text);

} // namespace awsfed::sandbox
