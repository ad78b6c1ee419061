// The library's side of sign.py: signs a request a line of standard input, and answers with a line each. Fields are in
// base64, separated by blanks, an empty one is "-":
//
//   in:  header|query normal|s3 METHOD PATH QUERY BODY KEY_ID SECRET TOKEN REGION SERVICE TIME [NAME VALUE]...
//   out: CANONICAL_REQUEST STRING_TO_SIGN AUTHORIZATION_OR_QUERY, or "! " and why not
#include "aws/sigv4.h"
#include "base/base64.h"

#include <fmt/core.h>

#include <chrono>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace awsfed {

namespace {

constexpr std::chrono::seconds lifetime(900);

std::string encoded(std::string_view bytes) { return std::string(base64_encode(bytes).reveal()); }

// The first two are words.
std::vector<std::string> fields_of(const std::string& line) {
    std::vector<std::string> fields;
    std::istringstream words(line);
    for (std::string word; words >> word;)
        fields.push_back(fields.size() < 2 ? word : base64_decode_public(word).value_or(""));
    return fields;
}

std::string answer(const Signature& signature, std::string_view last) {
    return fmt::format("{} {} {}", encoded(signature.canonical_request.reveal()), encoded(signature.string_to_sign),
                       encoded(last));
}

std::string signed_line(const std::vector<std::string>& field, SigningKeyCache* cache) {
    constexpr std::size_t fixed = 12;
    if (field.size() < fixed)
        return "! too few fields";
    std::vector<HeaderView> headers;
    for (std::size_t i = fixed; i + 1 < field.size(); i += 2)
        headers.emplace_back(field[i], field[i + 1]);
    const RequestToSign request{field[2], field[3], field[4], headers, field[5]};
    const SigningKeys keys{field[6], field[7], field[8]};
    const auto time = read_time(field[11], ZoneRule::utc_only);
    if (!time)
        return "! no time";
    const SigningScope scope{field[9], field[10], *time};
    SigningRules rules;
    if (field[1] == "s3")
        rules = {.path = {.normalise = false, .encode_again = false}, .add_body_hash = field[0] == "header"};
    if (field[1] == "s3" && field[0] == "query")
        rules.body_hash = "UNSIGNED-PAYLOAD";
    if (field[0] == "header") {
        const auto made = sign_headers(request, keys, scope, rules, cache);
        return made ? answer(made->signature, made->secret_headers.back().second.reveal())
                    : "! " + made.error().message;
    }
    const auto made = sign_query(request, keys, scope, lifetime, rules, cache);
    return made ? answer(made->signature, made->query.reveal()) : "! " + made.error().message;
}

// Every second line with the cache, so that both ways are compared.
void run() {
    SigningKeyCache cache;
    bool with_cache = false;
    for (std::string line; std::getline(std::cin, line); with_cache = !with_cache)
        fmt::print("{}\n", signed_line(fields_of(line), with_cache ? &cache : nullptr));
}

} // namespace

} // namespace awsfed

int main() { awsfed::run(); }
