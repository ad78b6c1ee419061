// SigV4: our own form (sts.json), and the trees of aws-c-auth, botocore and smithy-rs.
#include "vectors/json_tree.h"
#include "vectors/report.h"

#include "aws/sigv4.h"
#include "aws/sts_request.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

namespace vectors {

namespace {

// 20150830T123600Z
std::optional<awsfed::Time> basic(std::string_view text) {
    if (text.size() != 16)
        return std::nullopt;
    return awsfed::read_time(fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                                         text.substr(9, 2), text.substr(11, 2), text.substr(13, 2)),
                             awsfed::ZoneRule::utc_only);
}

// Everything that a signature is made from, with the texts it borrows.
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
    awsfed::SigningScope scope() const { return {region, service, time}; }
};

awsfed::Result<awsfed::HeaderSignature> header_signature(const Signable& what) {
    const auto views = what.header_views();
    return awsfed::sign_headers({what.method, what.path, what.query, views, what.body}, what.keys(), what.scope(),
                                what.rules);
}

awsfed::Result<awsfed::QuerySignature> query_signature(const Signable& what) {
    const auto views = what.header_views();
    return awsfed::sign_query({what.method, what.path, what.query, views, what.body}, what.keys(), what.scope(),
                              what.lifetime, what.rules);
}

std::string authorization_in(const awsfed::HeaderSignature& signature) {
    return std::string(signature.secret_headers.back().second.reveal());
}

// The order of a URL's parameters is free.
std::multiset<std::string> parameters_of(std::string_view query) {
    std::multiset<std::string> parameters;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        parameters.emplace(query.substr(0, end));
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return parameters;
}

void compare_query(Case& test, std::string_view expected, std::string_view got) {
    if (parameters_of(expected) != parameters_of(got))
        test.equal("query", expected, got);
}

// An empty expectation is not compared: not every tree has every file.
void compare(Case& test, const awsfed::Signature& got, std::string_view canonical, std::string_view to_sign,
             std::string_view signature) {
    if (!canonical.empty())
        test.equal("canonical request", canonical, got.canonical_request.reveal());
    if (!to_sign.empty())
        test.equal("string to sign", to_sign, got.string_to_sign);
    if (!signature.empty())
        test.equal("signature", signature, got.hex);
}

// ---- own form --------------------------------------------------------------------------------

Signable own_signable(const Json& row) {
    Signable what;
    what.method = row["method"].text();
    what.path = row["path"].text();
    what.query = row["query"].text();
    what.body = row["body"].text();
    for (const Json& header : row["headers"].items())
        what.headers.emplace_back(header[0U].text(), header[1U].text());
    what.access_key_id = row["access_key_id"].text();
    what.secret_access_key = row["secret_access_key"].text();
    what.session_token = row["session_token"].text();
    what.region = row["region"].text();
    what.service = row["service"].text();
    what.time = basic(row["when"].text()).value();
    if (row["expires"].is_number())
        what.lifetime = std::chrono::seconds(row["expires"].number());
    return what;
}

void run_own_signed(const Json& row, Report& report) {
    Case test(report, row["name"].text());
    const Signable what = own_signable(row);
    const Json& expect = row["expect"];
    const auto compare_all = [&](const awsfed::Signature& got) {
        compare(test, got, expect["canonical_request"].text(), expect["string_to_sign"].text(),
                expect["signature"].text());
    };
    if (row["kind"].text() == "header") {
        const auto got = header_signature(what);
        if (!got)
            return test.fail("a signature", got.error().message);
        compare_all(got->signature);
        return test.equal("authorization", expect["authorization"].text(), authorization_in(*got));
    }
    const auto got = query_signature(what);
    if (!got)
        return test.fail("a signature", got.error().message);
    compare_all(got->signature);
    const auto views = what.header_views();
    const auto url =
        awsfed::presigned_url("https://" + row["host"].text(), {what.method, what.path, what.query, views, what.body},
                              what.keys(), what.scope(), what.lifetime, what.rules);
    const std::string wanted = expect["url"].text();
    const std::string_view made = url ? url->reveal() : "";
    test.equal("url before the query", wanted.substr(0, wanted.find('?')), made.substr(0, made.find('?')));
    compare_query(test, std::string_view(wanted).substr(wanted.find('?') + 1), made.substr(made.find('?') + 1));
}

// A blank may be + or %20.
std::string with_one_blank(std::string text) {
    for (std::size_t at = text.find('+'); at != text.npos; at = text.find('+', at))
        text.replace(at, 1, "%20");
    return text;
}

void run_own_unsigned(const Json& row, Report& report) {
    Case test(report, row["name"].text());
    const Json& parameters = row["params"];
    awsfed::StsForm form(parameters[0U][1U].text()); // Action, then Version
    for (std::size_t i = 2; i < parameters.items().size(); ++i)
        form.add(parameters[i][0U].text(), parameters[i][1U].text());
    const awsfed::Secret body = std::move(form).take();
    test.equal("body", with_one_blank(row["body"].text()), with_one_blank(std::string(body.reveal())));
}

void run_own(const std::filesystem::path& file, Report& report) {
    const std::optional<Json> document = Json::read(file);
    if (!document)
        return;
    for (const Json& row : (*document)["signed"].items())
        run_own_signed(row, report);
    for (const Json& row : (*document)["unsigned"].items())
        run_own_unsigned(row, report);
}

// ---- trees -----------------------------------------------------------------------------------

// Without the line ends that some of the files have at their end.
std::string expected_text(const std::filesystem::path& file) {
    std::string text = text_of_file(file);
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    std::erase(text, '\r');
    return text;
}

// A request as a text: request line, headers, a blank line, the body. A line that begins with a blank
// goes on with the header above it.
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
            what.time = basic(awsfed::trimmed(value)).value_or(what.time);
    }
}

std::string signature_in(std::string_view authorization) {
    const std::size_t at = authorization.find("Signature=");
    return at == authorization.npos ? "" : std::string(authorization.substr(at + 10, 64));
}

std::string line_beginning(std::string_view text, std::string_view begin) {
    const std::size_t at = text.find(begin);
    if (at == text.npos)
        return {};
    const std::string_view rest = text.substr(at + begin.size());
    return std::string(awsfed::trimmed(rest.substr(0, rest.find('\n'))));
}

void judge_header_files(const std::filesystem::path& folder, const Signable& what, Report& report,
                        bool time_is_signed) {
    Case test(report, folder.filename().string() + " (header)");
    const auto got = header_signature(what);
    if (!got)
        return test.fail("a signature", got.error().message);
    compare(test, got->signature, expected_text(folder / "header-canonical-request.txt"),
            expected_text(folder / "header-string-to-sign.txt"), expected_text(folder / "header-signature.txt"));
    const std::string authorization =
        line_beginning(text_of_file(folder / "header-signed-request.txt"), "Authorization:");
    if (!authorization.empty() && time_is_signed)
        test.equal("authorization", authorization, authorization_in(*got));
}

void judge_query_files(const std::filesystem::path& folder, const Signable& what, Report& report) {
    Case test(report, folder.filename().string() + " (query)");
    const auto got = query_signature(what);
    if (!got)
        return test.fail("a signature", got.error().message);
    compare(test, got->signature, expected_text(folder / "query-canonical-request.txt"),
            expected_text(folder / "query-string-to-sign.txt"), expected_text(folder / "query-signature.txt"));
    Signable wanted;
    read_request(text_of_file(folder / "query-signed-request.txt"), wanted);
    if (!wanted.query.empty())
        compare_query(test, wanted.query, got->query.reveal());
}

// aws-c-auth: context.json, and a header and a query form of each case.
void run_c_auth(const std::filesystem::path& folder, Report& report) {
    if (std::filesystem::exists(folder / "public-key.json"))
        return report.leave_out(folder.filename().string(), "SigV4a");
    const std::optional<Json> read = Json::read(folder / "context.json");
    if (!read || !read->has("credentials"))
        return report.fail(folder.filename().string(), "a readable context.json", "none");
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
    const bool has_header = std::filesystem::exists(folder / "header-canonical-request.txt");
    const bool has_query = std::filesystem::exists(folder / "query-canonical-request.txt");
    if (has_header)
        judge_header_files(folder, what, report, true);
    if (has_query)
        judge_query_files(folder, what, report);
    if (!has_header && !has_query)
        report.leave_out(folder.filename().string(), "nothing is expected of it");
}

// smithy-rs: no context. Time, and where there is one the scope, are those of the expected texts.
void run_smithy(const std::filesystem::path& folder, Report& report) {
    Signable what;
    read_request(text_of_file(folder / "request.txt"), what);
    const std::string canonical = text_of_file(folder / "header-canonical-request.txt");
    what.time = basic(line_beginning(canonical, "x-amz-date:")).value_or(what.time);
    const std::string scope = expected_text(folder / "header-string-to-sign.txt");
    const std::size_t day = scope.find('/');
    const std::size_t region = day == scope.npos ? day : scope.find('/', day + 1);
    if (region != scope.npos) {
        what.region = scope.substr(day + 1, region - day - 1);
        what.service = scope.substr(region + 1, scope.find('/', region + 1) - region - 1);
    }
    judge_header_files(folder, what, report, region != scope.npos);
}

// botocore: NAME.req, .creq, .sts, .authz. The token of post-sts-header-before is in the request; of
// get-vanilla-with-session-token only in the canonical request.
void run_botocore(const std::filesystem::path& request, Report& report) {
    Case test(report, request.stem().string() + " (botocore)");
    const auto sibling = [&](const char* extension) {
        return expected_text(std::filesystem::path(request).replace_extension(extension));
    };
    Signable what;
    read_request(text_of_file(request), what);
    const std::string canonical = sibling(".creq");
    what.session_token = line_beginning(canonical, "\nx-amz-security-token:");
    const auto got = header_signature(what);
    if (!got)
        return test.fail("a signature", got.error().message);
    const std::string authorization = sibling(".authz");
    compare(test, got->signature, canonical, sibling(".sts"), signature_in(authorization));
    if (!authorization.empty())
        test.equal("authorization", authorization, authorization_in(*got));
}

void run_tree(const std::filesystem::path& folder, Report& report) {
    std::vector<std::filesystem::path> entries;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        entries.push_back(entry.path());
    std::ranges::sort(entries);
    if (std::filesystem::exists(folder / "context.json"))
        return run_c_auth(folder, report);
    if (std::filesystem::exists(folder / "header-canonical-request.txt"))
        return run_smithy(folder, report);
    for (const std::filesystem::path& entry : entries) {
        if (std::filesystem::is_directory(entry))
            run_tree(entry, report);
        else if (entry.filename() == "sts.json")
            run_own(entry, report);
        else if (entry.extension() == ".req")
            run_botocore(entry, report);
    }
}

} // namespace

void run_sigv4(const std::filesystem::path& path, Report& report) {
    if (std::filesystem::is_regular_file(path))
        run_own(path, report);
    else if (std::filesystem::is_directory(path))
        run_tree(path, report);
}

} // namespace vectors
