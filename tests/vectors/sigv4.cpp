// SigV4: our own form (sts.json), and the trees of aws-c-auth, botocore and smithy-rs.
#include "vectors/json_tree.h"
#include "vectors/report.h"
#include "vectors/signable.h"

#include "aws/sigv4.h"
#include "aws/sts_request.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace vectors {

namespace {

awsfed::Result<awsfed::HeaderSignature> header_signature(const Signable& what) {
    const auto views = what.header_views();
    return awsfed::sign_headers(what.request(views), what.keys(), what.scope(), what.rules);
}

awsfed::Result<awsfed::QuerySignature> query_signature(const Signable& what) {
    const auto views = what.header_views();
    return awsfed::sign_query(what.request(views), what.keys(), what.scope(), what.lifetime, what.rules);
}

std::string authorization_in(const awsfed::HeaderSignature& signature) {
    return std::string(signature.secret_headers.back().second.reveal());
}

void compare(Case& test, const awsfed::Signature& got, const ExpectedTexts& texts, std::string_view signature) {
    compare_texts(test, texts, got);
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
    what.time = read_basic_time(row["when"].text()).value();
    if (row["expires"].is_number())
        what.lifetime = std::chrono::seconds(row["expires"].number());
    return what;
}

void run_own_signed(const Json& row, Report& report) {
    Case test(report, row["name"].text());
    const Signable what = own_signable(row);
    const Json& expect = row["expect"];
    const auto compare_all = [&](const awsfed::Signature& got) {
        compare(test, got, {expect["canonical_request"].text(), expect["string_to_sign"].text()},
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
    const auto url = awsfed::presigned_url("https://" + row["host"].text(), what.request(views), what.keys(),
                                           what.scope(), what.lifetime, what.rules);
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
    compare(
        test, got->signature,
        {expected_text(folder / "header-canonical-request.txt"), expected_text(folder / "header-string-to-sign.txt")},
        expected_text(folder / "header-signature.txt"));
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
    compare(test, got->signature,
            {expected_text(folder / "query-canonical-request.txt"), expected_text(folder / "query-string-to-sign.txt")},
            expected_text(folder / "query-signature.txt"));
    Signable wanted;
    read_request(text_of_file(folder / "query-signed-request.txt"), wanted);
    if (!wanted.query.empty())
        compare_query(test, wanted.query, got->query.reveal());
}

// aws-c-auth: context.json, and a header and a query form of each case.
void run_c_auth(const std::filesystem::path& folder, Report& report) {
    if (std::filesystem::exists(folder / "public-key.json"))
        return report.leave_out(folder.filename().string(), "SigV4a, which is a family of its own");
    std::optional<Signable> read = read_c_auth(folder);
    if (!read)
        return report.fail(folder.filename().string(), "a readable context.json", "none");
    const Signable& what = *read;
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
    what.time = read_basic_time(line_beginning(canonical, "x-amz-date:")).value_or(what.time);
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
    compare(test, got->signature, {canonical, sibling(".sts")}, signature_in(authorization));
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
