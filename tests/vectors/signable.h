// What a signature is made from, as the trees of vectors have it in their files.
#pragma once

#include "vectors/report.h"

#include "aws/sigv4.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vectors {

// With the texts it borrows.
struct Signable {
    std::string method, path, query, body;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string access_key_id = "AKIDEXAMPLE";
    std::string secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    std::string session_token{};
    std::string region = "us-east-1";
    std::string service = "service";
    awsfed::Time time{};
    std::chrono::seconds lifetime{3600};
    awsfed::SigningRules rules{};

    std::vector<awsfed::HeaderView> header_views() const { return {headers.begin(), headers.end()}; }
    awsfed::SigningKeys keys() const { return {access_key_id, secret_access_key, session_token}; }
    awsfed::RequestToSign request(const std::vector<awsfed::HeaderView>& views) const {
        return {method, path, query, views, body};
    }
    awsfed::SigningScope scope() const { return {region, service, time}; }
};

std::optional<awsfed::Time> read_basic_time(std::string_view text); // 20150830T123600Z

// A request as a text: request line, headers, a blank line, the body. A line that begins with a blank
// goes on with the header above it.
void read_request(std::string text, Signable& what);

// A case of aws-c-auth: context.json and request.txt. Empty when the first cannot be read.
std::optional<Signable> read_c_auth(const std::filesystem::path& folder);

// Without the line ends that some of the files have at their end. Empty when there is no such file.
std::string expected_text(const std::filesystem::path& file);

// Empty texts of `expected` are not compared: not every tree has every file.
struct ExpectedTexts {
    std::string canonical_request, string_to_sign;
};
void compare_texts(Case& test, const ExpectedTexts& expected, const awsfed::Signature& got);

// The order of a URL's parameters is free.
void compare_query(Case& test, std::string_view expected, std::string_view got);

} // namespace vectors
