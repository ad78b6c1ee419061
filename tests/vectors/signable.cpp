#include "vectors/signable.h"

#include "vectors/json_tree.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vectors {

namespace {

std::multiset<std::string> parameters_of(std::string_view query) {
    std::multiset<std::string> parameters;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        parameters.emplace(query.substr(0, end));
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return parameters;
}

} // namespace

std::optional<awsfed::Time> read_basic_time(std::string_view text) {
    if (text.size() != 16)
        return std::nullopt;
    return awsfed::read_time(fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                                         text.substr(9, 2), text.substr(11, 2), text.substr(13, 2)),
                             awsfed::ZoneRule::utc_only);
}

void read_request(std::string text, Signable& what) {
    std::erase(text, '\r');
    const std::size_t end_of_head = std::min(text.find("\n\n"), text.size());
    what.body = text.size() > end_of_head + 2 ? text.substr(end_of_head + 2) : "";
    std::string_view head = std::string_view(text).substr(0, end_of_head);
    for (bool first = true; !head.empty(); first = false) {
        const std::string_view line = head.substr(0, head.find('\n'));
        head.remove_prefix(std::min(line.size() + 1, head.size()));
        if (first) {
            std::string_view target = line.substr(line.find(' ') + 1);
            target = target.ends_with(" HTTP/1.1") ? target.substr(0, target.size() - 9) : target;
            what.method = line.substr(0, line.find(' '));
            what.path = target.substr(0, target.find('?'));
            what.query = target.find('?') == target.npos ? "" : target.substr(target.find('?') + 1);
        } else if (line.starts_with(' ') || line.starts_with('\t')) {
            what.headers.back().second += fmt::format("\n{}", line);
        } else if (!line.empty()) {
            what.headers.emplace_back(line.substr(0, line.find(':')), line.substr(line.find(':') + 1));
        }
    }
    for (const auto& [name, value] : what.headers) {
        if (awsfed::equal_ignoring_case(name, "x-amz-date"))
            what.time = read_basic_time(awsfed::trimmed(value)).value_or(what.time);
    }
}

std::optional<Signable> read_c_auth(const std::filesystem::path& folder) {
    const std::optional<Json> read = Json::read(folder / "context.json");
    if (!read || !read->has("credentials"))
        return std::nullopt;
    const Json& context = *read;
    Signable what;
    read_request(text_of_file(folder / "request.txt"), what);
    const Json& credentials = context["credentials"];
    what.access_key_id = credentials["access_key_id"].text();
    what.secret_access_key = credentials["secret_access_key"].text();
    what.session_token = credentials["token"].text();
    what.region = context["region"].text();
    what.service = context["service"].text();
    what.time = awsfed::read_time(context["timestamp"].text(), awsfed::ZoneRule::any_offset).value();
    if (context.has("expiration_in_seconds"))
        what.lifetime = std::chrono::seconds(context["expiration_in_seconds"].number());
    what.rules.path.normalise = !context.has("normalize") || context["normalize"].is_true();
    what.rules.add_body_hash = context["sign_body"].is_true();
    what.rules.token_after_signing = context["omit_session_token"].is_true();
    return what;
}

std::string expected_text(const std::filesystem::path& file) {
    std::string text = text_of_file(file);
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    std::erase(text, '\r');
    return text;
}

void compare_texts(Case& test, const ExpectedTexts& expected, const awsfed::Signature& got) {
    if (!expected.canonical_request.empty())
        test.equal("canonical request", expected.canonical_request, got.canonical_request.reveal());
    if (!expected.string_to_sign.empty())
        test.equal("string to sign", expected.string_to_sign, got.string_to_sign);
}

void compare_query(Case& test, std::string_view expected, std::string_view got) {
    if (parameters_of(expected) != parameters_of(got))
        test.equal("query", expected, got);
}

} // namespace vectors
